"""Orders to a provider: only of one's own State, for a time the treaty allows, and only where the rules are met."""

from datetime import timedelta

import msgspec
import pytest

from comity.base.errors import Malformed, NotPermitted, OutOfOrder
from comity.cases import events
from comity.exchange.directory import Use
from comity.exchange.message import OrderBody
from comity.workflows import draft_request, order_provider
from comity.workflows.order_provider import Term, term
from tests.simulators.failing import fail_at_every_call
from tests.simulators.forge import Forged, facts, outcome, send_request_unchecked
from tests.simulators.story import LAW, ask, at, case_at, draft, order
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld, new_world, preservation, production, without_statement


@pytest.fixture
def world() -> SmallWorld:
    return at("asked")


def test_an_order_carries_what_is_asked_and_for_whom_to_seal() -> None:
    world = at("production ordered")
    at_provider = case_at(world, "provider", "stored_data")
    assert at_provider.order is not None
    wanted = {world.xa.entity(node).key(Use.EVIDENCE, world.xa.clock.now()).public for node in (XA, XB)}
    assert set(at_provider.order.recipients) == wanted
    assert at_provider.order.identifiers == ("192.0.2.45", "gain-fast.example")
    assert production().measures[0].data in at_provider.order.data
    assert at_provider.order.secret_until == production().confidentiality.until  # type: ignore[union-attr]


def test_an_order_to_preserve_asks_for_no_evidence(world: SmallWorld) -> None:
    order(world, case_at(world, "xb", "preservation"))
    world.settle()
    found = case_at(world, "provider", "preservation").order
    assert found is not None
    assert found.recipients == ()


def test_a_provider_abroad_is_never_ordered(world: SmallWorld) -> None:
    before = world.xb.dump()
    for provider in ("XA/hosting-company", "XC/hosting-company"):
        with pytest.raises(NotPermitted, match=r"5\(2\)"):
            order_provider.order(
                world.xb.office,
                "dan",
                case_at(world, "xb", "preservation").id,
                provider=provider,
                legal_basis=LAW,
                reasons="urgent",
            )
    assert world.xb.dump() == before


def test_a_node_that_is_no_provider_is_not_ordered(world: SmallWorld) -> None:
    with pytest.raises(Malformed):
        order_provider.order(
            world.xb.office,
            "dan",
            case_at(world, "xb", "preservation").id,
            provider=XB,
            legal_basis=LAW,
            reasons="urgent",
        )


@pytest.mark.parametrize("days", [-1, 0, 1, 59, 91, 10_000])
def test_an_order_shorter_or_longer_than_the_treaty_allows_is_refused(world: SmallWorld, days: int) -> None:
    before = world.xb.dump()
    with pytest.raises(Malformed):
        order(world, case_at(world, "xb", "preservation"), days=days)
    assert world.xb.dump() == before


@pytest.mark.parametrize(("days", "kept"), [(None, 90), (60, 60), (75, 75), (90, 90)])
def test_an_order_runs_for_the_days_that_a_person_says_and_else_as_the_request_asks(
    world: SmallWorld, days: int | None, kept: int
) -> None:
    theirs = order(world, case_at(world, "xb", "preservation"), days=days)
    (found,) = [one for one in world.xb.events(theirs.id) if isinstance(one, events.OrderIssued)]
    assert found.until == world.xb.clock.now().day + timedelta(days=kept)
    world.settle()
    at_provider = case_at(world, "provider", "preservation")
    assert at_provider.order is not None
    assert at_provider.order.until == found.until


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (None, Term(60, None, "42(8)")),
        (30, Term(60, 30, "42(8)")),
        (60, Term(60, 60, "")),
        (75, Term(75, 75, "")),
        (90, Term(90, 90, "")),
        (180, Term(90, 180, "25(2)")),
    ],
)
def test_without_days_an_order_runs_as_asked_within_the_floor_and_the_ceiling(
    world: SmallWorld, asked: int | None, found: Term
) -> None:
    theirs = case_at(world, "xb", "preservation")
    assert theirs.request is not None
    sought = msgspec.structs.replace(theirs.request.measures[0], period_days=asked)
    case = msgspec.structs.replace(theirs, request=msgspec.structs.replace(theirs.request, measures=(sought,)))
    assert term(case, world.xb.clock.now().day) == found


def test_the_days_of_a_production_say_nothing_of_its_order() -> None:
    world = at("production asked")
    theirs = case_at(world, "xb", "stored_data")
    assert theirs.request is not None
    sought = tuple(msgspec.structs.replace(one, period_days=75) for one in theirs.request.measures)
    case = msgspec.structs.replace(theirs, request=msgspec.structs.replace(theirs.request, measures=sought))
    assert term(case, world.xb.clock.now().day) == Term(60, None, "42(8)")


def test_production_is_ordered_only_after_it_was_granted() -> None:
    world = at("production asked")
    before = world.xb.dump()
    with pytest.raises(OutOfOrder):
        order(world, case_at(world, "xb", "stored_data"))
    assert world.xb.dump() == before


def test_only_the_requested_state_orders(world: SmallWorld) -> None:
    with pytest.raises(OutOfOrder):
        order_provider.order(
            world.xa.office,
            "anna",
            case_at(world, "xa", "preservation").id,
            provider="XA/hosting-company",
            legal_basis=LAW,
            reasons="urgent",
        )


