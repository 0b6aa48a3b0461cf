"""Everything has an end and its basis; what is due is deleted with a proof, or kept longer by a named person."""

from datetime import date, timedelta

import msgspec
import pytest

from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.base.ids import ActorId
from comity.cases.deadlines import Basis
from comity.cases.retention import ITEMS
from comity.transparency.entry import read_statement
from comity.workflows import keep_directory, lift_order, people, retain, watch_deadlines
from comity.workflows.people_record import changes, record_change
from comity.workflows.people_store import Person
from comity.workflows.record_access import record_access
from comity.workflows.signal_store import Question
from tests.simulators.story import at, case_at, lift, withdraw
from tests.simulators.world import SmallWorld, share_directories

NODES = ("xa", "xb", "provider")


def _items(world: SmallWorld, node: str) -> dict[tuple[str, str], object]:
    return {(one.ref, one.what): one for one in retain.items(getattr(world, node).office)}


@pytest.mark.parametrize(
    "stage", ["drafted", "asked", "preserved", "granted", "sealed", "examined", "withdrawn", "lifted"]
)
def test_every_case_and_package_has_an_end_with_its_basis_at_every_stage(stage: str) -> None:
    world = at(stage)
    for node in NODES:
        office = getattr(world, node).office
        found = retain.items(office)
        for case in getattr(world, node).cases():
            mine = [one for one in found if one.ref == case.id]
            assert {one.what for one in mine} & {"case", "draft"}
            assert ({one.what for one in mine} & {"evidence", "copy"} != set()) == bool(case.package)
            assert all(one.what in ITEMS and one.citation and one.ends for one in mine)


@pytest.mark.parametrize(
    ("stage", "what"), [("sealed", "evidence"), ("arrived at XB", "evidence"), ("accepted at XB", "copy")]
)
def test_what_a_provider_sealed_is_no_copy_until_somebody_took_it_over(stage: str, what: str) -> None:
    world = at(stage)
    case = case_at(world, "provider", "stored_data")
    assert {one.what for one in retain.items_of_case(world.provider.office, case)} - {"case"} == {what}


def test_what_was_sealed_under_an_order_that_was_lifted_ends_as_soon_as_a_copy() -> None:
    world = at("sealed")
    days = world.provider.office.retention
    theirs, case = case_at(world, "xb", "stored_data"), case_at(world, "provider", "stored_data")
    (before,) = (one for one in retain.items_of_case(world.provider.office, case) if one.what == "evidence")
    withdraw(world, case_at(world, "xa", "stored_data"))
    world.settle()
    lift(world, theirs)
    world.settle()
    lifted = case_at(world, "provider", "stored_data")
    (after,) = (one for one in retain.items_of_case(world.provider.office, lifted) if one.what == "evidence")
    assert (before.until - after.until).days == days.evidence_days - days.copy_days
    assert "give it back" not in before.ends + after.ends


def test_an_item_is_due_on_the_day_after_its_end_and_kept_longer_only_with_reasons_and_to_a_later_day() -> None:
    world = at("examined")
    case = case_at(world, "xa", "stored_data")
    evidence = next(one for one in retain.items(world.xa.office) if one.what == "evidence")
    today = evidence.until + timedelta(days=1)
    assert not retain.due([evidence], evidence.until)
    assert retain.due([evidence], today) == (evidence,)
    before = world.xa.dump()
    for until, reasons, item, error in (
        (evidence.until, "a retrial", "evidence", OutOfOrder),
        (evidence.until + timedelta(days=1), " ", "evidence", Malformed),
        (evidence.until + timedelta(days=1), "a retrial", "copy", OutOfOrder),
        (date(2100, 1, 1), "a retrial", "evidence", Malformed),
    ):
        with pytest.raises(error):
            retain.keep_longer(world.xa.office, "rose", case.id, item=item, until=until, reasons=reasons)
    with pytest.raises(NotPermitted):
        retain.keep_longer(world.xa.office, "anna", case.id, item="evidence", until=date(2040, 1, 1), reasons="why")
    assert world.xa.dump() == before
    retain.keep_longer(world.xa.office, "rose", case.id, item="evidence", until=date(2040, 1, 1), reasons="a retrial")
    kept = next(one for one in retain.items(world.xa.office) if one.what == "evidence")
    assert (kept.until, kept.extended) == (date(2040, 1, 1), True)


def test_preserved_copies_end_with_the_order_and_no_policy_keeps_them_longer() -> None:
    world = at("preserved")
    case = case_at(world, "provider", "preservation")
    kept = next(one for one in retain.items(world.provider.office) if one.what == "preserved copy")
    assert (kept.until, kept.basis) == (case.preserved_until, Basis.ORDER)
    with pytest.raises(OutOfOrder, match="order"):
        retain.keep_longer(
            world.provider.office, "lee", case.id, item="preserved copy", until=date(2030, 1, 1), reasons="in case"
        )


