"""The numbered checks: each fault its own code, and of several faults the first."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.errors import ComityError
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto.request_signature import SKEW_SECONDS as REQUEST_SKEW_SECONDS
from comity.exchange import document as documents
from comity.exchange.checks import (
    SKEW_SECONDS,
    ChannelEnd,
    check_header,
    check_in_time,
    check_inside,
    check_kind,
    check_known,
    check_order,
    check_signer,
)
from comity.exchange.directory import Entity, Use
from comity.exchange.document import Actor, Document
from comity.exchange.envelope import Header
from comity.exchange.message import KINDS, AskBody, Body, ObjectionBody, RequestBody, Role
from comity.exchange.problems import PROBLEMS, problem_of
from tests.simulators.messages import (
    DAY,
    NOW,
    POINT_OF_CONTACT,
    PROVIDER,
    REQUEST,
    XA,
    XB,
    changed_entity,
    document,
    header,
)

LIFE: Final = 30 * DAY


def code_of(check: Callable[[], object]) -> str:
    """The code of the problem a check raises; empty if it raises none."""
    try:
        check()
    except ComityError as error:
        return problem_of(error)[0]
    return ""


def checked(value: Header, *, sender: Entity = XA.entity, mode: Mode = Mode.EXERCISE) -> str:
    ours = {XB.opener.kid}
    return code_of(lambda: check_header(value, sender=sender, us=XB.id, mode=mode, our_kids=ours.__contains__, now=NOW))


# --- 4 and 5: the header

FAULTS: Final[Mapping[str, tuple[dict[str, Any], str]]] = {
    "id is no UUID": ({"id": "no-uuid"}, "malformed"),
    "sender is no node": ({"from_": "nobody"}, "malformed"),
    "version": ({"v": 2}, "version"),
    "suite": ({"suite": 2}, "version"),
    "mode": ({"mode": Mode.LIVE}, "wrong-mode"),
    "recipient": ({"to": "XB/provider-one"}, "wrong-recipient"),
    "sender is another": ({"from_": "XA/point-of-contact"}, "not-allowed"),
    "key": ({"rkid": XA.opener.kid}, "unknown-key"),
    "sequence": ({"seq": 0}, "invalid-field"),
    "priority": ({"pri": 3}, "invalid-field"),
    "made in the future": ({"iat": NOW.seconds + 301}, "clock-skew"),
    "lives too long": ({"iat": NOW.seconds - LIFE, "exp": NOW.seconds + 1}, "invalid-field"),
}
"""In the order in which they are told."""


def test_a_good_header_passes() -> None:
    assert checked(header()) == ""


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_of_a_header_has_its_code(fault: str) -> None:
    changes, code = FAULTS[fault]
    assert checked(header(**changes)) == code


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (first, second)
        for first, second in itertools.combinations(FAULTS, 2)
        if not FAULTS[first][0].keys() & FAULTS[second][0].keys()
    ],
)
def test_of_two_faults_the_first_is_told(first: str, second: str) -> None:
    changes = FAULTS[first][0] | FAULTS[second][0]
    assert checked(header(**changes)) == FAULTS[first][1]


def test_a_header_with_every_fault_fails_with_the_first() -> None:
    everything: dict[str, Any] = {}
    for changes, _ in reversed(list(FAULTS.values())):
        everything |= changes
    assert checked(header(**everything)) == "malformed"


def test_the_times_of_a_header_are_told_in_their_order_too() -> None:
    future, past = NOW.seconds + 301, NOW.seconds - 1
    assert checked(header(iat=future, exp=past)) == "clock-skew"
    assert checked(header(iat=future, exp=future + LIFE + 1)) == "clock-skew"
    assert checked(header(iat=past - LIFE - 1, exp=past)) == "invalid-field"


def test_the_bounds_of_a_header_s_times_are_exact() -> None:
    assert SKEW_SECONDS == REQUEST_SKEW_SECONDS == 300
    now = NOW.seconds
    for iat, exp, code in (
        (now + 300, now + 301, ""),
        (now + 301, now + 302, "clock-skew"),
        (now - 1, now, ""),
        (now - 2, now - 1, ""),
        (now, now + LIFE, ""),
        (now, now + LIFE + 1, "invalid-field"),
        (now, now, "invalid-field"),
        (now + 1, now, "invalid-field"),
    ):
        assert checked(header(iat=iat, exp=exp)) == code, (iat - now, exp - now)


@pytest.mark.parametrize(("late", "code"), [(0, ""), (1, "expired"), (86400, "expired")])
def test_a_message_is_in_time_until_the_second_of_its_end(late: int, code: str) -> None:
    value = header()
    came = Instant.from_seconds(value.exp + late)
    assert code_of(lambda: check_in_time(value, came)) == code


@pytest.mark.parametrize(
    "changes", [{"seq": -1}, {"seq": 0}, {"pri": -1}, {"pri": 3}, {"iat": -(2**70)}, {"exp": 2**70}, {"exp": -(2**70)}]
)
def test_numbers_out_of_range_are_refused_whatever_they_are(changes: dict[str, Any]) -> None:
    assert checked(header(**changes)) in PROBLEMS


@pytest.mark.parametrize(
    "id_", ["", "01934F5E-7C00-7000-8000-000000000000", "{01934f5e-7c00-7000-8000-000000000000}", "1" * 32]
)
def test_an_id_has_one_spelling(id_: str) -> None:
    assert checked(header(id=id_)) == "malformed"


def test_an_exercise_and_live_work_never_mix() -> None:
    assert checked(header(mode=Mode.LIVE), mode=Mode.LIVE) == ""
    assert checked(header(mode=Mode.LIVE), mode=Mode.EXERCISE) == "wrong-mode"
    assert checked(header(mode=Mode.EXERCISE), mode=Mode.LIVE) == "wrong-mode"


def test_a_node_speaks_only_for_itself() -> None:
    """Its transport key is good; the header claims another sender."""
    assert checked(header(), sender=PROVIDER.entity) == "not-allowed"


# --- 6: what came before


def test_the_same_bytes_again_are_known_and_other_bytes_are_a_conflict() -> None:
    one, other = Digest.of(b"1"), Digest.of(b"2")
    assert check_known(None, one) is False
    assert check_known(one, one) is True
    assert code_of(lambda: check_known(one, other)) == "conflict"


# --- 9: the signing key


def test_the_sender_s_own_authority_key_is_taken() -> None:
    assert check_signer(XA.entity, XA.authority.kid, header(), NOW).public_bytes == XA.authority.public


@pytest.mark.parametrize(
    ("kid", "changes", "code"),
    [
        (XB.authority.kid, {}, "unknown-key"),
        (XA.signers[Use.TRANSPORT].kid, {}, "unknown-key"),
        (XA.authority.kid, {"not_before": NOW.seconds + 1}, "unknown-key"),
        (XA.authority.kid, {"not_after": NOW.seconds - 1}, "unknown-key"),
        (XA.authority.kid, {"compromised_since": NOW.seconds}, "revoked-key"),
        (XA.authority.kid, {"compromised_since": NOW.seconds + 1}, ""),
        (XA.authority.kid, {"not_before": NOW.seconds, "not_after": NOW.seconds}, ""),
    ],
)
def test_the_key_must_be_the_sender_s_and_good_when_the_message_was_made(
    kid: str, changes: dict[str, Any], code: str
) -> None:
    sender = changed_entity(XA.entity, Use.AUTHORITY, **changes)
    assert code_of(lambda: check_signer(sender, kid, header(), NOW)) == code


def test_a_key_revoked_by_now_signs_nothing_however_old_the_message_says_it_is() -> None:
    sender = changed_entity(XA.entity, Use.AUTHORITY, compromised_since=NOW.seconds - 60)
    older = header(iat=NOW.seconds - 3600)
    assert code_of(lambda: check_signer(sender, XA.authority.kid, older, NOW)) == "revoked-key"


def test_threat_to_life_needs_a_key_with_that_right() -> None:
    own = POINT_OF_CONTACT.authority.kid
    assert check_signer(POINT_OF_CONTACT.entity, own, header(pri=2), NOW).rights == ("emergency",)
    assert code_of(lambda: check_signer(XA.entity, XA.authority.kid, header(pri=2), NOW)) == "not-allowed"
    for priority in (0, 1):
        assert check_signer(XA.entity, XA.authority.kid, header(pri=priority), NOW)


def test_an_unknown_key_is_told_before_a_right_that_is_missing() -> None:
    assert code_of(lambda: check_signer(XA.entity, XB.authority.kid, header(pri=2), NOW)) == "unknown-key"


# --- 11: inside and outside


def test_a_document_made_for_its_envelope_passes() -> None:
    check_inside(document(), header())


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"id": "01934f5e-7c00-7000-8000-000000000009"},
        {"mode": Mode.LIVE},
        {"from_": PROVIDER.id},
        {"to": PROVIDER.id},
        {"channel": "another"},
        {"seq": 2},
        {"prev": "0" * 64},
        {"iat": NOW.seconds + 1},
        {"exp": NOW.seconds + 1},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_document_that_says_anything_else_was_made_for_another(changes: dict[str, Any]) -> None:
    assert code_of(lambda: check_inside(document(**changes), header())) == "inside-differs"
    assert code_of(lambda: check_inside(document(), header(**changes))) == "inside-differs"


def test_every_field_that_both_have_is_compared() -> None:
    names = set(msgspec.structs.asdict(header())) & set(msgspec.structs.asdict(document()))
    assert names == {"v", "id", "mode", "from_", "to", "channel", "seq", "prev", "iat", "exp"}


# --- 12: its place

PREV: Final = str(Digest.of(b"the one before"))


@pytest.mark.parametrize(
    ("end", "seq", "prev", "code"),
    [
        (ChannelEnd(), 1, "", ""),
        (ChannelEnd(), 1, PREV, "broken-channel"),
        (ChannelEnd(), 2, PREV, "out-of-order"),
        (ChannelEnd(4, PREV), 5, PREV, ""),
        (ChannelEnd(4, PREV), 5, "", "broken-channel"),
        (ChannelEnd(4, PREV), 5, "0" * 64, "broken-channel"),
        (ChannelEnd(4, PREV), 4, PREV, "broken-channel"),
        (ChannelEnd(4, PREV), 1, "", "broken-channel"),
        (ChannelEnd(4, PREV), 6, PREV, "out-of-order"),
        (ChannelEnd(4, PREV), 2**70, "", "out-of-order"),
    ],
)
def test_a_message_joins_the_last_waits_or_breaks_the_chain(end: ChannelEnd, seq: int, prev: str, code: str) -> None:
    assert code_of(lambda: check_order(end, header(seq=seq, prev=prev))) == code


# --- 13: the kind

REQUESTED: Final = {
    "kind": "request.preserve",
    "actor": Actor("duty-officer-1", "duty_officer", approved_by="reviewer-1"),
    "body": documents.body_bytes(RequestBody(request=REQUEST)),
}
OBJECTION: Final = {"kind": "objection", "body": documents.body_bytes(ObjectionBody(ground="g", reasons="r"))}


def kind_checked(value: Document, sender: Entity = XA.entity) -> str:
    return code_of(lambda: check_kind(value, sender))


def test_a_good_message_is_read() -> None:
    assert check_kind(document(), XA.entity) == AskBody(missing=("the period",))
    assert check_kind(document(**REQUESTED), XA.entity) == RequestBody(request=REQUEST)
    assert check_kind(document(**OBJECTION), PROVIDER.entity) == ObjectionBody(ground="g", reasons="r")


def test_a_kind_nobody_knows_is_of_a_newer_version() -> None:
    assert kind_checked(document(kind="request.intercept")) == "version"


@pytest.mark.parametrize("tag", KINDS)
@pytest.mark.parametrize("role", Role)
def test_only_who_may_send_a_kind_gets_to_its_body(tag: str, role: Role) -> None:
    """A body of no kind's shape is told after the sender; so both can be seen apart."""
    sender = msgspec.structs.replace(XA.entity, role=role)
    value = document(kind=tag, actor=REQUESTED["actor"], body=msgspec.Raw(b'{"none":1}'))
    assert kind_checked(value, sender) == ("invalid-field" if role in KINDS[tag].senders else "not-allowed")


