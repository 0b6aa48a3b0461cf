"""Proof bundles: one file, checked offline, that an entry is in the log."""

import dataclasses

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.encoding import b64
from comity.base.errors import BadProof, BadSignature, Malformed, TooLarge
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto.merkle import EMPTY_ROOT, inclusion_path, leaf_hash, root
from comity.crypto.signatures import Ed25519Signer
from comity.transparency.bundle import (
    BUNDLE_LIMIT,
    ProofBundle,
    format_bundle,
    parse_bundle,
    verify_bundle,
)
from comity.transparency.checkpoint import Checkpoint, log_key, sign_checkpoint
from comity.transparency.cosignature import Cosigned, cosign, witness_key
from comity.transparency.entry import Opening, StatRow, make_entry, opening_to_json, public_statement
from comity.transparency.note import format_note

ORIGIN = "comity.example/log"
LOG, WITNESS = Ed25519Signer(bytes(range(32))), Ed25519Signer(bytes(range(1, 33)))
LOG_KEY, WITNESS_KEY = log_key(ORIGIN, LOG.public), witness_key("ngo.example/w", WITNESS.public)
AT = Instant.from_seconds(1767225600)
ROW = StatRow(Mode.EXERCISE, "preservation", "subscriber", "sent", "none", "authority")
OPENING = Opening(ROW.encode(), b"body", b"s" * 32, b"t" * 32)
STEP = make_entry(OPENING.stat_row, OPENING.body, OPENING.stat_salt, OPENING.body_salt)
STATEMENT = public_statement({"kind": "period-close", "mode": "exercise"})
ENTRIES = [STATEMENT, *(bytes((1, number)) + bytes(63) for number in range(5)), STEP]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
UNSEEN = sign_checkpoint(Checkpoint(ORIGIN, len(LEAVES), root(LEAVES)), LOG)
NOTE = format_note(UNSEEN.signed_also((cosign(UNSEEN, WITNESS_KEY.name, WITNESS, AT),)))
INDEX = len(ENTRIES) - 1
BUNDLE = ProofBundle(INDEX, inclusion_path(LEAVES, INDEX), NOTE, opening_to_json(OPENING))


def verify(bundle: ProofBundle, entry: bytes = STEP, at_least: int = 1) -> object:
    return verify_bundle(bundle, entry, ORIGIN, LOG_KEY, (WITNESS_KEY,), at_least)


def test_a_bundle_proves_its_entry_and_opens_it() -> None:
    verified = verify_bundle(parse_bundle(format_bundle(BUNDLE)), STEP, ORIGIN, LOG_KEY, (WITNESS_KEY,), 1)
    assert (verified.index, verified.checkpoint.size, verified.opening) == (INDEX, 7, OPENING)
    assert verified.cosigned == (Cosigned("ngo.example/w", AT),)


def test_a_public_statement_is_proved_without_an_opening() -> None:
    bundle = ProofBundle(0, inclusion_path(LEAVES, 0), NOTE)
    verified = verify_bundle(bundle, STATEMENT, ORIGIN, LOG_KEY, (WITNESS_KEY,), 1)
    assert verified.opening is None


def test_a_bundle_is_written_as_the_specification_has_it() -> None:
    lines = format_bundle(BUNDLE).decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1] == f"extra {b64(opening_to_json(OPENING))}"
    assert lines[2] == "index 6"
    assert lines[3 : 3 + len(BUNDLE.path)] == [b64(beside.value) for beside in BUNDLE.path]
    assert lines[3 + len(BUNDLE.path)] == ""
    assert format_bundle(BUNDLE).endswith(b"\n\n" + NOTE)
    without = ProofBundle(0, (), NOTE)
    assert format_bundle(without).startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + ORIGIN.encode())
    assert parse_bundle(format_bundle(without)) == without


def test_a_bundle_for_another_entry_or_place_never_verifies() -> None:
    with pytest.raises(BadProof):
        verify(dataclasses.replace(BUNDLE, extra=None), ENTRIES[1])
    for index in (0, 5, 7, 8, 2**62):
        with pytest.raises(BadProof):
            verify(dataclasses.replace(BUNDLE, index=index))
    for path in ((), BUNDLE.path[:-1], (*BUNDLE.path, EMPTY_ROOT), tuple(reversed(BUNDLE.path))):
        with pytest.raises(BadProof):
            verify(dataclasses.replace(BUNDLE, path=path))


def test_too_few_witnesses_or_a_stranger_as_log_are_refused() -> None:
    with pytest.raises(BadSignature):
        verify(dataclasses.replace(BUNDLE, checkpoint_note=format_note(UNSEEN)))
    assert verify(dataclasses.replace(BUNDLE, checkpoint_note=format_note(UNSEEN)), at_least=0)
    stranger = log_key(ORIGIN, WITNESS.public)
    with pytest.raises(BadSignature):
        verify_bundle(BUNDLE, STEP, ORIGIN, stranger, (WITNESS_KEY,), 1)


def test_extra_data_that_does_not_open_the_entry_is_refused() -> None:
    other = opening_to_json(msgspec.structs.replace(OPENING, body=b"another body"))
    for extra in (other, b"anything else", b"{}"):
        with pytest.raises(BadProof):
            verify(dataclasses.replace(BUNDLE, extra=extra))
    statement = ProofBundle(0, inclusion_path(LEAVES, 0), NOTE, opening_to_json(OPENING))
    with pytest.raises(BadProof):
        verify(statement, STATEMENT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"@v1\n", b"@v2\n"),
        (b"@v1\n", b"@v1\r\n"),
        (b"@v1\n", b"@v1\n\n"),
        (b"\nindex 6\n", b"\n"),
        (b"\nindex 6\n", b"\nindex 06\n"),
        (b"\nindex 6\n", b"\nindex 6\nindex 6\n"),
        (b"\nindex 6\n", b"\nindex 6\nAAAA\n"),
        (b"\nindex 6\n", b"\nindex 6\n\xc3\xa9\n"),
        (b"extra ", b"extra  "),
        (b"\nextra ", b"\nextra AAAA\nextra "),
        (b"\nextra ", b"\nindex 6\nextra "),
    ],
)
def test_a_bundle_is_read_strictly(old: bytes, new: bytes) -> None:
    data = format_bundle(BUNDLE)
    assert old in data
    with pytest.raises(Malformed):
        parse_bundle(data.replace(old, new, 1))


def test_an_empty_extra_too_many_hashes_or_too_many_bytes_are_refused() -> None:
    with pytest.raises(Malformed):
        parse_bundle(b"c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n" + NOTE)
    with pytest.raises(Malformed):
        ProofBundle(0, (Digest.of(b""),) * 64, NOTE)
    with pytest.raises(Malformed):
        ProofBundle(-1, (), NOTE)
    line = (b64(EMPTY_ROOT.value) + "\n").encode()
    with pytest.raises(Malformed):
        parse_bundle(b"c2sp.org/tlog-proof@v1\nindex 0\n" + line * 64 + b"\n" + NOTE)
    with pytest.raises(TooLarge):
        parse_bundle(bytes(BUNDLE_LIMIT + 1))
