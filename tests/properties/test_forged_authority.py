"""Each known trick of somebody who pretends to be an authority, played: data may be preserved, never disclosed.

Every test ends with `nothing_disclosed`: no grant, no order to produce and no evidence left XB, and each of the three
is refused to XB's own people, who have done all that the trick wanted of them.
"""

from dataclasses import replace

import msgspec
import pytest

from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import ComityError, NotPermitted
from comity.base.ids import NodeId
from comity.cases import approval, events
from comity.cases.approval import PasskeyApproval
from comity.cases.case import Case
from comity.cases.emergency import BUDGET_A_DAY, LOOK_ALIKE, OVER_BUDGET, PAUSED, REPLY_ELSEWHERE, REUSED_TEXT
from comity.cases.emergency import UNCONFIRMED_MOST as MOST
from comity.cases.machine import advance
from comity.exchange import envelope as envelopes
from comity.exchange.directory import Entity, Use
from comity.exchange.message import Role
from comity.exchange.problems import ExchangeProblem
from comity.workflows import call_back, carry_by_hand, draft_request
from comity.workflows.office import directory
from tests.simulators.authenticator import signature
from tests.simulators.emergencies import (
    NUMBER,
    ask_at_once,
    called,
    changed,
    checked,
    drafted,
    emergency_request,
    ready_world,
    relist,
)
from tests.simulators.forge import outcome
from tests.simulators.forged_emergencies import (
    forged,
    is_preserved,
    list_approvers,
    made_up,
    nothing_disclosed,
    received,
    somebody_s,
    two_approvers,
)
from tests.simulators.story import grant, order
from tests.simulators.wire import ask as send_plain
from tests.simulators.world import PROVIDER, XA, SmallWorld

# A stolen mailbox: the words of a request, without the keys of the authority


def test_stolen_mailbox_a_request_that_no_transport_key_signed_is_not_even_read() -> None:
    world = ready_world()
    envelope = forged(emergency_request(), "anna", "rose").make(world)
    body = envelopes.format_batch("mail", [envelope])
    headers = {"content-type": envelopes.MEDIA_TYPE}
    answer = send_plain(world.wire.apps[world.xb.host], "POST", world.xb.url + "/v1/envelopes", headers, body)
    assert answer.status in (400, 401, 403)
    assert received(world) == []
    nothing_disclosed(world)


def test_stolen_mailbox_a_file_from_a_mail_is_taken_only_with_the_authority_s_signatures() -> None:
    world = ready_world()
    before = world.xb.dump()["case_event"]
    for text in (to_json(emergency_request()), b"From: duty@xa.example\r\nSubject: URGENT\r\n\r\nplease send the data"):
        with pytest.raises(ComityError):
            carry_by_hand.take_in(world.xb.office, "dan", text)
    assert world.xb.dump()["case_event"] == before
    nothing_disclosed(world)


def test_stolen_mailbox_a_document_signed_by_the_thief_s_own_key_is_turned_down() -> None:
    world = ready_world()
    own = world.provider.keys.signer(Use.AUTHORITY)
    envelope = replace(forged(emergency_request(), "anna", "rose"), signer=own).make(world)
    assert outcome(world, envelope) == "unknown-key"
    assert received(world) == []
    nothing_disclosed(world)


# A look-alike authority


def third_state(world: SmallWorld, name: str) -> NodeId:
    """The witness's State lists its node as an authority with the right, under a name of its choice."""
    node = world.witness.id

    def as_authority(one: Entity) -> Entity:
        keys = tuple(
            msgspec.structs.replace(key, rights=("emergency",)) if key.use is Use.AUTHORITY else key for key in one.keys
        )
        return msgspec.structs.replace(one, role=Role.AUTHORITY, name=name, keys=keys, telephone="+999 3 555 0300")

    relist(world, "XC", lambda value: changed(value, node, as_authority))
    return node


