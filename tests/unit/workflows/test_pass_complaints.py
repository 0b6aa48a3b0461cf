"""A complaint, correction or erasure reaches everybody who has the data, and each answer comes back."""

from datetime import timedelta

import pytest

from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.cases.deadlines import due_dates
from comity.workflows import pass_complaints
from comity.workflows.pass_complaints import ANSWER_DAYS, overdue, untold
from tests.simulators.story import at, case_at
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld


def _at(world: SmallWorld, node: str):  # type: ignore[no-untyped-def]
    return case_at(world, node, "stored_data")


def _take(world: SmallWorld, node: str, person: str, kind: str = "erasure") -> str:
    office = getattr(world, node).office
    case = pass_complaints.take(
        office, person, _at(world, node).id, kind=kind, text="the data of a neighbour", reference="ombudsman 7/2026"
    )
    world.settle()
    return case.complaints[-1].id


def _answer(world: SmallWorld, node: str, person: str, complaint: str, outcome: str = "done") -> None:
    office = getattr(world, node).office
    pass_complaints.answer(
        office, person, _at(world, node).id, complaint=complaint, outcome=outcome, reasons="looked into it"
    )
    world.settle()


def test_what_a_provider_takes_reaches_both_states_one_by_way_of_the_other_and_every_answer_comes_back() -> None:
    world = at("examined")
    complaint = _take(world, "provider", "lee")
    for node, came_from in (("xb", PROVIDER), ("xa", XB)):
        found = _at(world, node).complaints[0]
        assert (found.id, found.kind, found.origin, found.came_from) == (complaint, "erasure", PROVIDER, came_from)
    assert _at(world, "provider").complaints[0].unanswered == (XB,)
    _answer(world, "xa", "bo", complaint, "refused")
    _answer(world, "xb", "olga", complaint)
    answers = {one.node: one.outcome for one in _at(world, "provider").complaints[0].answers}
    assert answers == {XA: "refused", XB: "done"}
    assert not _at(world, "provider").complaints[0].is_answered  # its own is still owed
    _answer(world, "provider", "lee", complaint)
    assert _at(world, "provider").complaints[0].is_answered
    assert not [due for due in due_dates(_at(world, "provider"), warn_days=14) if "complaint" in due.what]


def test_what_the_requesting_state_takes_reaches_the_sender_and_where_data_are_to_be_mended_the_provider() -> None:
    world = at("examined")
    _take(world, "xa", "bo", "correction")
    assert (len(_at(world, "xb").complaints), len(_at(world, "provider").complaints)) == (1, 1)


def test_a_provider_is_not_told_of_a_complaint_against_an_authority() -> None:
    world = at("examined")
    _take(world, "xa", "bo", "complaint")
    assert (len(_at(world, "xb").complaints), len(_at(world, "provider").complaints)) == (1, 0)


def test_what_nobody_answers_in_time_is_overdue_everywhere() -> None:
    world = at("examined")
    _take(world, "xa", "bo")
    world.pass_days(ANSWER_DAYS)
    assert not overdue(_at(world, "xb"), world.xb.clock.now())
    world.pass_days(1)
    for node in ("xa", "xb", "provider"):
        late = overdue(_at(world, node), getattr(world, node).clock.now())
        assert [one.due for one in late] == [getattr(world, node).clock.now().day - timedelta(days=1)]
        assert [due.on for due in due_dates(_at(world, node), warn_days=14) if "complaint" in due.what]


def test_a_freeze_holds_up_no_complaint() -> None:
    world = at("frozen")
    complaint = _take(world, "xb", "olga")
    assert [one.id for one in _at(world, "xa").complaints] == [complaint]


def test_one_that_is_not_known_or_badly_put_is_refused_and_nothing_is_written() -> None:
    world = at("examined")
    case = _at(world, "xa")
    before = world.xa.dump()
    with pytest.raises(Malformed, match="kind"):
        pass_complaints.take(world.xa.office, "bo", case.id, kind="praise", text="a", reference="b")
    with pytest.raises(Malformed, match="reference"):
        pass_complaints.take(world.xa.office, "bo", case.id, kind="erasure", text="a", reference=" ")
    with pytest.raises(OutOfOrder):
        pass_complaints.answer(world.xa.office, "bo", case.id, complaint="none", outcome="done", reasons="a")
    with pytest.raises(NotPermitted):
        pass_complaints.take(world.xa.office, "sven", case.id, kind="erasure", text="a", reference="b")
    assert world.xa.dump() == before


def test_nobody_answers_for_a_node_that_can_answer_for_itself() -> None:
    world = at("examined")
    complaint = _take(world, "xa", "bo")
    with pytest.raises(OutOfOrder, match="answers for itself"):
        pass_complaints.answer(
            world.xa.office, "bo", _at(world, "xa").id, complaint=complaint, outcome="done", reasons="a", node=XB
        )
    assert untold(_at(world, "xa"), _at(world, "xa").complaints[0]) == ()