@pytest.mark.parametrize("approved_by", ["", "duty-officer-1"])
@pytest.mark.parametrize("tag", [tag for tag, kind in KINDS.items() if kind.approved])
def test_a_request_without_a_second_person_is_refused(tag: str, approved_by: str) -> None:
    value = document(**{**REQUESTED, "kind": tag, "actor": Actor("duty-officer-1", "duty_officer", approved_by)})
    assert kind_checked(value) == "not-allowed"


def test_of_several_faults_of_a_kind_the_first_is_told() -> None:
    alone = Actor("duty-officer-1", "duty_officer")
    broken = msgspec.Raw(b"{}")
    unknown = document(kind="no.such", actor=alone, body=broken)
    assert kind_checked(unknown, PROVIDER.entity) == "version"
    wrong_sender = document(**{**REQUESTED, "body": broken})
    assert kind_checked(wrong_sender, PROVIDER.entity) == "not-allowed"
    assert kind_checked(document(**{**REQUESTED, "actor": alone, "body": broken})) == "not-allowed"
    assert kind_checked(wrong_sender) == "invalid-field"


def test_a_body_of_another_kind_is_refused() -> None:
    bodies: list[Body] = [AskBody(missing=()), ObjectionBody(ground="g", reasons="r")]
    for body in bodies:
        assert kind_checked(document(**{**REQUESTED, "body": documents.body_bytes(body)})) == "invalid-field"