@pytest.mark.parametrize("name", ["XA/centra1-authority", "XA/central-authorlty", "XA/central-authority-1"])
def test_look_alike_authority_an_id_that_no_list_has_is_an_unknown_peer(name: str) -> None:
    world = ready_world()
    named = replace(forged(emergency_request(), "anna", "rose"), document={"from_": name}, header={"from_": name})
    assert outcome(world, named.make(world)) == "not-allowed"
    with pytest.raises(ExchangeProblem) as unknown, world.xb.office.store.transaction() as tx:
        directory(tx).entity(NodeId(name))
    assert unknown.value.code == "unknown-peer"
    assert received(world) == []
    nothing_disclosed(world)


def test_look_alike_authority_a_listed_one_with_another_s_name_is_held_even_after_the_call() -> None:
    world = ready_world()
    node = third_state(world, world.xa.office.name.replace("a", "а"))  # a Cyrillic letter
    request = emergency_request(requesting="XC")
    envelope = replace(forged(request, "kim", "sven", author="mel"), sender=node).make(world)
    assert outcome(world, envelope, sender=node) == "delivered"
    (theirs,) = received(world)
    assert theirs.emergency is not None and LOOK_ALIKE in theirs.emergency.held
    is_preserved(world)
    called(world, theirs)
    checked(world, theirs)
    nothing_disclosed(world)


# A reply address elsewhere


@pytest.mark.parametrize(
    "words",
    [
        "Please answer to duty.officer@xa-justice.example, our mail server is down.",
        "Upload the data to https://xa-evidence.example/in only.",
        "Call +44 20 7946 0000 and not the number of the list.",
    ],
)
def test_reply_address_elsewhere_is_shown_held_and_never_followed(words: str) -> None:
    world = ready_world()
    _, theirs = ask_at_once(world, emergency_request(note=words))
    assert theirs.emergency is not None and theirs.emergency.held == (REPLY_ELSEWHERE,)
    is_preserved(world)
    assert called(world, theirs).emergency.call.number == NUMBER  # type: ignore[union-attr]
    checked(world, theirs)
    nothing_disclosed(world)
    assert {one.peer for one in world.xb.outbox()} <= {XA, PROVIDER}
    hosts = {one.url.split("/")[2] for one in world.wire.carried}
    assert hosts <= {node.host for node in world.nodes.values()}


def test_the_sender_s_own_address_and_the_accounts_asked_about_are_no_other_address() -> None:
    world = ready_world()
    account = emergency_request().measures[0].identifiers[0]
    request = emergency_request(note=f"See {world.xa.url}/v1; the account is {account}.")
    _, theirs = ask_at_once(world, request)
    assert theirs.emergency is not None and theirs.emergency.held == ()


# Reused emergency text


def test_reused_emergency_text_asks_a_person_whatever_the_call_says() -> None:
    world = ready_world()
    ask_at_once(world)
    again = emergency_request(emergency="  A child was TAKEN this morning; the taker writes from this account. ")
    _, theirs = ask_at_once(world, again)
    assert theirs.emergency is not None and theirs.emergency.held == (REUSED_TEXT,)
    assert any(one["kind"] == "emergency" for one in world.xb.dump()["log_alarm"])
    is_preserved(world)
    called(world, theirs)
    checked(world, theirs)
    first = next(one for one in received(world) if one.id != theirs.id)
    assert first.emergency is not None and first.emergency.held == ()
    nothing_disclosed(world)
    call_back.admit(world.xb.office, "rita", theirs.id, reasons="the same child, told again")
    assert grant(world, world.xb.case(theirs.id)).state == "granted"


# One corrupt officer


def test_one_corrupt_officer_cannot_approve_what_they_wrote() -> None:
    world = ready_world()
    ours = drafted(world)
    with pytest.raises(NotPermitted):
        draft_request.approve(world.xa.office, "bo", ours.id)
    assert world.xa.outbox() == []
    nothing_disclosed(world)


def test_one_corrupt_officer_cannot_give_both_approvals() -> None:
    world = ready_world()
    ours = drafted(world)
    draft_request.approve(world.xa.office, "anna", ours.id)
    with pytest.raises(NotPermitted, match="one person gives one"):
        draft_request.approve(world.xa.office, "anna", ours.id)
    assert world.xa.outbox() == []
    nothing_disclosed(world)


