"""A whole log recomputed by a stranger: what it claims is proved or refused, and a claim alone costs nothing."""

import pytest

from comity.base.errors import BadProof, BadSignature, NotFound, TooLarge
from comity.base.instants import Instant
from comity.crypto import merkle
from comity.crypto.signatures import Ed25519Signer
from comity.transparency.checkpoint import Checkpoint, log_key, sign_checkpoint
from comity.transparency.entry import public_statement
from comity.transparency.log_keys import add_fields
from comity.transparency.monitor import Watched, look
from comity.transparency.note import format_note
from comity.transparency.published import open_standing
from comity.transparency.recomputed import audit, files_to_mirror
from comity.transparency.tiles import bundle_bytes
from tests.simulators.fakes import MemoryLog
from tests.simulators.published_log import ENTRIES, KEY, LEAVES, LOG, ORIGIN, nobody, note, published

NOW = Instant.from_seconds(1767225600)


def test_an_audit_counts_what_stands_in_a_log() -> None:
    found = audit(published(), KEY, nobody)
    assert (found.steps, found.statements, found.faults) == (699, {"directory": 1}, ())
    assert found.standing.checkpoint.size == 700


def test_what_is_neither_step_nor_statement_is_told_and_a_false_tile_too() -> None:
    log = published(300, [*ENTRIES[:299], b"\x07 nothing known"])
    log.files["tile/1/000.p/1"] = bytes(32)
    assert audit(log, KEY, nobody).faults == (
        "entry 299 is neither a step nor a statement",
        "tile/1/000.p/1 is missing or false",
    )


@pytest.mark.parametrize("size", [2**62, 701])
def test_a_claim_of_more_entries_than_there_are_ends_at_the_first_that_is_missing(size: int) -> None:
    log = published()
    log.files["checkpoint"] = format_note(sign_checkpoint(Checkpoint(ORIGIN, size, LEAVES[0]), LOG))
    with pytest.raises((NotFound, BadProof)):
        audit(log, KEY, nobody, most=2**63)
    watched, faults = look(Watched(origin=ORIGIN), log, KEY, nobody, NOW, 10**9)
    assert watched == Watched(origin=ORIGIN)
    assert [one.kind for one in faults] in (["unreachable"], ["unproven"])


class Endless:
    """A server that has entries for whoever asks, without end, under a checkpoint that it made itself."""

    def __init__(self, signer: Ed25519Signer) -> None:
        self.asked = 0
        self._note = format_note(sign_checkpoint(Checkpoint(ORIGIN, 2**40, LEAVES[0]), signer))

    def read(self, path: str) -> bytes:
        if path == "checkpoint":
            return self._note
        self.asked += 1
        return bundle_bytes(ENTRIES[:256])


def test_a_size_that_nobody_trusted_signed_is_never_read_to_its_end() -> None:
    stranger = Endless(Ed25519Signer(b"S" * 32))
    with pytest.raises(BadSignature, match="did not sign its checkpoint"):
        audit(stranger, KEY, nobody, most=2**62, unsigned_most=100_000)
    assert stranger.asked == 100_000 // (65 * 256) + 1

    def too_few(_: object) -> tuple[()]:
        raise BadSignature("too few witnesses", hint="")

    stranger.asked = 0
    with pytest.raises(BadSignature, match="too few witnesses"):  # they are asked about the checkpoint before all else
        audit(stranger, KEY, too_few, most=2**62)
    assert stranger.asked == 0


def test_a_size_beyond_what_is_read_at_most_is_refused_unread_though_the_log_signed_it() -> None:
    own = Endless(LOG)
    with pytest.raises(TooLarge, match="are read at most"):
        audit(own, KEY, nobody)
    assert own.asked == 0


@pytest.mark.parametrize("place", [10, 699])
def test_where_the_key_changed_since_the_entries_lead_to_the_one_that_signed(place: int) -> None:
    new = Ed25519Signer(b"N" * 32)
    added = public_statement({"kind": "key-add", "mode": "live", **add_fields(ORIGIN, LOG, new)})
    entries = [*ENTRIES[:place], added, *ENTRIES[place + 1 :]]
    log = published(700, entries)
    root = merkle.root([merkle.leaf_hash(entry) for entry in entries])
    log.files["checkpoint"] = format_note(sign_checkpoint(Checkpoint(ORIGIN, 700, root), new))
    assert audit(log, KEY, nobody).standing.checkpoint.size == 700
    if place == 10:  # what comes after the key is known is not counted
        assert audit(log, KEY, nobody, unsigned_most=11 * 1024).faults == ()
        return
    with pytest.raises(BadSignature, match="did not sign its checkpoint"):
        audit(log, KEY, nobody, unsigned_most=11 * 1024)
    assert audit(log, log_key(ORIGIN, new.public), nobody, unsigned_most=0).faults == ()


def test_a_copy_grows_and_never_takes_what_does_not_continue_it() -> None:
    copy = MemoryLog()
    for size, old in ((300, None), (700, 300)):
        standing = open_standing(note(size), (KEY,), nobody)
        before = open_standing(note(old), (KEY,), nobody).checkpoint if old else None
        for path, data in files_to_mirror(published(size), copy, standing, before):
            copy.write(path, data)
    assert copy.order[-1] == "checkpoint"
    assert audit(copy, KEY, nobody).faults == ()
    fork = [b"\x01" + b"f" * 64, *ENTRIES[1:]]
    standing = open_standing(note(700, [merkle.leaf_hash(entry) for entry in fork]), (KEY,), nobody)
    with pytest.raises(BadProof):
        list(files_to_mirror(published(700, fork), copy, standing, open_standing(note(300), (KEY,), nobody).checkpoint))


def test_a_log_that_another_key_signed_is_not_opened() -> None:
    other = log_key(ORIGIN, Ed25519Signer(b"O" * 32).public)
    with pytest.raises(BadSignature):
        audit(published(), other, nobody)
