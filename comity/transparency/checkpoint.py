"""Checkpoints: what a log commits to at one size, signed (C2SP tlog-checkpoint v1.0.0).

    comity.example/log                              origin: which log
    3                                               size: how many entries
    WdB0o/7iXunPoV8bBLcqtTOFpeEx7Qid4CBLgwwil8c=    root hash of the tree of that many entries

Rules: the log key's name is the origin. No extension lines, written or read: an ML-DSA-44 signature would not cover
them. Two checkpoints of one log that do not continue each other prove that it lied; whether to sign is decided
elsewhere, by whoever remembers what was signed last.
"""

from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import b64
from comity.base.errors import BadSignature, Malformed
from comity.crypto.signatures import Signer
from comity.transparency.lines import SIZE_LIMIT, read_head
from comity.transparency.note import SignedNote, VerifierKey, check_name, parse_note, sign_text, verify_note
from comity.transparency.signature_kinds import Kind

ORIGIN_BYTES: Final = 255


def check_origin(text: str) -> str:
    """A log's origin: a key name of at most 255 bytes without a scheme, as log.example/xa-centre; or Malformed."""
    check_name(text)
    if len(text.encode()) > ORIGIN_BYTES or "://" in text:
        raise Malformed("not a log's origin", hint="at most 255 bytes and no scheme, as log.example/xa-centre")
    return text


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree of a log at one size."""

    origin: str
    size: int
    root: Digest

    def __post_init__(self) -> None:
        check_origin(self.origin)
        if not 0 <= self.size <= SIZE_LIMIT:
            raise Malformed("not a tree size", hint="0 to 2^63 - 1 entries")

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64(self.root.value)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """A checkpoint from a note's text; Malformed for any other spelling than `text` prints."""
    return Checkpoint(*read_head(text))


def log_key(origin: str, public: bytes) -> VerifierKey:
    """The Ed25519 key of the log `origin`."""
    return VerifierKey(check_origin(origin), Kind.ED25519, public)


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> SignedNote:
    """The checkpoint with the log's own Ed25519 signature, under its origin as key name."""
    return sign_text(checkpoint.text, checkpoint.origin, signer)


def open_checkpoint(note: bytes, origin: str, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a note's bytes, once `key`, the key of the log `origin`, has verified.

    Raises TooLarge, Malformed, or BadSignature if the log did not sign it or it is another log's.
    """
    return open_signed(parse_note(note), origin, key)


def open_signed(note: SignedNote, origin: str, *keys: VerifierKey) -> Checkpoint:
    """As `open_checkpoint`, for a note already parsed; `keys`: all that are trusted for that log, of which one at least
    must have signed, and none badly."""
    for key in keys:
        if key.name != origin or key.kind is Kind.COSIGNATURE_ED25519:
            raise Malformed("not a key of that log", hint="a log's key has its origin as name and type 0x01 or 0x06")
    verify_note(note, keys)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != origin:
        raise BadSignature("the checkpoint is of another log", hint="ask for the checkpoint of the log you mean")
    return checkpoint
