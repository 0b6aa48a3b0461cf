"""A witness's answers: every status of the specification, and what it takes to be cosigned."""

import pytest

from comity.base.digests import Digest
from comity.base.errors import Malformed, TooLarge
from comity.crypto.merkle import EMPTY_ROOT, consistency_path, leaf_hash, root
from comity.crypto.signatures import Ed25519Signer
from comity.transparency.checkpoint import Checkpoint, log_key, sign_checkpoint
from comity.transparency.note import NoteSignature, SignedNote, VerifierKey, sign_text
from comity.transparency.witness import (
    REQUEST_LIMIT,
    AddCheckpoint,
    Known,
    WitnessRefusal,
    decide,
    format_add_checkpoint,
    monitoring_path,
    parse_add_checkpoint,
)

ORIGIN = "comity.example/log"
LOG = Ed25519Signer(bytes(range(32)))
KEY = log_key(ORIGIN, LOG.public)
LEAVES = [leaf_hash(bytes((number,))) for number in range(20)]


def checkpoint(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, root(LEAVES[:size]))


def request(old: int, new: int) -> AddCheckpoint:
    return AddCheckpoint(old, consistency_path(LEAVES[:new], old), sign_checkpoint(checkpoint(new), LOG))


def known(size: int) -> Known:
    return Known(size, root(LEAVES[:size]))


def refusal(asked: AddCheckpoint, last: Known | None, key: VerifierKey | None = KEY) -> WitnessRefusal:
    with pytest.raises(WitnessRefusal) as caught:
        decide(asked, last, *([key] if key else []))
    return caught.value


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (0, 20), (1, 2), (7, 20), (8, 16), (20, 20)])
def test_a_log_that_only_grew_is_cosigned(old: int, new: int) -> None:
    assert decide(request(old, new), known(old) if old else None, KEY) == checkpoint(new)


def test_a_log_that_is_not_known_gets_404() -> None:
    assert refusal(request(0, 3), None, None).status == 404
    assert refusal(request(0, 3), None, log_key("comity.example/other", LOG.public)).status == 404


def test_a_checkpoint_without_or_with_a_bad_signature_of_the_log_gets_403() -> None:
    stranger = sign_checkpoint(checkpoint(3), Ed25519Signer(bytes(32)))
    forged = SignedNote(checkpoint(3).text, (NoteSignature(ORIGIN, KEY.key_id, bytes(64)),))
    for note in (stranger, forged):
        assert refusal(AddCheckpoint(0, (), note), None).status == 403
    both = sign_checkpoint(checkpoint(3), LOG).signed_also(forged.signatures)
    assert refusal(AddCheckpoint(0, (), both), None).status == 403


def test_signatures_of_strangers_do_no_harm() -> None:
    note = sign_checkpoint(checkpoint(3), LOG)
    note = note.signed_also(sign_text(note.text, "stranger.example", Ed25519Signer(bytes(32))).signatures)
    assert decide(AddCheckpoint(0, (), note), None, KEY) == checkpoint(3)


def test_what_the_log_signed_but_is_no_checkpoint_gets_400() -> None:
    note = sign_text(f"{ORIGIN}\nthree\n", ORIGIN, LOG)
    assert refusal(AddCheckpoint(0, (), note), None).status == 400


def test_an_old_size_above_the_new_gets_400() -> None:
    asked = AddCheckpoint(4, (), sign_checkpoint(checkpoint(3), LOG))
    assert refusal(asked, known(4)).status == 400


@pytest.mark.parametrize(("old", "last"), [(5, None), (5, 6), (0, 6), (5, 4)])
def test_another_size_than_the_one_cosigned_last_gets_409_with_that_size(old: int, last: int | None) -> None:
    refused = refusal(request(old, 10), None if last is None else known(last))
    assert (refused.status, refused.size) == (409, last or 0)
    assert refused.body == f"{last or 0}\n".encode()


def test_a_wrong_proof_gets_422() -> None:
    good = request(5, 10)
    for path in ((), good.path[:-1], (*good.path, EMPTY_ROOT), (EMPTY_ROOT, *good.path[1:])):
        assert refusal(AddCheckpoint(5, path, good.note), known(5)).status == 422
    assert refusal(good, Known(5, Digest.of(b"another history"))).status == 422


def test_a_proof_from_size_0_gets_422() -> None:
    assert refusal(AddCheckpoint(0, (EMPTY_ROOT,), request(0, 3).note), None).status == 422


def test_another_root_for_the_same_size_gets_422() -> None:
    assert refusal(request(5, 5), Known(5, Digest.of(b"another history"))).status == 422


def test_an_empty_tree_with_a_root_gets_422() -> None:
    note = sign_checkpoint(Checkpoint(ORIGIN, 0, Digest.of(b"x")), LOG)
    assert refusal(AddCheckpoint(0, (), note), None).status == 422


def test_every_refusal_says_what_is_wrong_and_what_to_do() -> None:
    refused = refusal(request(0, 3), None, None)
    assert refused.code == "witness-refusal"
    assert refused.body == b"this log is not known here\n"
    assert refused.hint


def test_the_body_is_that_of_the_specification() -> None:
    data = format_add_checkpoint(request(8, 20))
    lines = data.decode().split("\n")
    assert lines[0] == "old 8"
    assert [len(line) for line in lines[1:3]] == [44, 44]
    assert lines[3:6] == ["", ORIGIN, "20"]
    assert parse_add_checkpoint(data) == request(8, 20)
    assert parse_add_checkpoint(data).origin == ORIGIN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"old 8\n", b""),
        (b"old 8\n", b"old 08\n"),
        (b"old 8\n", b"old -8\n"),
        (b"old 8\n", b"Old 8\n"),
        (b"old 8\n", b"old 8\r\n"),
        (b"old 8\n", b"old 8\nAAAA\n"),
        (b"old 8\n", b"old 8\n\xff\n"),
        (b"\n\n", b"\n"),
    ],
)
def test_a_malformed_body_is_refused(old: bytes, new: bytes) -> None:
    data = format_add_checkpoint(request(8, 20))
    assert old in data
    with pytest.raises(Malformed):
        parse_add_checkpoint(data.replace(old, new))


def test_a_proof_slipped_into_the_note_is_no_part_of_a_log_that_is_known() -> None:
    data = format_add_checkpoint(request(8, 20)).replace(b"old 8\n", b"old 8\n\n")
    assert refusal(parse_add_checkpoint(data), known(8)).status == 404


def test_at_most_63_hashes_and_a_limited_body_are_read() -> None:
    note = request(0, 3).note
    assert len(parse_add_checkpoint(format_add_checkpoint(AddCheckpoint(1, (EMPTY_ROOT,) * 63, note))).path) == 63
    with pytest.raises(Malformed):
        AddCheckpoint(1, (EMPTY_ROOT,) * 64, note)
    data = format_add_checkpoint(AddCheckpoint(1, (EMPTY_ROOT,) * 63, note))
    first, rest = data.split(b"\n", 1)
    with pytest.raises(Malformed):
        parse_add_checkpoint(first + b"\n" + rest.split(b"\n")[0] + b"\n" + rest)
    with pytest.raises(TooLarge):
        parse_add_checkpoint(bytes(REQUEST_LIMIT + 1))


def test_the_monitoring_path_is_the_hash_of_the_origin() -> None:
    assert monitoring_path("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855/checkpoint"
