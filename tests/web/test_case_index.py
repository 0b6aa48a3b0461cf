"""The index of cases: exact for each reader, whatever was read when, over many cases, changes and days."""

from dataclasses import replace

import msgspec
import pytest

from comity.web.case_index import CaseIndex, Listed
from comity.workflows import draft_request, erase_case, read_cases, withdraw_request
from comity.workflows.office import Office
from comity.workflows.record import state_publicly
from tests.simulators import story
from tests.simulators.world import XB, SmallWorld, new_world, preservation

PEOPLE = (("anna", frozenset({"duty_officer"})), ("bo", frozenset({"case_lawyer"})), ("rose", frozenset({"reviewer"})))


def drafts(world: SmallWorld, count: int) -> None:
    for number in range(count):
        request = msgspec.structs.replace(preservation(), subject=f"Investigation {number}")
        draft_request.draft(world.xa.office, "anna", request, XB)


def same(one: Listed, other: Listed) -> bool:
    return (one.standings, dict(one.mine), one.open) == (other.standings, dict(other.mine), other.open)


def fresh(world: SmallWorld, person: str, roles: frozenset[str]) -> Listed:
    """What an index says that reads everything anew."""
    return CaseIndex(world.xa.office).listed(person, roles)


def whole(index: CaseIndex, person: str, roles: frozenset[str]) -> Listed:
    index.all()
    return index.listed(person, roles)


def test_what_a_list_shows_is_the_same_as_if_all_were_read_anew() -> None:
    world = story.at("preserved")
    drafts(world, 4)
    index = CaseIndex(world.xa.office)
    for person, roles in PEOPLE:
        index.listed(person, roles)
    for step in (
        lambda: drafts(world, 2),
        lambda: draft_request.approve(world.xa.office, "bo", world.xa.cases()[-1].id),
        world.settle,
        lambda: withdraw_request.withdraw(world.xa.office, "anna", world.xa.cases()[2].id, reasons="not needed"),
        lambda: world.pass_days(1),
        lambda: world.pass_days(80),
        world.settle,
    ):
        step()
        for person, roles in PEOPLE:
            assert same(index.listed(person, roles), fresh(world, person, roles))
    shown = index.listed("bo", frozenset({"case_lawyer"}))
    assert {one.case.id for one in shown.standings} == {case.id for case in world.xa.cases()} and shown.mine


def test_a_visit_reads_some_and_says_how_many_are_still_to_come() -> None:
    world = new_world()
    drafts(world, 7)
    index = CaseIndex(world.xa.office, visit_reads=4)
    newest = sorted(case.id for case in world.xa.cases())[-4:]
    first = index.listed("bo", frozenset({"case_lawyer"}))
    assert first.unread + len(first.standings) == 7 and {one.case.id for one in first.standings} >= set(newest)
    assert len(index.all()) == 7
    last = index.listed("bo", frozenset({"case_lawyer"}))
    assert last.unread == 0 and last.mark != first.mark
    assert same(last, fresh(world, "bo", frozenset({"case_lawyer"})))


def test_the_next_day_is_prepared_and_is_what_the_rules_say_on_it() -> None:
    world = story.at("preserved")
    drafts(world, 5)
    index = CaseIndex(world.xa.office)
    index.all()
    index._prepare()
    prepared = dict(index._ahead)
    assert len(prepared) == index.listed("bo", frozenset({"case_lawyer"})).open
    world.pass_days(1)
    shown = index.listed("bo", frozenset({"case_lawyer"}))
    assert all(any(one is ready for ready in prepared.values()) for one in shown.standings if not one.closed)
    assert same(shown, fresh(world, "bo", frozenset({"case_lawyer"})))


def test_another_database_in_its_place_is_read_anew() -> None:
    world, other = story.at("preserved"), new_world()
    index = CaseIndex(world.xa.office)
    index.all()
    index.office = replace(world.xa.office, store=other.xa.office.store)
    assert index.all() == ()
    drafts(other, 2)
    assert [case.id for case in index.all()] == [case.id for case in read_cases.all_cases(other.xa.office)]


@pytest.mark.parametrize("person", ["anna", "bo"])
def test_what_waits_for_somebody_is_what_that_person_may_do(person: str) -> None:
    world = new_world()
    drafts(world, 1)
    roles = frozenset({"case_lawyer"})
    mine = CaseIndex(world.xa.office).listed(person, roles).mine
    assert list(mine.values()) == ([] if person == "anna" else ["approve"])


def test_a_case_that_was_erased_is_in_no_list_and_not_in_memory() -> None:
    world = story.at("preserved").copy()
    drafts(world, 6)
    index = CaseIndex(world.xa.office, visit_reads=3)
    index.begin()
    index._prepare()
    case_ids = sorted(case.id for case in world.xa.cases())
    for gone in (case_ids[-1], case_ids[0]):  # one that was read, and one that was not
        erased(world.xa.office, gone)
        shown = index.listed("bo", frozenset({"case_lawyer"}))
        assert gone not in {*index._cases, *index._standing, *index._ahead, *index._unread, *shown.mine}
    assert {case.id for case in index.all()} == {*case_ids[1:-1]}
    assert same(index.listed("bo", frozenset({"case_lawyer"})), fresh(world, "bo", frozenset({"case_lawyer"})))


def test_a_thread_that_read_a_case_before_it_was_erased_does_not_bring_it_back() -> None:
    world = story.at("preserved").copy()
    drafts(world, 3)
    index = CaseIndex(world.xa.office)
    gone = index.all()[-1]
    standing = index.standing(gone)
    erased(world.xa.office, gone.id)
    index.listed("bo", frozenset({"case_lawyer"}))
    index._put(standing)
    assert gone.id not in {case.id for case in index.all()}


def test_of_a_restored_database_everything_is_read_though_its_log_is_longer() -> None:
    world = story.at("preserved").copy()
    backup = world.copy()
    drafts(world, 1)
    index = CaseIndex(world.xa.office)
    index.all()
    drafts(backup, 3)
    index.office = backup.xa.office
    assert same(whole(index, "bo", frozenset({"case_lawyer"})), fresh(backup, "bo", frozenset({"case_lawyer"})))
    assert {case.id for case in index.all()} == {case.id for case in backup.xa.cases()}


def erased(office: Office, case_id: str) -> None:
    with office.store.transaction() as tx:
        tx.erasures.erase(case_id)
        tx.known_cases.forget(case_id)
        state_publicly(office, tx, erase_case.STATEMENT, {"entries": 1, "basis": "law"})
