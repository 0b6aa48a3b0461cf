"""An emergency that came: barred from its first moment, kept beside, counted, and told to the State it speaks for."""

from dataclasses import replace

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import NotFound, NotPermitted, OutOfOrder
from comity.base.ids import NodeId
from comity.exchange import document as documents
from comity.exchange.directory import StateList, Use
from comity.exchange.message import Approval, EmergencyNoticeBody, RequestBody, Role
from comity.workflows import (
    consult_peer,
    decide_request,
    enter_notice,
    keep_directory,
    order_provider,
    swap_proofs,
    watch_names,
)
from comity.workflows.office import directory
from tests.simulators.emergencies import (
    ask_at_once,
    called,
    changed,
    emergency_request,
    ready_world,
    relist,
    with_right,
)
from tests.simulators.fakes import KeysInMemory
from tests.simulators.forge import Forged, outcome
from tests.simulators.story import approve, draft, order
from tests.simulators.world import XA, XB, SmallWorld, describe, preservation

POLICE = NodeId("XA/missing-persons-unit")


@pytest.fixture
def world() -> SmallWorld:
    return ready_world()


def with_second_authority(world: SmallWorld) -> None:
    """XA lists another authority, with the right and keys of its own, and says which is the central one."""
    keys = KeysInMemory("the keys of the police")
    other = msgspec.structs.replace(
        describe(replace(world.xa, keys=keys)), id=POLICE, name="Missing Persons Unit of XA"
    )

    def change(value: StateList) -> StateList:
        central = changed(value, XA, lambda one: msgspec.structs.replace(one, central=True))
        return msgspec.structs.replace(central, entities=(*central.entities, with_right(other)))

    relist(world, "XA", change)
    world.nodes[POLICE] = replace(world.xa, office=replace(world.xa.office, node=POLICE, keys=keys), keys=keys)


def asked_by_the_police(world: SmallWorld) -> None:
    request = emergency_request()
    digest = str(Digest.of(to_json(request)))
    both = tuple(Approval(person=one, role="reviewer", request_sha256=digest, at=1) for one in ("ada", "eve"))
    message = Forged(
        kind="request.produce",
        body=RequestBody(request=request, approvals=both),
        sender=POLICE,
        actor=documents.Actor("bob", "duty_officer", approved_by="eve"),
        header={"pri": 2},
    )
    assert outcome(world, message.make(world), sender=POLICE) == "delivered"
    del world.nodes[POLICE]  # it answers nobody here
    world.settle()


def test_the_central_authority_is_told_of_another_authority_s_emergency_and_of_no_content(world: SmallWorld) -> None:
    with_second_authority(world)
    asked_by_the_police(world)
    (theirs,) = (one for one in world.xb.cases() if one.procedure == "stored_data")
    (notice,) = enter_notice.notices(world.xa.office)
    assert theirs.emergency is not None
    assert (notice.about, notice.asked_by, notice.sender) == ("received", POLICE, XB)
    assert (notice.their_case, notice.asker_case, notice.key) == (theirs.id, "forged", theirs.emergency.key)
    (sent,) = (one for one in world.xb.outbox() if one.kind == "emergency.notice")
    assert (sent.peer, sent.state) == (XA, "delivered")
    public = world.xb.keys.signer(Use.AUTHORITY).public
    for word in (b"child", b"account", b"night"):
        assert word not in bytes(documents.verify(sent.document, public).document.body)
    assert world.xa.cases() == ()


def test_the_notice_is_logged_and_its_sender_can_have_the_proof(world: SmallWorld) -> None:
    with_second_authority(world)
    asked_by_the_police(world)
    (sent,) = (one for one in world.xb.outbox() if one.kind == "emergency.notice")
    world.publish()
    world.publish()
    assert swap_proofs.proof_for(world.xa.office, XB, sent.id)
    assert swap_proofs.swap(world.xb.office) >= 1
    assert [one["kind"] for one in world.xb.dump()["log_alarm"]] == []


def test_whoever_asked_itself_gets_no_copy_and_a_missing_central_authority_is_noted(world: SmallWorld) -> None:
    ask_at_once(world)
    assert not [one for one in world.xb.outbox() if one.kind == "emergency.notice"]
    other = ready_world()
    with_second_authority(other)
    relist(other, "XA", lambda value: changed(value, XA, lambda one: msgspec.structs.replace(one, central=False)))
    asked_by_the_police(other)
    (theirs,) = (one for one in other.xb.cases() if one.procedure == "stored_data")
    assert theirs.emergency is not None and "no_central_authority" in theirs.emergency.notes


