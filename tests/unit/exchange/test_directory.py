"""The directory: signed by enough of its roots, going forward only, and never more than a State may list."""

import hashlib
import itertools
import json
from typing import Any

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadSignature, ComityError, Malformed, NotFound, NotVerified, TooLarge
from comity.base.ids import NodeId, StateCode
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto import jws
from comity.crypto.signatures import Ed25519Signer
from comity.exchange.directory import (
    CARD_LIMIT,
    CARD_TYP,
    LIMIT,
    LONGEST_LIFE_DAYS,
    TYP,
    Directory,
    Entity,
    KeyEntry,
    StateList,
    Use,
    check_successor,
    fingerprint,
    open_card,
    open_list,
    parse_spoken,
    sign_card,
    sign_list,
    spoken,
)
from comity.exchange.message import Role
from comity.exchange.problems import ExchangeProblem
from tests.simulators.messages import DAY, NOW, PROVIDER, ROOTS, XA, XB, Node, changed_entity, state_list
from tests.simulators.second_reader import roots_fingerprint

STRANGER = Ed25519Signer(bytes([200]) * 32)
SIGNED = sign_list(state_list(), ROOTS)


def wire(value: StateList, roots: tuple[Ed25519Signer, ...], typ: str = TYP) -> dict[str, Any]:
    """A list as it travels, signed by any keys under any type, right or wrong."""
    payload = to_json(value)
    parts = [jws.sign_compact(payload, root, typ).decode().split(".") for root in roots]
    return {"payload": b64u(payload), "signatures": [{"protected": p, "signature": s} for p, _, s in parts]}


def opened(value: dict[str, Any]) -> StateList:
    return open_list(json.dumps(value).encode()).value


def refusal(old: StateList, new: StateList) -> str:
    """The code with which a successor is refused; empty if it is not."""
    try:
        check_successor(old, new)
    except ExchangeProblem as problem:
        return problem.code
    return ""


def later(**changes: Any) -> StateList:
    return state_list(**{"sequence": 8, **changes})


# --- signatures and threshold


def test_a_signed_list_comes_back_with_its_bytes() -> None:
    again = open_list(SIGNED.data)
    assert again == SIGNED
    assert again.value == state_list()


@pytest.mark.parametrize("roots", list(itertools.combinations(ROOTS, 2)), ids=["1 and 2", "1 and 3", "2 and 3"])
def test_any_two_of_three_roots_are_enough(roots: tuple[Ed25519Signer, ...]) -> None:
    assert sign_list(state_list(), roots).value == state_list()


@pytest.mark.parametrize("roots", [(), ROOTS[:1], ROOTS[2:]])
def test_fewer_are_not_and_are_not_signed_either(roots: tuple[Ed25519Signer, ...]) -> None:
    with pytest.raises(BadSignature):
        opened(wire(state_list(), roots))
    with pytest.raises(BadSignature):
        sign_list(state_list(), roots)


def test_one_root_that_signs_twice_is_one() -> None:
    with pytest.raises(BadSignature, match="1 of the 2"):
        opened(wire(state_list(), (ROOTS[0], ROOTS[0], ROOTS[0])))


def test_a_stranger_s_signature_counts_for_nothing_and_spoils_nothing() -> None:
    with pytest.raises(BadSignature):
        opened(wire(state_list(), (ROOTS[0], STRANGER)))
    assert opened(wire(state_list(), (STRANGER, ROOTS[0], ROOTS[2]))) == state_list()


def test_a_root_that_signed_other_bytes_counts_for_nothing() -> None:
    value = wire(state_list(), ROOTS[:2])
    value["signatures"][1] = wire(later(), ROOTS[:2])["signatures"][1]
    with pytest.raises(BadSignature):
        opened(value)


def test_a_root_s_signature_for_another_purpose_counts_for_nothing() -> None:
    with pytest.raises(BadSignature):
        opened(wire(state_list(), ROOTS, typ=CARD_TYP))


