"""A clock that jumps by minutes or a day while messages are on their way: told as what it is, and nothing is lost,
doubled or ended by it once it is right again."""

import pytest

from comity.base.errors import Malformed
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.cases.deadlines import due_dates
from comity.workflows import deliver_outbox, order_provider, show_lines, watch_deadlines
from comity.workflows.check_health import Standing, check_health
from tests.simulators.story import approve, at, case_at, draft
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld, preservation

DAY = 86_400
JUMPS = [-DAY, -600, -301, 301, 600, DAY]


def set_off(world: SmallWorld, node: NodeId, seconds: int) -> None:
    world.nodes[node].clock.pass_seconds(seconds)


def skew_seen(world: SmallWorld, node: NodeId, peer: NodeId) -> int:
    (line,) = (one for one in show_lines.lines(world.nodes[node].office) if one.peer == peer)
    return int(line.skew)


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("node", [XA, XB])
def test_what_is_on_its_way_arrives_once_and_in_order_when_the_clock_is_right_again(node: NodeId, jump: int) -> None:
    world = at("ordered")
    world.pass_days(2)
    before = approve(world, draft(world, preservation()))
    set_off(world, node, jump)
    meanwhile = approve(world, draft(world, preservation()))
    order_provider.confirm_preserved(world.provider.office, "lee", case_at(world, "provider", "preservation").id)
    for one in world.nodes.values():
        world.round(one.id)
    assert not [
        one for one in world.xa.outbox() if one.state == "delivered" and one.case_id in (before.id, meanwhile.id)
    ]
    set_off(world, node, -jump)
    if jump == DAY:
        world.pass_days(1)  # what was made a day ahead says so, and nobody takes it before that day
    world.heal()
    assert {one.state for each in world.nodes.values() for one in each.outbox()} == {"delivered"}
    arrived = [one.their_case for one in world.xb.cases()]
    assert sorted(arrived) == sorted(set(arrived)) and {before.id, meanwhile.id} <= set(arrived)
    for each in world.nodes.values():
        assert all(case.trouble == "" and len(each.leaves(case.id)) == case.events for case in each.cases())


@pytest.mark.parametrize("jump", JUMPS)
def test_by_how_much_it_differs_is_kept_where_the_peer_refuses_it_and_the_health_says_so(jump: int) -> None:
    world = at("ordered")
    world.pass_days(2)
    set_off(world, XA, jump)
    approve(world, draft(world, preservation()))
    deliver_outbox.deliver(world.xa.office)
    assert world.xa.outbox()[-1].code == "clock-skew"
    assert abs(skew_seen(world, XA, XB) + jump) <= 1
    (clock,) = (one for one in check_health(world.xa.office, 3600).checks if one.name == "clock")
    assert clock.standing is Standing.WORRYING and "differs" in clock.why


@pytest.mark.parametrize("jump", [-600, 600])
def test_ten_minutes_end_nothing_that_is_due_on_another_day(jump: int) -> None:
    world = at("preserved")
    due = {each.id: [due_dates(case, warn_days=14) for case in each.cases()] for each in world.nodes.values()}
    for each in world.nodes.values():
        set_off(world, each.id, jump)
        assert watch_deadlines.end_what_ran_out(each.office) == 0
        set_off(world, each.id, -jump)
        assert [due_dates(case, warn_days=14) for case in each.cases()] == due[each.id]
    assert {case.state for case in world.nodes[PROVIDER].cases()} == {"preserved"}


@pytest.mark.parametrize("text", ["2016-12-31T23:59:60Z", "2026-03-29T02:30:00", "2026-10-25T02:30:00"])
def test_a_leap_second_and_an_hour_without_its_zone_are_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Instant.parse(text)


def test_an_hour_that_comes_twice_is_told_apart_by_its_offset() -> None:
    first, second = Instant.parse("2026-10-25T02:30:00+02:00"), Instant.parse("2026-10-25T02:30:00+01:00")
    assert second.seconds - first.seconds == 3600
    assert first.plus_days(1).seconds - first.seconds == DAY  # days of deadlines are UTC's, and all as long