def test_a_notice_rests_once_a_person_has_looked_into_it(world: SmallWorld) -> None:
    with_second_authority(world)
    asked_by_the_police(world)
    (notice,) = enter_notice.notices(world.xa.office)
    with pytest.raises(NotPermitted):
        enter_notice.saw(world.xa.office, "nobody", notice.message)
    with pytest.raises(NotFound):
        enter_notice.saw(world.xa.office, "bo", "another")
    enter_notice.saw(world.xa.office, "bo", notice.message)
    assert enter_notice.notices(world.xa.office)[0].seen_by == "bo"
    assert world.xa.dump()["log_alarm"] == []


def test_a_notice_about_another_state_is_turned_down(world: SmallWorld) -> None:
    body = EmergencyNoticeBody(about="denied", sender="XC/observatory", key="k", case="c", their_case="t", came=1)
    message = Forged(kind="emergency.notice", body=body, actor=documents.Actor("automatic", "node"))
    assert outcome(world, message.make(world)) == "invalid-field"
    assert world.xb.dump()["emergency_notice"] == []


# Preservation meanwhile


def test_what_an_emergency_asks_for_is_kept_before_anybody_has_called_and_the_asker_is_told(world: SmallWorld) -> None:
    ours, theirs = ask_at_once(world)
    (beside,) = (one for one in world.xb.cases() if one.procedure == "preservation")
    assert beside.request is not None and theirs.request is not None
    assert [one.data for one in beside.request.measures] == [one.data for one in theirs.request.measures]
    order(world, beside)
    world.settle()
    (kept,) = world.provider.cases()
    order_provider.confirm_preserved(world.provider.office, "lee", kept.id)
    world.settle()
    assert world.xb.case(beside.id).state == "preserved"
    assert world.xa.case(ours.id).preserved_until == world.xb.case(beside.id).preserved_until
    assert world.xb.case(theirs.id).emergency.is_barred  # type: ignore[union-attr]


def test_a_refused_emergency_is_not_told_that_its_data_were_kept(world: SmallWorld) -> None:
    ours, theirs = ask_at_once(world)
    (beside,) = (one for one in world.xb.cases() if one.procedure == "preservation")
    order(world, beside)
    world.settle()
    called(world, theirs, "denied")
    decide_request.refuse(
        world.xb.office,
        "rita",
        theirs.id,
        ground="essential interests",
        citation="40(21)(b)",
        reasons="Those who are said to have asked know nothing of it.",
        consulted_otherwise="on the telephone, with the desk that was called back",
    )
    world.settle()
    order_provider.confirm_preserved(world.provider.office, "lee", world.provider.cases()[0].id)
    world.settle()
    assert (world.xa.case(ours.id).state, world.xb.case(beside.id).state) == ("refused", "preserved")
    assert {one.state for one in world.xb.outbox()} == {"delivered"}


def test_nobody_is_consulted_about_the_case_that_the_other_state_has_not(world: SmallWorld) -> None:
    ask_at_once(world)
    (beside,) = (one for one in world.xb.cases() if one.procedure == "preservation")
    with pytest.raises(OutOfOrder) as refused:
        consult_peer.consult(world.xb.office, "olga", beside.id, about="refusal", text="What do you need most?")
    assert "emergency itself" in refused.value.hint


def test_an_emergency_that_follows_a_preservation_opens_no_second_one() -> None:
    world = ready_world()
    first = approve(world, draft(world, preservation()))
    world.settle()
    ask_at_once(world, emergency_request(follows=first.id))
    assert [one.procedure for one in world.xb.cases()] == ["preservation", "stored_data"]


# Names, when a list is taken in


def test_a_list_that_brings_a_look_alike_is_taken_and_somebody_is_warned(world: SmallWorld) -> None:
    other = msgspec.structs.replace(describe(world.xa), id="XA/centra1-authority", role=Role.AUTHORITY)
    relist(world, "XA", lambda value: msgspec.structs.replace(value, entities=(*value.entities, other)))
    with world.xb.office.store.transaction() as tx:
        assert directory(tx).entity(NodeId(other.id)).id == other.id
    assert watch_names.ALARM in [one["kind"] for one in world.xb.dump()["log_alarm"]]
    (newest,) = (one for one in keep_directory.show(world.xa.office) if one.value.state == "XA")
    again = world.provider
    found = keep_directory.trust(again.office, "lee", newest.data, newest.fingerprint)
    assert found.signed.value.state == "XA"
