"""A month among few States, with faults and liars: what is promised of every run holds, and the checks can fail."""

from dataclasses import replace
from functools import cache

import msgspec
from sqlalchemy import delete, select, update

from comity.adapters.sql.tables import inbox, log_entry
from comity.base.ids import NodeId
from comity.cases.case import Position
from comity.simulate.plan import CHECKS, CLEAR, LONGEST_DAYS, Plan, Shares, Wait, Weather
from comity.simulate.reckoning import reckon
from comity.simulate.report import Report, report_of
from comity.simulate.run import Run
from comity.simulate.world import World
from comity.workflows import read_cases

STORMY = Weather(lost=0.04, answers_lost=0.04, doubled=0.04, late=0.04, outages=6, stolen_keys=6)


class _Enough(Exception):
    pass


@cache
def played(plan: Plan) -> tuple[Run, Report]:
    run = Run(plan).go()
    return run, report_of(run)


def stormy() -> tuple[Run, Report]:
    """Faults, thefts and outages; honest nodes only."""
    return played(Plan(states=5, days=12, volume=14, weather=STORMY, dishonest=()))


def lying(kind: str, days: int, *without: str) -> Report:
    volume = 14 if days < 20 else 5
    plan = Plan(states=4, days=days, volume=volume, weather=CLEAR, dishonest=(kind,), without=frozenset(without))
    return played(plan)[1]


def test_nothing_is_lost_or_doubled_whatever_befalls_the_messages() -> None:
    _, report = stormy()
    assert {"lost", "answer lost", "doubled", "late", "off the net"} <= report.net.keys()
    assert report.stolen_keys
    assert report.sent > 40
    assert (report.lost, report.doubled, report.under_way) == (0, 0, 0)
    assert report.sent == report.delivered + sum(report.rejected.values())
    assert report.is_good and report.is_whole


def test_nobody_is_accused_of_anything_although_every_state_is_off_the_net_for_days() -> None:
    long = Weather(0, 0, 0, 0, outages=45, outage_hours=Wait(75, 90), longest_outage_hours=100, stolen_keys=0)
    _, report = played(Plan(states=4, days=14, volume=8, weather=long, dishonest=()))
    assert report.net["off the net"] > 5
    assert report.sent > 10
    assert (report.alarms, report.under_way, report.stuck) == ((), 0, 0)
    assert report.is_good


def test_an_objection_is_answered_where_the_other_state_has_no_such_case() -> None:
    shares = Shares(emergency=1.0, objected=0.5)
    run, report = played(Plan(states=4, days=12, volume=4, weather=CLEAR, dishonest=(), shares=shares))
    kept = [
        case
        for node in run.world.authorities()
        for case in read_cases.all_cases(node.office)
        if (case.position, case.procedure) == (Position.REQUESTED, "preservation")
    ]
    assert kept
    assert (report.stuck_why, report.hindered) == ({}, {})


def test_the_same_seed_gives_the_same_run_and_another_seed_another() -> None:
    plan = Plan(states=4, days=5, volume=8, dishonest=())
    first, again, other = (report_of(Run(one).go()) for one in (plan, plan, replace(plan, seed=2)))

    def said(report: Report) -> bytes:
        return msgspec.json.encode(msgspec.structs.replace(report, effort=first.effort))

    assert said(first) == said(again)
    assert said(first) != said(other)


def test_a_message_gone_from_its_receiver_is_counted_as_lost_and_one_entered_twice_as_doubled() -> None:
    run = Run(Plan(states=4, days=4, volume=16, weather=CLEAR, dishonest=())).go()
    assert not reckon(run.world).lost and not reckon(run.world).doubled
    taken = _taken(run.world)
    _enter_twice(run.world, taken[0])
    _forget(run.world, taken[1])
    found = reckon(run.world)
    assert (found.doubled, found.lost) == ([taken[0][1]], [taken[1][1]])


def _taken(world: World) -> list[tuple[NodeId, str, str]]:
    """Node, id and case of messages that began a case."""
    cases = [(node, case) for node in world.nodes.values() for case in read_cases.all_cases(node.office)]
    found: list[tuple[NodeId, str, str]] = [
        (node.id, one.request_message, one.id) for node, one in cases if one.position is not Position.REQUESTING
    ]
    assert len(found) > 2
    return found


def _forget(world: World, taken: tuple[NodeId, str, str]) -> None:
    with world.nodes[taken[0]].database.engine.begin() as connection:
        connection.execute(delete(inbox).where(inbox.c.id == taken[1]))


def _enter_twice(world: World, taken: tuple[NodeId, str, str]) -> None:
    """The first entry of the case stands a second time, in place of one that says nothing."""
    with world.nodes[taken[0]].database.engine.begin() as connection:
        mine = select(log_entry).where(log_entry.c.case_id == taken[2]).order_by(log_entry.c.idx)
        first = connection.execute(mine).first()
        assert first is not None
        pad = connection.execute(select(log_entry.c.idx).where(log_entry.c.case_id == "")).scalars().first()
        values = {"case_id": first.case_id, "body": first.body}
        connection.execute(update(log_entry).where(log_entry.c.idx == pad).values(values))


def test_each_way_of_tampering_is_found_by_those_who_ask_for_proofs() -> None:
    for kind in ("drops", "denies"):
        report = lying(kind, 9)
        (one,) = report.dishonest
        assert one.told[kind] > 0
        assert one.caught == one.told, kind
        assert one.by.keys() == {"proofs: no-proof"}
        assert report.is_good