def test_copies_are_let_go_once_the_period_has_lapsed_without_anybody_lifting_the_order() -> None:
    """Article 42(8): what nobody prolongs and nobody asked for is not kept."""
    world = at("preserved")
    world.pass_days(92)
    for lister, operator in ((world.xa, "bo"), (world.xb, "olga"), (world.witness, "kim")):
        keep_directory.renew(lister.office, operator, [lister.keys.root])
    share_directories(world)
    for node in NODES:
        watch_deadlines.end_what_ran_out(getattr(world, node).office)
    at_provider = case_at(world, "provider", "preservation")
    assert at_provider.state == "lapsed"
    lift_order.let_go(world.provider.office, "lee", at_provider.id, text="deleted today")
    world.settle()
    assert case_at(world, "xb", "preservation").copies_released
    assert not [one for one in retain.items(world.provider.office) if one.what == "preserved copy"]
    with pytest.raises(OutOfOrder):
        lift_order.lift(world.xb.office, "dan", case_at(world, "xb", "preservation").id, reasons="nothing is left")


def _look(world: SmallWorld, person: str = "otto") -> None:
    with world.xb.office.store.transaction() as tx:
        record_access(world.xb.office, tx, person, "read", "", "/oversight")


def test_the_node_s_own_records_are_swept_after_their_time_and_a_public_statement_says_how_many() -> None:
    world = at("new")
    _look(world)
    world.pass_days(world.xb.office.retention.access_days - 1)
    _look(world)
    assert retain.sweep(world.xb.office, "olga")["access record"] == 0
    world.pass_days(2)
    assert [one.what for one in retain.due(retain.items(world.xb.office), world.xb.clock.now().day)] == [
        "access record"
    ]
    assert retain.sweep(world.xb.office, "olga") == {
        "access record": 1,
        "person who left": 0,
        "question on a signal": 0,
        "form begun": 0,
        "session": 0,
    }
    with world.xb.office.store.transaction() as tx:
        assert len(tx.accesses.latest(10)) == 1
        _, statement = list(tx.log.statements(0))[-1]
    said = read_statement(statement)
    assert (said["kind"], said["deleted"]) == ("retention", {"access record": 1})


def test_a_question_on_a_signal_ends_once_it_was_answered_long_ago_and_never_without_an_answer() -> None:
    world = at("new")
    office, now = world.xb.office, world.xb.clock.now()
    due = now.plus_days(14)
    with office.store.transaction() as tx:
        for name in ("4f2a", "77b0"):
            tx.signal_questions.add(Question(name, "x", "XA", "otto", "olga", now.seconds, due.seconds, b"{}", "?"))
        assert tx.signal_questions.answer("4f2a", "One affair.", now.seconds)
    ends = {one.ref: one.until for one in retain.items(office) if one.what == "question on a signal"}
    assert ends == {"77b0": due.day, "4f2a": now.plus_days(office.retention.question_days).day}
    world.pass_days(office.retention.question_days)
    assert retain.sweep(office, "olga")["question on a signal"] == 0
    world.pass_days(1)
    assert retain.sweep(office, "olga")["question on a signal"] == 1
    with office.store.transaction() as tx:
        assert [one.id for one in tx.signal_questions.all()] == ["77b0"]


def test_only_an_operator_sweeps() -> None:
    with pytest.raises(NotPermitted):
        retain.sweep(at("new").xb.office, "rita")


def test_who_left_long_ago_is_forgotten_but_for_the_record_of_changes() -> None:
    world = at("new")
    with world.xb.office.store.transaction() as tx:
        for name in ("pia", "omar"):
            roles, since = frozenset({"reviewer" if name == "pia" else "operator"}), world.xb.clock.now()
            tx.people.put(Person(ActorId(name), name, roles, True, since, ""))
            record_change(world.xb.office, tx, "joined", by=name, person=name, roles=roles)
    people.suspend(world.xb.office, "omar", "pia")
    world.pass_days(world.xb.office.retention.people_days)
    assert retain.sweep(world.xb.office, "omar")["person who left"] == 0
    world.pass_days(1)
    assert retain.sweep(world.xb.office, "omar")["person who left"] == 1
    assert people.find(world.xb.office, "pia") is None
    assert [one.what for one in changes(world.xb.office)] == ["joined", "joined", "suspended", "forgotten"]


def test_what_policy_says_is_configured_in_days() -> None:
    world = at("examined")
    policy = msgspec.structs.replace(world.xa.office.retention, evidence_days=1)
    world.change(world.xa.id, retention=policy)
    evidence = next(one for one in retain.items(world.xa.office) if one.what == "evidence")
    assert evidence.until == world.xa.clock.now().day + timedelta(days=1)