def test_an_order_is_all_or_nothing(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "preservation")
    assert fail_at_every_call(world, XB, lambda: order(world, theirs)) > 12
    assert world.xb.history(theirs.id) == ["received", "order_issued"]


def test_a_missing_statement_is_no_ground_to_wait_with_preservation() -> None:
    world = new_world()
    ours = send_request_unchecked(world, draft(world, without_statement()))
    world.settle()
    theirs = world.xb.case_of(ours.id)
    assert (theirs.state, world.xa.case(ours.id).state) == ("information asked", "information asked")
    assert len(theirs.asked) == 1
    assert "42(3)(f)" in theirs.asked[0]
    assert world.xa.case(ours.id).asked == theirs.asked
    assert "refused" not in world.xb.history(theirs.id)
    order(world, theirs)
    world.settle()
    order_provider.confirm_preserved(world.provider.office, "lee", case_at(world, "provider", "preservation").id)
    world.settle()
    assert world.xa.case(ours.id).state == "preserved"


def test_what_is_supplied_after_the_order_is_entered_and_preservation_goes_on() -> None:
    world = new_world()
    ours = send_request_unchecked(world, draft(world, without_statement()))
    world.settle()
    theirs = world.xb.case_of(ours.id)
    order(world, theirs)
    world.settle()
    mended = msgspec.structs.replace(without_statement(), assistance_will_follow=True)
    draft_request.supply(world.xa.office, "bo", ours.id, mended)
    draft_request.approve(world.xa.office, "anna", ours.id)
    world.settle()
    assert (world.xb.case(theirs.id).state, world.xb.case(theirs.id).request) == ("ordered", mended)
    assert world.xa.case(ours.id).trouble == ""


def _order(**changes: object) -> OrderBody:
    today = preservation().made_on
    assert today is not None
    right = OrderBody(
        measure="expedited_preservation",
        data="logs",
        identifiers=("192.0.2.45",),
        legal_basis="a law",
        reasons="why",
        since=today,
        until=today + timedelta(days=60),
    )
    return msgspec.structs.replace(right, **changes)


def test_a_provider_takes_no_order_of_another_state() -> None:
    world = new_world()
    forged = Forged(kind="order.preserve", body=_order(), to=PROVIDER)
    before = facts(world.provider)
    assert outcome(world, forged.make(world), to=PROVIDER) == "not-allowed"
    assert facts(world.provider) == before


def test_an_authority_takes_no_order_at_all() -> None:
    world = new_world()
    before = facts(world.xa)
    forged = Forged(kind="order.preserve", body=_order(), sender=XB, to=XA)
    assert outcome(world, forged.make(world), sender=XB, to=XA) == "not-allowed"
    assert facts(world.xa) == before


def test_a_provider_confirms_for_as_long_as_ordered_or_longer_and_never_shorter() -> None:
    world = at("ordered")
    case = case_at(world, "provider", "preservation")
    assert case.order is not None
    with pytest.raises(Malformed):
        order_provider.confirm_preserved(
            world.provider.office, "lee", case.id, until=case.order.until - timedelta(days=1)
        )
    later = case.order.until + timedelta(days=5)
    order_provider.confirm_preserved(world.provider.office, "lee", case.id, until=later)
    world.settle()
    assert case_at(world, "xa", "preservation").preserved_until == later


def test_an_objection_reaches_the_authority_which_may_order_anew() -> None:
    world = at("ordered")
    case = case_at(world, "provider", "preservation")
    order_provider.object_to_order(world.provider.office, "lee", case.id, ground="not ours", reasons="no such account")
    world.settle()
    theirs = case_at(world, "xb", "preservation")
    assert theirs.state == "objected"
    (found,) = [one for one in world.xb.events(theirs.id) if isinstance(one, events.Objected)]
    assert (found.ground, found.reasons, found.by) == ("not ours", "no such account", PROVIDER)
    assert order(world, theirs).state == "ordered"
    world.settle()
    assert world.provider.case(case.id).state == "ordered"
    order_provider.confirm_preserved(world.provider.office, "lee", case.id)
    world.settle()
    assert case_at(world, "xb", "preservation").state == "preserved"


def test_only_the_ordered_provider_confirms_or_objects() -> None:
    world = at("ordered")
    world.change(XB, people={"dan": frozenset({"legal_team"})})
    theirs = case_at(world, "xb", "preservation")
    with pytest.raises(OutOfOrder):
        order_provider.confirm_preserved(world.xb.office, "dan", theirs.id)
    with pytest.raises(OutOfOrder):
        order_provider.object_to_order(world.xb.office, "dan", theirs.id, ground="a", reasons="b")


@pytest.mark.parametrize("act", ["confirm", "object"])
def test_a_providers_answer_is_all_or_nothing(act: str) -> None:
    world = at("ordered")
    case = case_at(world, "provider", "preservation")

    def answer() -> object:
        office = world.provider.office
        if act == "confirm":
            return order_provider.confirm_preserved(office, "lee", case.id)
        return order_provider.object_to_order(office, "lee", case.id, ground="not ours", reasons="no such account")

    assert fail_at_every_call(world, PROVIDER, answer) > 10


def test_preservation_is_ordered_at_once_and_no_second_time() -> None:
    world = new_world()
    _, theirs = ask(world, preservation())
    order(world, theirs)
    with pytest.raises(OutOfOrder):
        order(world, theirs)