def test_a_changed_payload_is_refused() -> None:
    value = wire(state_list(), ROOTS)
    changed = msgspec.structs.replace(state_list(), sequence=9)
    with pytest.raises(BadSignature):
        opened({**value, "payload": b64u(to_json(changed))})


def test_the_operator_s_keys_sign_no_list() -> None:
    with pytest.raises(BadSignature):
        opened(wire(state_list(), (XB.authority, XB.signers[Use.TRANSPORT])))


# --- what a list may say


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"state": "xb"},
        {"state": "XBX"},
        {"threshold": 0},
        {"threshold": -1},
        {"threshold": 4},
        {"roots": ()},
        {"roots": (b64u(ROOTS[0].public),) * 3},
        {"roots": (b64u(ROOTS[0].public), b64u(bytes(31)))},
        {"roots": ("no base64url!", b64u(ROOTS[0].public))},
        {"roots": tuple(b64u(Ed25519Signer(bytes([n]) * 32).public) for n in range(17))},
        {"entities": (XB.entity, XB.entity)},
        {"entities": (XB.entity, XA.entity)},
        {"entities": (msgspec.structs.replace(XB.entity, id="XB"),)},
        {"next_update": NOW.seconds + LONGEST_LIFE_DAYS * DAY + 1},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_list_that_says_what_none_may_is_refused_though_its_roots_signed_it(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        opened(wire(state_list(**changes), ROOTS))


def test_a_list_is_good_for_30_days_and_not_a_second_more() -> None:
    assert LONGEST_LIFE_DAYS == 30
    assert opened(wire(state_list(next_update=NOW.seconds + 30 * DAY), ROOTS))
    with pytest.raises(Malformed):
        opened(wire(state_list(next_update=NOW.seconds + 30 * DAY + 1), ROOTS))


def test_sixteen_roots_are_taken() -> None:
    roots = tuple(Ed25519Signer(bytes([n]) * 32) for n in range(16))
    value = state_list(roots=tuple(b64u(root.public) for root in roots), threshold=16)
    assert sign_list(value, roots).value == value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b'{"payload":"e30","signatures":[]}',
        b'{"payload":"","signatures":[]}',
        b'{"payload":"e3","signatures":[]}',
        json.dumps({**wire(state_list(), ROOTS), "header": {}}).encode(),
        json.dumps({**wire(state_list(), ROOTS), "signatures": [{"protected": "e30"}]}).encode(),
        json.dumps({**wire(state_list(), ROOTS), "signatures": [{"protected": "é", "signature": ""}]}).encode(),
    ],
    ids=range(8),
)
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        open_list(data)


def test_nothing_is_read_above_the_limit() -> None:
    with pytest.raises(TooLarge):
        open_list(SIGNED.data + b" " * (LIMIT + 1 - len(SIGNED.data)))


# --- fingerprints


def test_a_fingerprint_is_the_digest_the_page_says() -> None:
    publics = sorted(root.public for root in ROOTS)
    expected = hashlib.sha256(b"comity/1/roots\0" + b"\x02" + b"".join(publics)).digest()
    assert SIGNED.fingerprint == Digest(expected)
    assert str(SIGNED.fingerprint) == roots_fingerprint([root.public for root in ROOTS], 2)


@pytest.mark.parametrize("roots", list(itertools.permutations(b64u(root.public) for root in ROOTS)))
def test_a_fingerprint_does_not_depend_on_the_order_of_the_roots(roots: tuple[str, ...]) -> None:
    assert fingerprint(roots, 2) == SIGNED.fingerprint


def test_a_fingerprint_fixes_the_roots_and_how_many_must_sign() -> None:
    publics = [b64u(root.public) for root in ROOTS]
    others = [
        fingerprint(publics, 1),
        fingerprint(publics, 3),
        fingerprint(publics[:2], 2),
        fingerprint([*publics[:2], b64u(STRANGER.public)], 2),
    ]
    assert len({SIGNED.fingerprint, *others}) == 5


