"""What comes in: each check its own code and no effect; once, and in order, whatever the way does to it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.ids import StateCode
from comity.base.mode import Mode
from comity.crypto.hpke import Opener
from comity.crypto.signatures import Ed25519Signer
from comity.exchange import document as documents
from comity.exchange import envelope as envelopes
from comity.exchange import receipt
from comity.exchange.directory import Use
from comity.exchange.envelope import open_sealed
from comity.exchange.message import GrantBody, ObjectionBody, RequestBody
from comity.exchange.problems import ExchangeProblem
from comity.exchange.receipt import Row, Status
from comity.workflows import deliver_outbox, receive_envelope, withdraw_request
from comity.workflows.ports import KeyRing
from tests.simulators.failing import fail_at_every_call
from tests.simulators.forge import (
    Forged,
    bring,
    code_of,
    facts,
    next_in_channel,
    outcome,
    request_to,
    revoke,
    tampered,
)
from tests.simulators.story import approve, ask, at, case_at, draft
from tests.simulators.world import PROVIDER, START, WITNESS, XA, XB, SmallWorld, new_world, preservation


@pytest.fixture(params=[False, True], ids=["in steps", "at once"])
def world(request: pytest.FixtureRequest) -> SmallWorld:
    """What comes is stored, and opened by the worker; or opened before it is answered."""
    found = new_world()
    found.opens = request.param
    return found.joined()


@pytest.fixture
def steps() -> SmallWorld:
    return new_world()


def test_a_forged_message_that_keeps_every_rule_is_delivered(world: SmallWorld) -> None:
    assert outcome(world, Forged().make(world)) == "delivered"
    assert world.xb.case_of("forged").state == "requested"


HEADER_FAULTS: dict[str, dict[str, Any]] = {
    "version": {"v": 2},
    "version of the suite": {"suite": 9},
    "wrong-mode": {"mode": Mode.LIVE},
    "wrong-recipient": {"to": PROVIDER},
    "not-allowed": {"from_": PROVIDER},
    "unknown-key": {"rkid": "another"},
    "invalid-field": {"seq": 0},
    "invalid-field of priority": {"pri": 3},
    "clock-skew": {"iat": START.seconds + 301},
    "invalid-field of an end before its beginning": {"exp": START.seconds - 1},
    "invalid-field of a long life": {"exp": START.plus_days(31).seconds},
    "malformed": {"id": "not-a-uuid"},
}


@pytest.mark.parametrize("fault", HEADER_FAULTS)
def test_each_fault_of_the_header_has_its_code_and_nothing_is_kept(world: SmallWorld, fault: str) -> None:
    before = world.xb.dump()
    assert bring(world, [Forged(header=HEADER_FAULTS[fault]).make(world)]) == [fault.partition(" ")[0]]
    assert world.xb.dump() == before


INSIDE_FAULTS: dict[str, Forged] = {
    "inside-differs of a forwarded document": Forged(document={"to": WITNESS}, header={"to": XB}),
    "inside-differs of another sender": Forged(document={"from_": PROVIDER}, header={"from_": XA}),
    "inside-differs of a longer life": Forged(header={"exp": START.plus_days(20).seconds}),
    "inside-differs of another channel": Forged(header={"channel": "other"}),
    "inside-differs of another place": Forged(document={"seq": 2}, header={"seq": 1}),
    "inside-differs of another mode": Forged(document={"mode": Mode.LIVE}, header={"mode": Mode.EXERCISE}),
    "version of an unknown kind": Forged(kind="request.everything"),
    "not-allowed without a second approver": Forged(actor=documents.Actor("anna", "duty_officer")),
    "not-allowed with the author as approver": Forged(actor=documents.Actor("anna", "duty_officer", "anna")),
    "not-allowed for a role": Forged(kind="objection", body=ObjectionBody(ground="none", reasons="none")),
    "invalid-field of another body": Forged(body=GrantBody(reasons="none")),
    "unknown-key of a stranger": Forged(signer=Ed25519Signer(bytes(32))),
    "not-allowed for a threat to life without the right": Forged(header={"pri": 2}),
    "out-of-state for what begins no case": Forged(kind="grant", body=GrantBody(reasons="none")),
    "broken-channel": Forged(document={"prev": "0" * 64}),
}


@pytest.mark.parametrize("fault", INSIDE_FAULTS)
def test_each_fault_inside_has_its_code_and_no_effect(world: SmallWorld, fault: str) -> None:
    before = facts(world.xb)
    assert outcome(world, INSIDE_FAULTS[fault].make(world)) == fault.partition(" ")[0]
    assert facts(world.xb) == before


FIELDS: dict[str, Forged] = {
    "invalid-field:header.seq": Forged(header={"seq": 0}),
    "invalid-field:header.pri": Forged(header={"pri": 3}),
    "invalid-field:header.exp": Forged(header={"exp": START.plus_days(31).seconds}),
    "inside-differs:from": Forged(document={"from_": PROVIDER}, header={"from_": XA}),
    "inside-differs:exp": Forged(header={"exp": START.plus_days(20).seconds}),
    "not-allowed:actor.approved_by": Forged(actor=documents.Actor("anna", "duty_officer")),
    "invalid-field:body.request": Forged(document={"body": msgspec.Raw(b"{}")}),
    "invalid-field:body": Forged(body=GrantBody(reasons="none")),
    "invalid-field:body.request.requesting": Forged(
        body=RequestBody(request=msgspec.structs.replace(preservation(), requesting=StateCode("XC")))
    ),
    "invalid-field:body.request.requested": Forged(
        body=RequestBody(request=msgspec.structs.replace(preservation(), requested=StateCode("XC")))
    ),
    "invalid-field:body.request.measures": Forged(kind="request.produce"),
    "cannot-open": Forged(header={"prev": "0" * 64}),
}


@pytest.mark.parametrize("said", FIELDS)
def test_the_signed_row_names_the_field_at_fault_to_the_sender(world: SmallWorld, said: str) -> None:
    envelope = FIELDS[said].make(world)
    envelope = tampered(envelope) if said == "cannot-open" else envelope
    outcome(world, envelope)
    (row,) = _rows_for(world, envelope)
    assert (row.status, row.code) == (Status.REJECTED, said)


def _rows_for(world: SmallWorld, envelope: envelopes.Envelope) -> tuple[Row, ...]:
    """What XB says of an envelope, as it says it to whoever brings it again."""
    body = envelopes.format_batch("again", [envelope])
    answer = request_to(world, world.xa, XB, "/v1/envelopes", body)
    return receipt.verify(answer.body, world.xb.keys.signer(Use.RECEIPT).public).rows


def test_what_stands_in_a_wrong_field_is_told_to_nobody(world: SmallWorld) -> None:
    right = msgspec.to_builtins(RequestBody(request=preservation()))
    right["request"]["a name out of the case"] = "Erika Mustermann"
    for wrong in (right, {**right, "Erika Mustermann": 1}, {**right, "supersedes": ["Erika Mustermann"]}):
        made = Forged(document={"body": msgspec.Raw(to_json(wrong))}).make(world)
        outcome(world, made)
        (row,) = _rows_for(world, made)
        assert row.status is Status.REJECTED and row.code.startswith("invalid-field:body")
        assert b"Mustermann" not in to_json(row) and b"name out" not in to_json(row)


def test_a_changed_ciphertext_cannot_be_opened_and_has_no_effect(world: SmallWorld) -> None:
    before = facts(world.xb)
    assert outcome(world, tampered(Forged().make(world))) == "cannot-open"
    assert facts(world.xb) == before


def test_a_document_with_a_changed_signature_has_no_effect(world: SmallWorld) -> None:
    right = Forged()
    signed = documents.verify(*_opened(world, right))
    head, payload, signature = signed.token.split(b".")
    broken = documents.Signed(signed.document, b".".join([head, payload, signature[:-4] + b"AAAA"]))
    before = facts(world.xb)
    assert outcome(world, right.wrap(world, broken)) == "bad-signature"
    assert facts(world.xb) == before


def _opened(world: SmallWorld, forged: Forged) -> tuple[bytes, bytes]:
    token = open_sealed(forged.make(world), world.xb.keys.opener())
    return token, world.xa.keys.signer(Use.AUTHORITY).public


def test_a_document_on_its_way_to_another_cannot_be_sent_on_by_its_receiver(world: SmallWorld) -> None:
    token, public = _opened(world, Forged())
    signed = documents.verify(token, public)
    forwarded = Forged(sender=XB, to=PROVIDER, header={"from_": XB, "to": PROVIDER}).wrap(world, signed)
    before = facts(world.provider)
    assert outcome(world, forwarded, sender=XB, to=PROVIDER) == "unknown-key"
    assert facts(world.provider) == before


def test_a_stranger_is_told_so_and_nothing_is_read(world: SmallWorld) -> None:
    before = world.xb.dump()
    body = envelopes.format_batch("forged", [Forged().make(world)])
    answer = request_to(world, world.xa, XB, "/v1/envelopes", body, signer=Ed25519Signer(bytes(32)))
    assert (answer.status, code_of(answer)) == (403, "unknown-peer")
    assert world.xb.dump() == before


def test_a_revoked_transport_key_is_refused_at_the_door(world: SmallWorld) -> None:
    revoke(world, XA, Use.TRANSPORT, START.seconds)
    before = world.xb.dump()
    assert bring(world, [Forged().make(world)]) == ["revoked-key"]
    assert world.xb.dump() == before


def test_a_document_made_after_its_key_was_compromised_has_no_effect(world: SmallWorld) -> None:
    revoke(world, XA, Use.AUTHORITY, START.seconds - 10)
    before = facts(world.xb)
    assert outcome(world, Forged().make(world)) == "revoked-key"
    assert facts(world.xb) == before


def test_a_document_made_before_its_key_was_compromised_still_counts(world: SmallWorld) -> None:
    revoke(world, XA, Use.AUTHORITY, START.seconds + 10)
    assert outcome(world, Forged().make(world)) == "delivered"


def test_the_same_envelope_twice_gets_the_same_receipt_and_has_one_effect(steps: SmallWorld) -> None:
    world = steps
    envelope = Forged().make(world)
    first = receive_envelope.accept(world.xb.office, world.xb.entity(XA), [envelope])
    receive_envelope.open_waiting(world.xb.office)
    before = world.xb.dump()
    world.pass_seconds(100)
    again, twice = (_rows(receive_envelope.accept(world.xb.office, world.xb.entity(XA), [envelope])) for _ in "12")
    assert again == twice
    assert (again[0].status, _rows(first)[0].status) == (Status.DELIVERED, Status.STORED)
    assert again[0].envelope_sha256 == _rows(first)[0].envelope_sha256
    assert world.xb.dump() == before
    assert len(world.xb.cases()) == 1


def _rows(data: bytes) -> tuple[Row, ...]:
    public = new_world().xb.keys.signer(Use.RECEIPT).public
    return receipt.verify(data, public).rows


def test_the_same_envelope_twice_in_a_batch_is_stored_once(steps: SmallWorld) -> None:
    world = steps
    envelope = Forged().make(world)
    assert bring(world, [envelope, envelope]) == ["stored", "stored"]
    assert len(world.xb.dump()["inbox"]) == 1


def test_what_came_in_time_is_answered_with_its_own_receipt_even_after_its_time(world: SmallWorld) -> None:
    envelope = Forged().make(world)
    assert outcome(world, envelope) == "delivered"
    world.pass_days(15)
    assert bring(world, [envelope]) == ["delivered"]


def test_the_same_id_with_other_bytes_is_a_conflict_and_has_no_effect(world: SmallWorld) -> None:
    first = Forged().make(world)
    assert outcome(world, first) == "delivered"
    before = world.xb.dump()
    other = Forged(document={"id": first.read_header().id}).make(world)
    assert bring(world, [other]) == ["conflict"]
    assert world.xb.dump() == before


def test_one_bad_member_does_not_hold_up_its_batch(steps: SmallWorld) -> None:
    world = steps
    good, bad, spoiled = (
        Forged().make(world),
        Forged(header={"to": PROVIDER}).make(world),
        tampered(Forged().make(world)),
    )
    assert bring(world, [bad, spoiled, good]) == ["wrong-recipient", "stored", "stored"]
    assert receive_envelope.open_waiting(world.xb.office) == 2
    assert len(world.xb.cases()) == 1


def test_what_came_early_waits_for_its_forerunner_and_then_follows_it(steps: SmallWorld) -> None:
    world = steps
    ours, theirs = ask(world, preservation())
    place = next_in_channel(world.xa, ours.id, XB)
    second = Forged(document=place).make(world)
    third = Forged(document={**place, "seq": place["seq"] + 1, "prev": str(second.digest)}).make(world)
    assert bring(world, [third]) == ["stored"]
    assert receive_envelope.open_waiting(world.xb.office) == 0
    assert bring(world, [second]) == ["stored"]
    assert receive_envelope.open_waiting(world.xb.office) == 2
    settled = [world.xb.incoming(XA, one.read_header().id) for one in (second, third)]
    assert [one.state for one in settled if one] != [Status.STORED, Status.STORED]
    assert world.xb.history(theirs.id)[0] == "received"


def test_what_came_early_is_not_opened_before_its_place_is_free(steps: SmallWorld) -> None:
    world, opened = steps, list[str]()
    early = [Forged(document={"seq": seq, "prev": "0" * 64}).make(world) for seq in range(2, 12)]
    assert set(bring(world, early)) == {"stored"}
    office = replace(world.xb.office, keys=Slow(world.xb.office.keys, lambda: opened.append("one")))
    assert receive_envelope.open_waiting(office) == 0
    assert opened == []


def test_a_message_in_a_place_that_is_taken_does_not_join(world: SmallWorld) -> None:
    ours, _ = ask(world, preservation())
    place = next_in_channel(world.xa, ours.id, XB)
    before = facts(world.xb)
    assert outcome(world, Forged(document={**place, "seq": 1, "prev": ""}).make(world)) == "broken-channel"
    assert outcome(world, Forged(document={**place, "prev": "0" * 64}).make(world)) == "broken-channel"
    assert facts(world.xb) == before


def test_nobody_speaks_in_a_channel_of_two_others(world: SmallWorld) -> None:
    ours, _ = ask(world, preservation())
    place = next_in_channel(world.xa, ours.id, XB)
    forged = Forged(
        kind="objection", body=ObjectionBody(ground="none", reasons="none"), sender=PROVIDER, to=XB, document=place
    )
    before = facts(world.xb)
    assert outcome(world, forged.make(world), sender=PROVIDER) == "broken-channel"
    assert facts(world.xb) == before


def test_messages_that_never_find_their_forerunner_do_not_hold_up_others(world: SmallWorld) -> None:
    early = [Forged(document={"seq": 2, "prev": "0" * 64}).make(world) for _ in range(70)]
    assert set(bring(world, early)) == {"stored"}
    assert outcome(world, Forged().make(world)) == "delivered"


def test_channels_that_are_opened_at_once_each_keep_their_order(steps: SmallWorld) -> None:
    world = steps
    cases = [approve(world, draft(world, preservation())) for _ in range(6)]
    for case in cases[:3]:
        withdraw_request.withdraw(world.xa.office, "bo", case.id, reasons="no longer needed")
    deliver_outbox.deliver(world.xa.office)
    assert receive_envelope.open_waiting(world.xb.office, at_once=4) == 9
    states = [world.xb.case_of(case.id).state for case in cases]
    assert states == ["withdrawn"] * 3 + ["requested"] * 3


def test_a_rejected_message_keeps_its_place_so_that_the_next_one_follows() -> None:
    world = at("production asked")
    case = case_at(world, "xb", "stored_data")
    ours = case_at(world, "xa", "stored_data")
    place = next_in_channel(world.xa, ours.id, XB)
    wrong = Forged(kind="grant", body=GrantBody(reasons="let us"), document=place).make(world)
    assert outcome(world, wrong) == "out-of-state"
    following = {**place, "seq": place["seq"] + 1, "prev": str(wrong.digest)}
    again = Forged(kind="grant", body=GrantBody(reasons="let us"), document=following).make(world)
    assert outcome(world, again) == "out-of-state"
    assert world.xb.case(case.id).state == "requested"


def test_what_was_not_signed_by_the_sender_takes_no_place_in_the_channel() -> None:
    world = at("production asked")
    place = next_in_channel(world.xa, case_at(world, "xa", "stored_data").id, XB)
    before = facts(world.xb)
    assert outcome(world, tampered(Forged(document=place).make(world))) == "cannot-open"
    assert outcome(world, Forged(document=place, signer=Ed25519Signer(bytes(32))).make(world)) == "unknown-key"
    assert facts(world.xb) == before


def test_a_step_the_case_does_not_allow_is_out_of_state_and_final() -> None:
    world = at("asked")
    case = case_at(world, "xb", "preservation")
    place = next_in_channel(world.xb, case.id, XA)
    forged = Forged(kind="grant", body=GrantBody(reasons="granted"), sender=XB, to=XA, document=place)
    before = facts(world.xa)
    assert outcome(world, forged.make(world), sender=XB, to=XA) == "out-of-state"
    after = facts(world.xa)
    assert {name for name in after if after[name] != before[name]} == {"channel"}


def test_a_second_receipt_is_kept_until_it_is_brought(steps: SmallWorld) -> None:
    world = steps
    approve(world, draft(world, preservation()))
    with world.wire.cut(world.xa.host):
        world.round(XA)
        world.round(XB)
        assert [row["done"] for row in world.xb.dump()["receipt"]] == [0]
    world.heal()
    assert [row["done"] for row in world.xb.dump()["receipt"]] == [1]
    assert world.xa.outbox()[0].state == "delivered"


def test_only_the_sender_of_a_message_gets_its_receipt(world: SmallWorld) -> None:
    envelope = Forged().make(world)
    assert outcome(world, envelope) == "delivered"
    message_id = envelope.read_header().id
    (row,) = _rows(receive_envelope.receipt_for(world.xb.office, XA, message_id))
    assert (row.id, row.status) == (message_id, Status.DELIVERED)
    with pytest.raises(ExchangeProblem) as caught:
        receive_envelope.receipt_for(world.xb.office, PROVIDER, message_id)
    assert caught.value.code == "not-found"


def test_a_failure_while_accepting_leaves_nothing(steps: SmallWorld) -> None:
    world = steps
    envelopes = [Forged().make(world), Forged().make(world)]
    sender = world.xb.entity(XA)
    tried = fail_at_every_call(world, XB, lambda: receive_envelope.accept(world.xb.office, sender, envelopes))
    assert tried >= 4
    assert len(world.xb.dump()["inbox"]) == 2


def test_a_failure_while_opening_leaves_the_message_stored_and_nothing_else(steps: SmallWorld) -> None:
    world = steps
    assert bring(world, [Forged().make(world)]) == ["stored"]
    tried = fail_at_every_call(world, XB, lambda: receive_envelope.open_waiting(world.xb.office))
    assert tried >= 10
    assert len(world.xb.cases()) == 1


def test_receipts_commit_to_the_documents_digest_once_it_is_open(world: SmallWorld) -> None:
    envelope = Forged().make(world)
    bring(world, [envelope])
    receive_envelope.open_waiting(world.xb.office)
    kept = world.xb.incoming(XA, envelope.read_header().id)
    assert kept is not None
    assert kept.doc_sha256 == str(Digest.of(kept.document))
    (row,) = _rows(receive_envelope.receipt_for(world.xb.office, XA, envelope.read_header().id))
    assert row.doc_sha256 == kept.doc_sha256


class Slow:
    """The keys of a process that is overtaken by another, with the same database, each time it is about to open."""

    def __init__(self, keys: KeyRing, overtake: Callable[[], object]) -> None:
        self._keys, self._overtake = keys, overtake

    def __getattr__(self, name: str) -> Any:
        return getattr(self._keys, name)

    def opener(self, kid: str = "") -> Opener:
        self._overtake()
        return self._keys.opener(kid)


def test_a_process_that_another_overtook_changes_nothing_and_says_nothing_else(steps: SmallWorld) -> None:
    world = steps
    bring(world, [Forged().make(world)])
    office = world.xb.office
    slow = Slow(office.keys, lambda: receive_envelope.open_waiting(office))
    receive_envelope.open_waiting(replace(office, keys=slow))
    rows = world.xb.dump()["receipt"]
    assert [b'"status":"delivered"' in row["row"] for row in rows] == [True]
    assert len(world.xb.cases()) == 1