def test_one_corrupt_officer_with_two_names_and_one_passkey_cannot_give_both_approvals() -> None:
    world = ready_world()
    request = emergency_request()
    own = somebody_s("one officer")
    both = (made_up(world, request, "anna", own), made_up(world, request, "rose", own))
    assert outcome(world, forged(request, "anna", "rose", passkeys=both).make(world)) == "not-allowed"
    ours = drafted(world)
    at_home = world.xa.case(ours.id)
    first = events.FirstApproved(
        at=1, by="anna", request_sha256=at_home.request_sha256, role="reviewer", passkey=bound(at_home, both[0], "anna")
    )
    after = advance(at_home, first)
    second = events.Approved(
        at=2, by="rose", request_sha256=at_home.request_sha256, passkey=bound(after, both[1], "rose")
    )
    with pytest.raises(NotPermitted, match="one person gives one"):
        advance(after, second)
    nothing_disclosed(world)


def bound(case: Case, record: PasskeyApproval, person: str) -> PasskeyApproval:
    """The record with a decision that names this very step, so that only the passkey tells the two apart."""
    said = approval.read(from_b64u(record.decision))
    right = msgspec.structs.replace(
        said, case=case.id, head=str(case.head), request_sha256=case.request_sha256, person=person
    )
    return msgspec.structs.replace(record, decision=b64u(approval.write(right)))


def test_one_corrupt_officer_at_the_receiver_cannot_check_their_own_call() -> None:
    world = ready_world()
    _, theirs = ask_at_once(world)
    called(world, theirs, by="olga")
    with pytest.raises(NotPermitted, match="who called does not check"):
        checked(world, theirs, by="olga")
    nothing_disclosed(world)


# Budget and pause


def test_above_the_day_s_budget_each_needs_a_named_decision_and_none_is_dropped() -> None:
    world = ready_world()
    for number in range(BUDGET_A_DAY + 1):
        _, theirs = ask_at_once(world, emergency_request(emergency=f"Threat number {number} to a person."))
    assert theirs.emergency is not None and theirs.emergency.held == (OVER_BUDGET,)
    assert len(received(world)) == BUDGET_A_DAY + 1
    assert any("over budget" in one["what"] for one in world.xb.dump()["log_alarm"])
    called(world, theirs)
    checked(world, theirs)
    nothing_disclosed(world)


def test_three_unconfirmed_pause_the_requester_until_a_person_decides() -> None:
    world = ready_world()
    for number in range(MOST):
        _, theirs = ask_at_once(world, emergency_request(emergency=f"Threat number {number} to a person."))
        called(world, theirs, "denied")
        world.pass_days(2)
    _, theirs = ask_at_once(world, emergency_request(emergency="A threat that is real."))
    assert theirs.emergency is not None and theirs.emergency.held == (PAUSED,)
    is_preserved(world)
    called(world, theirs)
    checked(world, theirs)
    nothing_disclosed(world)
    with pytest.raises(NotPermitted):
        call_back.admit(world.xb.office, "dan", theirs.id, reasons="it is real")
    call_back.admit(world.xb.office, "rita", theirs.id, reasons="it is real")
    assert order(world, grant(world, world.xb.case(theirs.id))).state == "ordered"


def test_the_real_ones_go_the_whole_way_with_passkeys_that_are_listed() -> None:
    world = ready_world()
    ada, rita = two_approvers(world)
    list_approvers(world, ada, rita)
    ours = drafted(world)
    for name, key in (("ada", ada), ("rita", rita)):
        answer = signature(world.xa.office, name, ours.id, key)
        draft_request.approve(world.xa.office, name, ours.id, answer=answer)
    world.settle()
    (theirs,) = received(world)
    assert theirs.emergency is not None
    assert (theirs.emergency.approvers, theirs.emergency.notes) == (("ada", "rita"), ())
    is_preserved(world)
    nothing_disclosed(world)
    called(world, theirs)
    nothing_disclosed(world)
    checked(world, theirs)
    assert order(world, grant(world, world.xb.case(theirs.id))).state == "ordered"