def test_a_fingerprint_is_read_aloud_and_typed_as_people_do() -> None:
    text = spoken(SIGNED.fingerprint)
    assert [len(group) for group in text.split()] == [4] * 16
    for typed in (text, text.upper(), text.replace(" ", ""), text.replace(" ", ":"), f" {text.replace(' ', '-')}\n"):
        assert parse_spoken(typed) == SIGNED.fingerprint
    for typed in ("", text[:-1], text + "0", text.replace(text[0], "g")):
        with pytest.raises(Malformed):
            parse_spoken(typed)


# --- one list after another


def test_a_later_list_of_the_same_roots_follows() -> None:
    assert refusal(state_list(), later()) == ""
    assert refusal(state_list(), later(sequence=1000)) == ""


@pytest.mark.parametrize("sequence", [7, 6, 0, -1])
def test_a_sequence_never_goes_back_or_stands_still(sequence: int) -> None:
    assert refusal(state_list(), later(sequence=sequence)) == "conflict"


@pytest.mark.parametrize(
    "changes",
    [
        {"roots": tuple(b64u(root.public) for root in (*ROOTS[:2], STRANGER))},
        {"roots": tuple(b64u(root.public) for root in ROOTS[:2])},
        {"roots": tuple(b64u(root.public) for root in (*ROOTS, STRANGER))},
        {"threshold": 1},
        {"threshold": 3},
    ],
    ids=["another root", "a root less", "a root more", "lower threshold", "higher threshold"],
)
def test_other_roots_take_a_new_ceremony(changes: dict[str, Any]) -> None:
    assert refusal(state_list(), later(**changes)) == "unknown-key"


def test_a_list_of_another_state_or_mode_does_not_follow() -> None:
    assert refusal(state_list(), later(mode=Mode.LIVE)) == "unknown-key"
    assert refusal(state_list(), later(state="XA", entities=(XA.entity,))) == "unknown-key"


def test_a_node_or_a_key_never_disappears() -> None:
    without_key = msgspec.structs.replace(XB.entity, keys=XB.entity.keys[1:])
    assert refusal(state_list(), later(entities=(XB.entity,))) == "conflict"
    assert refusal(state_list(), later(entities=(without_key, PROVIDER.entity))) == "conflict"


def test_a_key_s_bytes_never_change_under_its_name() -> None:
    changed = changed_entity(XB.entity, Use.AUTHORITY, public=b64u(STRANGER.public))
    assert refusal(state_list(), later(entities=(changed, PROVIDER.entity))) == "conflict"


def test_a_key_does_not_pass_from_one_use_to_another() -> None:
    """A transport key lies on a machine at the network; it must not turn into the key that signs for the authority."""
    changed = changed_entity(XB.entity, Use.TRANSPORT, use=Use.AUTHORITY)
    assert refusal(state_list(), later(entities=(changed, PROVIDER.entity))) == "conflict"


def test_keys_and_nodes_may_be_added_revoked_and_told_the_end_of() -> None:
    more = Node("XB/hosting-company", Role.PROVIDER, 9).entity
    revoked = changed_entity(XB.entity, Use.TRANSPORT, compromised_since=NOW.seconds, not_after=NOW.seconds)
    renewed = msgspec.structs.replace(revoked, keys=(*revoked.keys, *more.keys), endpoint="https://new.example")
    assert refusal(state_list(), later(entities=(renewed, PROVIDER.entity, more))) == ""


# --- keys by date


def key(**changes: Any) -> KeyEntry:
    entry = XB.entry(Use.AUTHORITY, XB.authority.kid, b64u(XB.authority.public))
    return msgspec.structs.replace(entry, not_before=1000, not_after=2000, **changes)


@pytest.mark.parametrize(("at", "is_valid"), [(999, False), (1000, True), (2000, True), (2001, False)])
def test_a_key_is_good_within_its_dates(at: int, is_valid: bool) -> None:
    assert key().is_valid(Instant.from_seconds(at)) is is_valid


@pytest.mark.parametrize(("at", "is_valid"), [(1000, True), (1499, True), (1500, False), (2000, False)])
def test_a_revoked_key_is_good_until_it_was_compromised(at: int, is_valid: bool) -> None:
    assert key(compromised_since=1500).is_valid(Instant.from_seconds(at)) is is_valid


