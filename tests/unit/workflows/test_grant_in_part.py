"""A grant in part: what remains, what is left out, and that an order never exceeds it."""

import msgspec
import pytest

from comity.base.errors import Malformed, RefusedByRule
from comity.cases import events
from comity.cases.case import Case
from comity.treaty.request import Sought
from comity.workflows import decide_request, order_provider
from tests.simulators.story import at, case_at, grant, order
from tests.simulators.world import SmallWorld


@pytest.fixture
def world() -> SmallWorld:
    return at("production asked")


def grant_scope(world: SmallWorld, theirs: Case, *scope: Sought, left_out: str = "more than is needed") -> Case:
    return decide_request.grant(world.xb.office, "rita", theirs.id, reasons="fraud", scope=scope, left_out=left_out)


def test_both_sides_see_what_was_granted_and_what_was_left_out() -> None:
    world = at("narrowed")
    ours, theirs = case_at(world, "xa", "stored_data"), case_at(world, "xb", "stored_data")
    assert ours.scope == theirs.scope == theirs.request.measures[:1]  # type: ignore[union-attr]
    (found,) = [one for one in world.xa.events(ours.id) if isinstance(one, events.Granted)]
    assert "40(21)(c)" in found.left_out


def test_an_order_carries_what_was_granted_and_no_more(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "stored_data")
    assert theirs.request is not None
    whole = theirs.request.measures
    assert len(whole) > 1
    kept = msgspec.structs.replace(whole[0], data="The name and address of the holder.")
    grant_scope(world, theirs, kept)
    order(world, theirs)
    world.settle()
    ordered = case_at(world, "provider", "stored_data").order
    assert ordered is not None
    assert (ordered.measure, ordered.data, ordered.identifiers) == (kept.measure, kept.data, kept.identifiers)


def test_a_whole_grant_has_no_scope(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "stored_data")
    assert grant_scope(world, theirs, *theirs.measures, left_out="").scope == ()


def test_what_is_left_out_is_said(world: SmallWorld) -> None:
    """Article 40(25)."""
    theirs = case_at(world, "xb", "stored_data")
    before = world.xb.dump()
    with pytest.raises(RefusedByRule):
        grant_scope(world, theirs, *theirs.measures[:1], left_out=" ")
    assert world.xb.dump() == before


def test_a_grant_never_reaches_beyond_the_request(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "stored_data")
    one = theirs.measures[0]
    before = world.xb.dump()
    for wider in (
        msgspec.structs.replace(one, measure="interception_of_content"),
        msgspec.structs.replace(one, identifiers=(*one.identifiers, "somebody-else@example")),
        msgspec.structs.replace(one, data=" "),
    ):
        with pytest.raises(Malformed):
            grant_scope(world, theirs, wider)
    with pytest.raises(Malformed):
        grant_scope(world, theirs, one, one)
    assert world.xb.dump() == before


def test_after_an_objection_it_can_be_granted_anew_and_narrower(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "stored_data")
    grant(world, theirs)
    order(world, theirs)
    world.settle()
    at_provider = case_at(world, "provider", "stored_data")
    order_provider.object_to_order(
        world.provider.office, "lee", at_provider.id, ground="too broad", reasons="the logs hold other customers"
    )
    world.settle()
    again = grant_scope(world, world.xb.case(theirs.id), theirs.measures[0])
    assert again.state == "granted"
    world.settle()
    assert case_at(world, "xa", "stored_data").scope == again.scope
    assert case_at(world, "xa", "stored_data").trouble == ""


def test_a_refusal_after_an_objection_reaches_the_requesting_state(world: SmallWorld) -> None:
    theirs = case_at(world, "xb", "stored_data")
    grant(world, theirs)
    order(world, theirs)
    world.settle()
    order_provider.object_to_order(
        world.provider.office,
        "lee",
        case_at(world, "provider", "stored_data").id,
        ground="rights at risk",
        reasons="a source",
    )
    world.settle()
    decide_request.refuse(
        world.xb.office,
        "rita",
        theirs.id,
        ground="essential interests",
        citation="40(21)(b)",
        reasons="a source of the press",
        consulted_otherwise="by telephone on 8 December",
    )
    world.settle()
    ours = case_at(world, "xa", "stored_data")
    assert (ours.state, ours.trouble) == ("refused", "")


def test_preservation_is_never_narrowed() -> None:
    world = at("ordered")
    theirs, at_provider = case_at(world, "xb", "preservation"), case_at(world, "provider", "preservation")
    assert theirs.request is not None and at_provider.order is not None
    assert at_provider.order.data == "\n".join(one.data for one in theirs.request.measures)
