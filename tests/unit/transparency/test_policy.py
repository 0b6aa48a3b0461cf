"""The policy file: who must have seen a checkpoint, read strictly and counted exactly."""

import pytest

from comity.base.errors import BadSignature, Malformed, NotFound, TooLarge
from comity.base.instants import Instant
from comity.crypto.merkle import EMPTY_ROOT
from comity.crypto.mldsa import Mldsa44Signer
from comity.crypto.signatures import Ed25519Signer
from comity.transparency.checkpoint import Checkpoint, log_key, sign_checkpoint
from comity.transparency.cosignature import cosign, cosign_mldsa44, witness_key
from comity.transparency.note import NoteSignature, SignedNote, VerifierKey
from comity.transparency.policy import POLICY_LIMIT, Policy, parse_policy
from comity.transparency.signature_kinds import Kind

ORIGIN = "comity.example/log"
LOG = Ed25519Signer(b"L" * 32)
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 0, EMPTY_ROOT), LOG)
SIGNERS = [Ed25519Signer(bytes([n]) * 32) for n in range(5)]
KEYS = [witness_key(f"w{n}.example", one.public) for n, one in enumerate(SIGNERS)]
QUANTUM_SAFE = Mldsa44Signer(b"q" * 32)
QUANTUM_KEY = VerifierKey(KEYS[0].name, Kind.COSIGNATURE_MLDSA44, QUANTUM_SAFE.public)
AT = Instant.from_seconds(1767225600)
LOG_LINE = f"log {log_key(ORIGIN, LOG.public).vkey} https://log.example/"
WITNESSES = "\n".join(f"witness w{n} {key.vkey}" for n, key in enumerate(KEYS))
STATES_AND_NGOS = f"""
# two of three States, one of two others
{LOG_LINE}
{WITNESSES}
group states 2 w0 w1 w2
group others any w3 w4
group both all states others
quorum both
"""


def policy(text: str) -> Policy:
    return parse_policy(text.encode())


def cosigned_by(*numbers: int) -> SignedNote:
    return NOTE.signed_also(cosign(NOTE, KEYS[n].name, SIGNERS[n], AT) for n in numbers)


@pytest.mark.parametrize("numbers", [(0, 1, 3), (1, 2, 4), (0, 1, 2, 3, 4)])
def test_a_quorum_of_groups_is_one_when_every_group_it_asks_for_holds(numbers: tuple[int, ...]) -> None:
    found = policy(STATES_AND_NGOS).check(cosigned_by(*numbers))
    assert [one.witness for one in found] == [KEYS[n].name for n in numbers]


@pytest.mark.parametrize("numbers", [(), (0, 1), (0, 3, 4), (3, 4)])
def test_too_few_of_any_group_are_no_quorum(numbers: tuple[int, ...]) -> None:
    with pytest.raises(BadSignature, match="no quorum"):
        policy(STATES_AND_NGOS).check(cosigned_by(*numbers))


def test_one_single_witness_can_be_the_quorum_and_none_asks_for_nobody() -> None:
    assert policy(f"{WITNESSES}\nquorum w2").check(cosigned_by(2))
    assert policy(f"{WITNESSES}\nquorum none").check(NOTE) == ()


def test_a_known_witness_s_bad_signature_condemns_even_where_enough_others_are_good() -> None:
    bad = NoteSignature(KEYS[4].name, KEYS[4].key_id, bytes(7) + b"\1" + bytes(64))
    with pytest.raises(BadSignature):
        policy(STATES_AND_NGOS).check(cosigned_by(0, 1, 3).signed_also([bad]))


def test_a_witness_with_two_kinds_of_key_is_one_member_and_counts_once() -> None:
    text = f"{WITNESSES}\nwitness w0q {QUANTUM_KEY.vkey}\ngroup first any w0 w0q\ngroup two 2 first w1\nquorum two"
    both = cosigned_by(0).signed_also([cosign_mldsa44(NOTE, KEYS[0].name, QUANTUM_SAFE, AT)])
    with pytest.raises(BadSignature):
        policy(text).check(both)
    found = policy(text).check(both.signed_also(cosigned_by(1).signatures))
    assert [one.witness for one in found] == [KEYS[0].name, KEYS[1].name]


def test_the_keys_of_a_log_are_told_by_its_origin_and_its_address_may_stand_beside_them() -> None:
    found = policy(STATES_AND_NGOS)
    assert found.keys_of(ORIGIN) == (log_key(ORIGIN, LOG.public),)
    assert "https://log.example/" in STATES_AND_NGOS
    with pytest.raises(NotFound):
        found.keys_of("other.example/log")


FAULTS = {
    "": "no quorum",
    "quorum w9": "not named above",
    f"{WITNESSES}\nquorum w0\nquorum w1": "second quorum",
    f"{WITNESSES}\ngroup a 1 w0\ngroup b 1 w0\nquorum a": "already",
    f"{WITNESSES}\ngroup a 1 b\ngroup b 1 w0\nquorum a": "not named above",
    f"{WITNESSES}\ngroup a 3 w0 w1\nquorum a": "cannot ask for",
    f"{WITNESSES}\ngroup a 0 w0 w1\nquorum a": "cannot ask for",
    f"{WITNESSES}\ngroup a 01 w0 w1\nquorum a": "cannot ask for",
    f"{WITNESSES}\ngroup a all\nquorum a": "not a line",
    f"{WITNESSES}\ngroup w0 all w1\nquorum w0": "already",
    f"{WITNESSES}\ngroup none all w1\nquorum none": "already",
    f"witness a {KEYS[0].vkey}\nwitness b {KEYS[0].vkey}\nquorum a": "already",
    f"witness a {log_key(ORIGIN, LOG.public).vkey}\nquorum a": "cosigner",
    f"log {KEYS[0].vkey}\nquorum none": "witness's key",
    "witness a nokey\nquorum a": "unknown kind",
    "gruop a all b\nquorum none": "not a line",
    "quorum": "not a line",
}


@pytest.mark.parametrize(("text", "said"), FAULTS.items())
def test_what_is_no_policy_is_refused_and_the_line_named(text: str, said: str) -> None:
    with pytest.raises(Malformed, match=said) as refused:
        policy(text)
    assert text == "" or refused.value.where.startswith("line ")


def test_a_policy_that_is_too_long_or_no_text_is_not_read() -> None:
    with pytest.raises(TooLarge):
        parse_policy(b"#" * (POLICY_LIMIT + 1))
    with pytest.raises(Malformed):
        parse_policy(b"\xff")