def test_a_key_compromised_from_the_start_of_time_was_never_good() -> None:
    assert not key(compromised_since=0).is_valid(Instant.from_seconds(1000))


def test_of_several_keys_the_one_that_lasts_longest_is_used() -> None:
    old = XB.entity.key(Use.AUTHORITY, NOW)
    new = msgspec.structs.replace(old, kid="new", not_after=old.not_after + DAY)
    entity = msgspec.structs.replace(XB.entity, keys=(new, *XB.entity.keys))
    assert entity.key(Use.AUTHORITY, NOW) == new
    lost = msgspec.structs.replace(new, compromised_since=NOW.seconds)
    entity = msgspec.structs.replace(XB.entity, keys=(lost, *XB.entity.keys))
    assert entity.key(Use.AUTHORITY, NOW) == old


def test_without_a_valid_key_there_is_none_to_use() -> None:
    with pytest.raises(NotFound):
        XB.entity.key(Use.AUTHORITY, NOW.plus_days(365))
    with pytest.raises(NotFound):
        XB.entity.key(Use.EVIDENCE, NOW)


@pytest.mark.parametrize(
    ("changes", "kid", "use", "code"),
    [
        ({}, "nobody's", Use.AUTHORITY, "unknown-key"),
        ({}, XB.authority.kid, Use.TRANSPORT, "unknown-key"),
        ({"not_after": NOW.seconds - 1}, XB.authority.kid, Use.AUTHORITY, "unknown-key"),
        ({"not_before": NOW.seconds + 1}, XB.authority.kid, Use.AUTHORITY, "unknown-key"),
        ({"compromised_since": NOW.seconds}, XB.authority.kid, Use.AUTHORITY, "revoked-key"),
        ({"compromised_since": 1, "not_after": 2}, XB.authority.kid, Use.AUTHORITY, "revoked-key"),
    ],
)
def test_why_a_key_is_not_taken_is_said(changes: dict[str, Any], kid: str, use: Use, code: str) -> None:
    with pytest.raises(ExchangeProblem) as refused:
        changed_entity(XB.entity, Use.AUTHORITY, **changes).find(use, kid, NOW)
    assert refused.value.code == code


def test_a_key_that_was_good_when_it_signed_is_found_after_its_end() -> None:
    entity = changed_entity(XB.entity, Use.AUTHORITY, not_after=NOW.seconds, compromised_since=NOW.seconds + 1)
    assert entity.find(Use.AUTHORITY, XB.authority.kid, NOW).public_bytes == XB.authority.public


# --- all lists together

DIRECTORY = Directory(
    {
        StateCode("XA"): state_list(state="XA", entities=(XA.entity,)),
        StateCode("XB"): state_list(),
    }
)


def test_a_node_is_looked_up_in_its_own_state_s_list_only() -> None:
    assert DIRECTORY.entity(NodeId(XB.id)) == XB.entity
    assert set(DIRECTORY.all()) == {XA.entity, XB.entity, PROVIDER.entity}
    claimed = Directory({StateCode("XA"): state_list(state="XA", entities=(XB.entity,))})
    for directory, node in ((DIRECTORY, "XC/central-authority"), (DIRECTORY, "XB/nobody"), (claimed, XB.id)):
        with pytest.raises(ExchangeProblem) as refused:
            directory.entity(NodeId(node))
        assert refused.value.code == "unknown-peer"


def test_a_caller_is_known_by_its_transport_key_and_no_other() -> None:
    entity, entry = DIRECTORY.by_transport_key(XB.signers[Use.TRANSPORT].kid)
    assert (entity, entry.use) == (XB.entity, Use.TRANSPORT)
    for kid in (XB.authority.kid, STRANGER.kid, ""):
        with pytest.raises(ExchangeProblem) as refused:
            DIRECTORY.by_transport_key(kid)
        assert refused.value.code == "unknown-peer"


