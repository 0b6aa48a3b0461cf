"""Put off for own proceedings, after consultation, until a day to look again; and taken up."""

from datetime import date

import pytest

from comity.base.errors import Malformed, OutOfOrder, RefusedByRule
from comity.cases import events
from comity.cases.deadlines import due_dates
from comity.workflows import decide_request, postpone_request
from tests.simulators.failing import fail_at_every_call
from tests.simulators.story import at, case_at, grant, postpone
from tests.simulators.world import XB


def test_it_is_put_off_at_both_ends_until_a_day_that_falls_due() -> None:
    world = at("postponed")
    for node in ("xa", "xb"):
        case = case_at(world, node, "stored_data")
        assert (case.state, case.look_again, case.trouble) == ("postponed", date(2027, 2, 5), "")
        assert date(2027, 2, 5) in [due.on for due in due_dates(case, warn_days=14)]
    (found,) = [
        one for one in world.xa.events(case_at(world, "xa", "stored_data").id) if isinstance(one, events.Postponed)
    ]
    assert (found.citation, found.consulted, found.consulted_how) == ("art. 40(27)", True, "")


def test_it_is_not_put_off_before_the_two_states_consulted() -> None:
    """Article 40(28): asked and not answered is not consulted."""
    for stage in ("production asked", "consulting"):
        world = at(stage)
        before = world.xb.dump()
        with pytest.raises(RefusedByRule, match="consult"):
            postpone(world, case_at(world, "xb", "stored_data"))
        assert world.xb.dump() == before


def test_that_they_consulted_by_other_means_is_said_in_words() -> None:
    world = at("production asked")
    postpone_request.postpone(
        world.xb.office,
        "rita",
        case_at(world, "xb", "stored_data").id,
        reasons="a trial",
        look_again=date(2027, 1, 1),
        consulted_otherwise="on the telephone, 7 December, with Ms A of XA",
    )
    world.settle()
    (found,) = [
        one for one in world.xa.events(case_at(world, "xa", "stored_data").id) if isinstance(one, events.Postponed)
    ]
    assert found.consulted and "Ms A" in found.consulted_how


def test_preservation_is_never_put_off() -> None:
    world = at("asked")
    with pytest.raises(RefusedByRule, match="know no postponement"):
        postpone(world, case_at(world, "xb", "preservation"))


@pytest.mark.parametrize(("reasons", "look_again"), [(" ", date(2027, 2, 1)), ("why", date(2026, 12, 7))])
def test_it_needs_reasons_and_a_day_to_come(reasons: str, look_again: date) -> None:
    world = at("consulted")
    with pytest.raises(Malformed):
        postpone_request.postpone(
            world.xb.office, "rita", case_at(world, "xb", "stored_data").id, reasons=reasons, look_again=look_again
        )


def test_it_is_taken_up_again_at_both_ends_and_decided_as_any_other() -> None:
    world = at("postponed")
    theirs = case_at(world, "xb", "stored_data")
    with pytest.raises(OutOfOrder):
        grant(world, theirs)
    postpone_request.resume(world.xb.office, "rita", theirs.id, reasons="the trial is over")
    world.settle()
    assert case_at(world, "xa", "stored_data").state == "requested"
    assert case_at(world, "xa", "stored_data").look_again is None
    assert grant(world, theirs).state == "granted"


def test_what_was_put_off_can_be_refused_and_the_consultation_counts() -> None:
    world = at("postponed")
    theirs = case_at(world, "xb", "stored_data")
    decide_request.refuse(
        world.xb.office, "rita", theirs.id, ground="essential interests", citation="40(21)(b)", reasons="acquitted here"
    )
    world.settle()
    (found,) = [
        one for one in world.xa.events(case_at(world, "xa", "stored_data").id) if isinstance(one, events.Refused)
    ]
    assert (found.consulted, found.consulted_how) == (True, "")


def test_putting_off_is_all_or_nothing() -> None:
    world = at("consulted")
    assert fail_at_every_call(world, XB, lambda: postpone(world, case_at(world, "xb", "stored_data"))) > 5