def test_without_the_proofs_tampering_stays_hidden_and_the_run_says_so() -> None:
    report = lying("drops", 9, "proofs")
    assert report.dishonest[0].told and not report.dishonest[0].caught
    assert report.uncaught and not report.is_good


def test_what_is_back_dated_is_found_where_a_checkpoint_without_it_was_seen_before() -> None:
    report = lying("back-dates", 14)
    assert report.dishonest[0].caught == report.dishonest[0].told
    assert report.dishonest[0].by.keys() == {"proofs: back-dated"}
    assert report.escaped == {}


def test_a_forked_log_is_refused_by_its_witness_and_seen_by_the_monitor() -> None:
    report = lying("forks", 10)
    assert report.dishonest[0].caught == {"forks": 1}
    assert {"witness: refused: 422", "monitor: unsigned"} <= report.dishonest[0].by.keys()
    assert lying("forks", 10, *CHECKS).uncaught


def test_a_month_that_is_misstated_is_found_by_the_peer_and_by_the_monitor() -> None:
    report = lying("misstates-months", 33)
    assert report.dishonest[0].caught
    assert {"pairs: does not match", "monitor: pair"} <= report.dishonest[0].by.keys()


def test_false_figures_are_found_by_anyone_and_by_an_auditor() -> None:
    kinds = ("changes-totals", "hides-requests")
    run, report = played(Plan(states=5, days=31, volume=5, weather=CLEAR, dishonest=kinds))
    other = lying("misstates-categories", 33)
    by = {one.name: one.by.keys() for one in (*report.dishonest, *other.dishonest)}
    assert all(one.told and one.caught == one.told for one in (*report.dishonest, *other.dishonest))
    assert {"figures: sum", "audit: figures"} <= by["changes-totals"]
    assert {"figures: cells", "audit: cells"} <= by["hides-requests"]
    assert {"figures: cells", "audit: cells"} <= by["misstates-categories"]
    assert run.figures.publishers and not report.false_alarms


def test_figures_that_come_late_are_seen_to_be_late() -> None:
    plan = Plan(states=4, days=47, volume=0.5, weather=CLEAR, dishonest=("publishes-late",))
    (one,) = played(plan)[1].dishonest
    assert one.caught == one.told == {"publishes-late": 1}
    assert one.by == {"figures: late": 1}


def test_a_forged_emergency_is_denied_at_the_number_of_the_directory_and_nothing_is_disclosed() -> None:
    _, report = played(Plan(states=4, days=18, volume=0.5, weather=CLEAR, dishonest=("forges-emergencies",)))
    (one,) = report.dishonest
    assert one.caught == one.told == {"forges-emergencies": 2}
    assert one.by == {"call-back: denied": 2}
    assert (report.emergencies["forged"], report.emergencies.get("forged, answered", 0)) == (2, 0)


def test_where_nobody_calls_back_a_forged_emergency_gets_its_data_and_the_review_finds_it() -> None:
    forged = ("forges-emergencies",)
    plan = Plan(states=4, days=18, volume=0.5, weather=CLEAR, dishonest=forged, without=frozenset({"call-back"}))
    _, report = played(plan)
    assert report.dishonest[0].by.keys() == {"review: unconfirmed"}
    assert report.emergencies["forged, answered"] > 0
    assert played(replace(plan, without=frozenset({"call-back", "review"})))[1].uncaught


def test_a_genuine_emergency_is_answered_within_days_and_confirmed_in_writing() -> None:
    plan = Plan(states=4, days=14, volume=3, weather=CLEAR, dishonest=(), shares=Shares(emergency=1.0))
    run, report = played(plan)
    assert report.emergencies["genuine, answered"] > 0
    assert report.answer_hours["emergency, evidence here"].p50 < 96
    assert not report.false_alarms
    cases = [case for node in run.world.nodes.values() for case in read_cases.all_cases(node.office)]
    assert "confirmed" in {case.emergency.word for case in cases if case.emergency is not None}


def test_who_has_no_address_gets_what_waits_by_calling_and_is_accused_of_nothing() -> None:
    run, report = played(Plan(states=8, days=12, volume=6, weather=CLEAR, dishonest=(), callers=1.0))
    received = [case for one in run.world.callers for case in read_cases.all_cases(run.world.nodes[one].office)]
    assert received
    assert not any(
        one.startswith(f"{caller[:2].lower()}.central") for caller in run.world.callers for one in doors(run)
    )
    assert report.sent == report.delivered
    assert not report.false_alarms


def doors(run: Run) -> set[str]:
    """The hosts that can be reached."""
    return set(run.world.network.doors)


def test_who_asks_too_much_tells_no_lie_and_is_left_to_people() -> None:
    _, report = played(Plan(states=4, days=6, volume=8, dishonest=("overuses-urgency",)))
    assert not report.dishonest[0].is_lie
    assert report.is_good


def test_a_run_that_is_stopped_says_what_there_was_until_then() -> None:
    def stop(day: float, _: World) -> None:
        if day > 3:
            raise _Enough

    run = Run(Plan(states=4, days=30, volume=8, dishonest=()))
    try:
        run.go(stop)
    except _Enough:
        report = report_of(run)
    assert not report.is_whole
    assert 3 < report.days < 6
    assert report.lost == report.doubled == 0


def test_the_longest_run_ends_although_the_first_keys_end_with_it() -> None:
    _, report = played(Plan(states=4, days=LONGEST_DAYS, volume=0.02, weather=CLEAR, dishonest=("overuses",)))
    assert report.is_whole and report.is_good
    assert report.sent and not report.false_alarms