def test_a_log_is_known_by_its_origin() -> None:
    assert DIRECTORY.by_origin("provider-one.example/log") == PROVIDER.entity
    assert DIRECTORY.by_origin("elsewhere.example/log") is None


# --- cards


def test_a_card_says_what_its_maker_holds() -> None:
    assert open_card(sign_card(PROVIDER.entity, PROVIDER.authority)) == PROVIDER.entity


def refused_card(data: bytes) -> ComityError:
    with pytest.raises((NotVerified, Malformed)) as refused:
        open_card(data)
    return refused.value


@pytest.mark.parametrize(
    "signer",
    [STRANGER, XB.authority, PROVIDER.signers[Use.TRANSPORT], PROVIDER.signers[Use.RECEIPT]],
    ids=["a stranger's", "another node's", "its transport key", "its receipt key"],
)
def test_a_card_by_any_key_but_its_own_authority_key_is_refused(signer: Ed25519Signer) -> None:
    assert isinstance(refused_card(sign_card(PROVIDER.entity, signer)), BadSignature)


class Impostor:
    """Signs with one key and names another."""

    kid = PROVIDER.authority.kid
    public = PROVIDER.authority.public

    def sign(self, message: bytes) -> bytes:
        return STRANGER.sign(message)


def test_a_card_that_only_names_the_right_key_is_refused() -> None:
    assert isinstance(refused_card(sign_card(PROVIDER.entity, Impostor())), BadSignature)


def test_a_card_for_another_purpose_or_changed_is_refused() -> None:
    other = jws.sign_compact(to_json(PROVIDER.entity), PROVIDER.authority, TYP)
    assert isinstance(refused_card(other), BadSignature)
    protected, _, signature = sign_card(PROVIDER.entity, PROVIDER.authority).split(b".")
    renamed = b64u(to_json(msgspec.structs.replace(PROVIDER.entity, name="Another"))).encode()
    assert isinstance(refused_card(b".".join((protected, renamed, signature))), BadSignature)


def entity_of(**changes: Any) -> Entity:
    return msgspec.structs.replace(PROVIDER.entity, **changes)


@pytest.mark.parametrize("name", ["provider-one", "XB/", "xb/provider-one", "XB/Provider", "XB/a/b", ""])
def test_a_card_without_a_node_s_name_is_refused(name: str) -> None:
    assert isinstance(refused_card(sign_card(entity_of(id=name), PROVIDER.authority)), Malformed)


@pytest.mark.parametrize("public", ["", "no base64url!", b64u(bytes(31)), b64u(bytes(33))])
def test_a_card_whose_authority_key_is_none_is_refused(public: str) -> None:
    refused_card(sign_card(changed_entity(PROVIDER.entity, Use.AUTHORITY, public=public), PROVIDER.authority))


def test_a_card_above_the_limit_is_refused() -> None:
    assert isinstance(refused_card(sign_card(entity_of(name="x" * CARD_LIMIT), PROVIDER.authority)), TooLarge)


def test_a_key_in_a_list_that_is_no_base64url_is_refused_when_it_is_read() -> None:
    broken = changed_entity(XB.entity, Use.AUTHORITY, public="no base64url!")
    with pytest.raises(Malformed):
        _ = broken.key(Use.AUTHORITY, NOW).public_bytes
    assert from_b64u(XB.entity.key(Use.AUTHORITY, NOW).public) == XB.authority.public


def test_a_revocation_is_never_taken_back_nor_moved_later() -> None:
    def revoked(since: int | None, **changes: Any) -> StateList:
        entity = changed_entity(XA.entity, Use.AUTHORITY, compromised_since=since)
        return state_list(entities=(entity,), **changes)

    old = revoked(NOW.seconds)
    assert refusal(old, revoked(NOW.seconds, sequence=8)) == ""
    assert refusal(old, revoked(NOW.seconds - 1, sequence=8)) == ""
    assert refusal(old, revoked(NOW.seconds + 1, sequence=8)) == "conflict"
    assert refusal(old, revoked(None, sequence=8)) == "conflict"
