"""Opening evidence: recorded as it happened, also when two people open it at once."""

import pytest

from comity.base.errors import OutOfOrder, RefusedByRule
from comity.workflows import examine_evidence, read_cases
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import at, case_at, release_by_xb


def test_two_who_examine_at_once_are_both_in_the_chain_and_it_holds() -> None:
    world = at("accepted at XA")
    office, case = world.xa.office, case_at(world, "xa", "stored_data")
    begun: list[int] = []

    def meanwhile(done: int, in_all: int) -> None:
        assert done <= in_all
        if not begun:
            begun.append(done)
            examine_evidence.examine(office, "bo", case.id, MemoryPackage(), purpose="the second, done first")

    examine_evidence.examine(office, "anna", case.id, MemoryPackage(), purpose="the first", progress=meanwhile)
    acts = read_cases.custody_of(office, world.xa.case(case.id)).acts
    assert [(act.act, act.actor) for act in acts[-2:]] == [("examine", "bo"), ("examine", "anna")]


def test_what_was_released_and_not_yet_accepted_is_not_opened_here_any_more() -> None:
    world = at("accepted at XB")
    case, out = case_at(world, "xb", "stored_data"), MemoryPackage()
    release_by_xb(world, case)
    with pytest.raises(OutOfOrder):
        examine_evidence.examine(world.xb.office, "olga", case.id, out, purpose="one more look")
    assert (out.is_committed, out.files) == (False, {})


def test_for_another_matter_it_is_opened_only_with_the_senders_consent_which_the_chain_keeps() -> None:
    world = at("accepted at XA")
    office, case, out = world.xa.office, case_at(world, "xa", "stored_data"), MemoryPackage()
    with pytest.raises(RefusedByRule):
        examine_evidence.examine(office, "anna", case.id, out, purpose="a tax matter", other_matter=True)
    assert (out.is_committed, out.files) == (False, {})
    told = "letter of XB of 3 December"
    examine_evidence.examine(
        office, "anna", case.id, MemoryPackage(), purpose="a tax matter", other_matter=True, consent=told
    )
    assert told in read_cases.custody_of(office, world.xa.case(case.id)).acts[-1].reason
