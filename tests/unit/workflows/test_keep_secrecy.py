"""Secrecy: longer only by somebody independent, ended with reasons, and then a notice that only oversight can waive."""

from datetime import date, timedelta

import msgspec
import pytest

from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.cases import events
from comity.cases.case import Case
from comity.cases.deadlines import due_dates
from comity.cases.secrecy import NOTICE_DAYS
from comity.treaty.request import Confidentiality
from comity.workflows import keep_secrecy, order_provider, watch_deadlines
from tests.simulators.story import ask, case_at, draft, order
from tests.simulators.world import XA, XB, SmallWorld, new_world, preservation

UNTIL = date(2027, 2, 1)
LATER = date(2027, 3, 1)


@pytest.fixture
def world() -> SmallWorld:
    """A secret preservation request, ordered."""
    world = new_world()
    secret = Confidentiality(wanted=True, until=UNTIL, reasons="the suspect would flee", code="flight")
    _, theirs = ask(world, msgspec.structs.replace(preservation(), confidentiality=secret))
    order(world, theirs)
    world.settle()
    return world


def notices(case: Case) -> list[date]:
    return [due.on for due in due_dates(case, warn_days=14) if "notice" in due.what]


def test_a_reviewer_extends_it_and_those_who_keep_it_are_told(world: SmallWorld) -> None:
    ours = case_at(world, "xa", "preservation")
    keep_secrecy.extend(world.xa.office, "rose", ours.id, until=LATER, reasons="a second suspect")
    world.settle()
    theirs = case_at(world, "xb", "preservation")
    assert (case_at(world, "xa", "preservation").secret_until, theirs.secret_until) == (LATER, LATER)
    assert notices(theirs) == [LATER]
    assert case_at(world, "provider", "preservation").secret_until == UNTIL  # the requested State decides for itself
    keep_secrecy.extend(world.xb.office, "rita", theirs.id, until=LATER + timedelta(days=1), reasons="as XA asks")
    world.settle()
    assert case_at(world, "provider", "preservation").secret_until == LATER + timedelta(days=1)
    assert case_at(world, "provider", "preservation").trouble == ""


def test_who_had_a_part_in_the_request_or_the_order_never_extends_it(world: SmallWorld) -> None:
    for node, people in ((XA, ("anna", "bo")), (XB, ("dan",))):
        world.change(node, people={name: frozenset({"reviewer"}) for name in people})
        for person in people:
            case = world.nodes[node].cases()[0]
            with pytest.raises(NotPermitted):
                keep_secrecy.extend(world.nodes[node].office, person, case.id, until=LATER, reasons="why")


@pytest.mark.parametrize("until", [date(2026, 12, 7), date(2027, 1, 1), UNTIL])
def test_it_is_extended_to_a_later_day_only(world: SmallWorld, until: date) -> None:
    with pytest.raises((Malformed, OutOfOrder)):
        keep_secrecy.extend(
            world.xa.office, "rose", case_at(world, "xa", "preservation").id, until=until, reasons="why"
        )


def test_no_notice_is_given_while_it_lasts_and_ending_it_makes_one_due(world: SmallWorld) -> None:
    ours = case_at(world, "xa", "preservation")
    with pytest.raises(OutOfOrder, match="secret until"):
        keep_secrecy.give_notice(world.xa.office, "bo", ours.id, to="the holder", how="by letter")
    keep_secrecy.end(world.xa.office, "rose", ours.id, reasons="arrests were made")
    world.settle()
    today = world.xa.clock.now().day
    assert notices(case_at(world, "xa", "preservation")) == [today + timedelta(days=NOTICE_DAYS)]
    assert case_at(world, "xb", "preservation").secret_until == today
    keep_secrecy.give_notice(world.xa.office, "bo", ours.id, to="the holder", how="by letter")
    assert notices(case_at(world, "xa", "preservation")) == []
    (found,) = [one for one in world.xa.events(ours.id) if isinstance(one, events.NoticeGiven)]
    assert (found.by, found.to, found.how, found.on) == ("bo", "the holder", "by letter", today)
    with pytest.raises(OutOfOrder):
        keep_secrecy.give_notice(world.xa.office, "bo", ours.id, to="the holder", how="again")


def test_an_order_after_secrecy_has_ended_imposes_none() -> None:
    world = new_world()
    secret = Confidentiality(wanted=True, until=UNTIL, reasons="the suspect would flee", code="flight")
    _, theirs = ask(world, msgspec.structs.replace(preservation(), confidentiality=secret))
    keep_secrecy.end(world.xb.office, "rita", theirs.id, reasons="arrests were made")
    order(world, theirs)
    world.settle()
    ordered = case_at(world, "provider", "preservation").order
    assert ordered is not None and ordered.secret_until is None


