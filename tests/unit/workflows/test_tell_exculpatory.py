"""What speaks for an accused: the sender is told, and nothing holds it up or keeps it from the accused."""

import msgspec
import pytest

from comity.base.errors import OutOfOrder, RefusedByRule
from comity.workflows import examine_evidence, freeze_case, tell_exculpatory
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import accept_at_xa, at, case_at, release_by_xb
from tests.simulators.world import XA, SmallWorld

TEXT = "The log shows another address at the hour of the act."


def _tell(world: SmallWorld) -> None:
    tell_exculpatory.tell(world.xa.office, "anna", case_at(world, "xa", "stored_data").id, text=TEXT)
    world.settle()


def test_the_state_that_sent_it_is_told_what_and_by_whom() -> None:
    world = at("accepted at XA")
    _tell(world)
    told = world.xb.events(case_at(world, "xb", "stored_data").id)[-1]
    assert (told.by, told.text) == (XA, TEXT)  # type: ignore[union-attr]
    assert case_at(world, "xb", "stored_data").exculpatory
    assert case_at(world, "xa", "stored_data").trouble == ""


def test_neither_specialty_nor_the_end_of_use_keeps_it_from_the_accused() -> None:
    world = at("accepted at XA")
    ours = case_at(world, "xa", "stored_data")
    with pytest.raises(RefusedByRule):
        examine_evidence.examine(
            world.xa.office, "anna", ours.id, MemoryPackage(), purpose="another trial", other_matter=True
        )
    with pytest.raises(OutOfOrder, match="nobody has said"):
        examine_evidence.examine(
            world.xa.office, "anna", ours.id, MemoryPackage(), purpose="for the defence", for_accused=True
        )
    _tell(world)
    moved, _ = examine_evidence.examine(
        world.xa.office, "anna", ours.id, MemoryPackage(), purpose="for the defence", for_accused=True
    )
    assert moved.state == "evidence accepted"


def test_the_notice_goes_out_while_the_case_is_frozen() -> None:
    world = at("accepted at XA")
    office = world.change(XA, people={**world.xa.office.people, "otto": frozenset({"oversight"})})
    freeze_case.freeze(office, "otto", case_at(world, "xa", "stored_data").id, reasons="a complaint")
    _tell(world)
    assert case_at(world, "xb", "stored_data").exculpatory


def test_the_time_of_use_ends_for_everybody_but_the_accused() -> None:
    world = at("accepted at XB")
    world.change(world.xb.id, retention=msgspec.structs.replace(world.xb.office.retention, use_days=30))
    release_by_xb(world, case_at(world, "xb", "stored_data"))
    world.settle()
    accept_at_xa(world, case_at(world, "xa", "stored_data"))
    world.settle()
    ours = case_at(world, "xa", "stored_data")
    assert ours.limits is not None
    assert ours.limits.until == world.xa.clock.now().plus_days(30).day
    assert ours.limits.purpose == ours.request.purpose  # type: ignore[union-attr]
    world.pass_days(31)
    with pytest.raises(OutOfOrder, match="which is over"):
        examine_evidence.examine(world.xa.office, "anna", ours.id, MemoryPackage(), purpose="the investigation")
    _tell(world)
    examine_evidence.examine(
        world.xa.office, "anna", ours.id, MemoryPackage(), purpose="for the defence", for_accused=True
    )
