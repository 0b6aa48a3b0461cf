"""A published log of 700 entries, and what a stranger makes of it."""

from comity.base.digests import Digest
from comity.crypto import merkle
from comity.crypto.signatures import Ed25519Signer
from comity.transparency.checkpoint import Checkpoint, log_key, sign_checkpoint
from comity.transparency.entry import public_statement
from comity.transparency.note import format_note
from tests.simulators.fakes import MemoryLog
from tests.simulators.log_files import files_for

ORIGIN = "comity.example/log"
LOG = Ed25519Signer(b"L" * 32)
KEY = log_key(ORIGIN, LOG.public)
ENTRIES = [
    *(b"\x01" + number.to_bytes(64, "big") for number in range(699)),
    public_statement({"kind": "directory", "mode": "live"}),
]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]


def nobody(_: object) -> tuple[()]:
    """No witness is asked about."""
    return ()


def note(size: int, leaves: list[Digest] = LEAVES) -> bytes:
    return format_note(sign_checkpoint(Checkpoint(ORIGIN, size, merkle.root(leaves[:size])), LOG))


def published(size: int = 700, entries: list[bytes] = ENTRIES) -> MemoryLog:
    found = MemoryLog(dict(files_for(entries[:size], 0)))
    found.files["checkpoint"] = note(size, [merkle.leaf_hash(entry) for entry in entries])
    return found