def test_a_notice_given_after_the_last_day_says_when(world: SmallWorld) -> None:
    world.pass_days(70)
    ours = case_at(world, "xa", "preservation")
    with pytest.raises(Malformed):
        keep_secrecy.give_notice(world.xa.office, "bo", ours.id, to="h", how="l", on=date(2028, 1, 1))
    with pytest.raises(OutOfOrder):
        keep_secrecy.give_notice(world.xa.office, "bo", ours.id, to="h", how="l", on=UNTIL)
    keep_secrecy.give_notice(world.xa.office, "bo", ours.id, to="h", how="l", on=UNTIL + timedelta(days=1))


def test_that_no_notice_is_given_takes_reasons_and_oversight(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "preservation")
    with pytest.raises(OutOfOrder):
        keep_secrecy.waive_notice(world.xb.office, "otto", theirs.id, reasons="nobody asked")
    keep_secrecy.withhold_notice(world.xb.office, "olga", theirs.id, reasons="the person is in danger")
    assert notices(case_at(world, "xb", "preservation")) == [UNTIL]
    with pytest.raises(NotPermitted):
        keep_secrecy.waive_notice(world.xb.office, "rita", theirs.id, reasons="fine")
    keep_secrecy.waive_notice(world.xb.office, "otto", theirs.id, reasons="the danger is shown")
    assert notices(case_at(world, "xb", "preservation")) == []


def test_nobody_signs_off_their_own_proposal(world: SmallWorld) -> None:
    world.change(XB, people={"olga": frozenset({"case_lawyer", "oversight"})})
    theirs = case_at(world, "xb", "preservation")
    keep_secrecy.withhold_notice(world.xb.office, "olga", theirs.id, reasons="why")
    with pytest.raises(OutOfOrder):
        keep_secrecy.waive_notice(world.xb.office, "olga", theirs.id, reasons="why")


def test_a_provider_owes_no_notice_here(world: SmallWorld) -> None:
    at_provider = case_at(world, "provider", "preservation")
    order_provider.confirm_preserved(world.provider.office, "lee", at_provider.id)
    assert notices(case_at(world, "provider", "preservation")) == []


def test_it_falls_by_itself_on_the_day_after_its_last_and_opens_a_notice_with_a_deadline(world: SmallWorld) -> None:
    world.pass_days((UNTIL - world.xa.clock.now().day).days)
    for node in ("xa", "xb", "provider"):
        assert watch_deadlines.end_what_ran_out(getattr(world, node).office) == 0
    world.pass_days(1)
    for node in ("xa", "xb", "provider"):
        office = getattr(world, node).office
        assert watch_deadlines.end_what_ran_out(office) == 1
        assert watch_deadlines.end_what_ran_out(office) == 0
        case = case_at(world, node, "preservation")
        assert getattr(world, node).history(case.id)[-1] == "secrecy_lapsed"
        assert getattr(world, node).events(case.id)[-1].by == "automatic"
        assert len(getattr(world, node).leaves(case.id)) == case.events
        deadline = [] if node == "provider" else [UNTIL + timedelta(days=NOTICE_DAYS)]
        assert notices(case) == deadline


def test_once_its_last_day_is_over_nobody_renews_it_even_before_its_end_is_recorded(world: SmallWorld) -> None:
    world.pass_days((UNTIL - world.xa.clock.now().day).days + 1)
    with pytest.raises(OutOfOrder, match="ended by itself"):
        keep_secrecy.extend(
            world.xa.office, "rose", case_at(world, "xa", "preservation").id, until=LATER, reasons="too late"
        )


@pytest.mark.parametrize("changes", [{"code": ""}, {"until": None}])
def test_a_request_of_ours_is_not_even_drafted_with_secrecy_that_lacks_its_code_or_its_end(
    changes: dict[str, str | None],
) -> None:
    world = new_world()
    wish = Confidentiality(wanted=True, until=UNTIL, reasons="the suspect would flee", code="flight")
    lacking = msgspec.structs.replace(wish, **changes)
    before = world.xa.dump()
    with pytest.raises(Malformed) as refused:
        draft(world, msgspec.structs.replace(preservation(), confidentiality=lacking))
    assert refused.value.where == f"confidentiality.{next(iter(changes))}"
    assert world.xa.dump() == before
