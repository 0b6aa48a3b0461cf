"""Proof bundles: that an entry is in the log, in one file checked offline (C2SP tlog-proof, `.tlog-proof`).

    c2sp.org/tlog-proof@v1
    extra <base64>                  may be absent: here, the opening of the entry as JSON
    index <decimal>
    <hash in base64>                the entry's sibling first; none in a log of one entry

    <the signed checkpoint, verbatim>

Rules: a bundle does not hold its entry; who checks it brings the entry. `extra` is signed by nobody: it is taken only
if it opens the entry's commitments, and anything else there condemns the bundle.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import b64, from_b64
from comity.base.errors import BadProof, Malformed
from comity.base.parsing import check_size
from comity.crypto.merkle import leaf_hash, verify_inclusion
from comity.transparency.checkpoint import Checkpoint, open_signed
from comity.transparency.cosignature import Cosigned, verify_quorum
from comity.transparency.entry import BODY_LIMIT, Opening, read_opening, verify_opening
from comity.transparency.lines import SIZE_LIMIT, read_decimal, read_hash
from comity.transparency.note import NOTE_LIMIT, SignedNote, VerifierKey, parse_note

HEADER: Final = "c2sp.org/tlog-proof@v1"
PATH_LIMIT: Final = 63
BUNDLE_LIMIT: Final = NOTE_LIMIT + 3 * BODY_LIMIT

_HINT = "C2SP tlog-proof: header, index, hashes, an empty line, the signed checkpoint"


@dataclass(frozen=True, slots=True)
class ProofBundle:
    """Where an entry is and the path to a signed checkpoint; none of it checked yet.

    checkpoint_note: the note's bytes. extra: bytes that nobody signed, or None.
    """

    index: int
    path: tuple[Digest, ...]
    checkpoint_note: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= SIZE_LIMIT or len(self.path) > PATH_LIMIT or self.extra == b"":
            raise Malformed("not a proof bundle", hint="index below 2^63, at most 63 hashes, no empty extra")


@dataclass(frozen=True, slots=True)
class Verified:
    """What a bundle proved: the entry stands at `index` of the tree of `checkpoint`, which `cosigned` saw.

    opening: what the entry hides, if the bundle told it.
    """

    index: int
    checkpoint: Checkpoint
    cosigned: tuple[Cosigned, ...]
    opening: Opening | None


def parse_bundle(data: bytes) -> ProofBundle:
    """A bundle from its bytes. Raises TooLarge, Malformed."""
    check_size(data, BUNDLE_LIMIT, "the proof bundle")
    head, empty, note = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        lines = []
    if not empty or not lines or lines.pop(0) != HEADER:
        raise Malformed("not a proof bundle", hint=_HINT)
    extra = from_b64(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
    if not lines or not lines[0].startswith("index ") or len(lines) > PATH_LIMIT + 1:
        raise Malformed("the proof bundle has no index, or too many hashes", hint=_HINT)
    index = read_decimal(lines.pop(0).removeprefix("index "), "the index")
    return ProofBundle(index, tuple(read_hash(line, "a line of the proof") for line in lines), note, extra)


def format_bundle(bundle: ProofBundle) -> bytes:
    """The bytes of a bundle; `parse_bundle` gives it back."""
    extra = [] if bundle.extra is None else [f"extra {b64(bundle.extra)}"]
    hashes = (b64(beside.value) for beside in bundle.path)
    return "\n".join([HEADER, *extra, f"index {bundle.index}", *hashes, "", ""]).encode() + bundle.checkpoint_note


def verify_bundle(
    bundle: ProofBundle,
    entry: bytes,
    origin: str,
    log_key: VerifierKey,
    witnesses: Sequence[VerifierKey],
    at_least: int,
) -> Verified:
    """Check that `entry` is in the log `origin`, as `log_key` signed it and `at_least` of `witnesses` saw it.

    Raises BadSignature, BadProof, or Malformed if the checkpoint or the opening does not parse.
    """
    return verify_bundle_by(bundle, entry, origin, (log_key,), lambda note: verify_quorum(note, witnesses, at_least))


def verify_bundle_by(
    bundle: ProofBundle,
    entry: bytes,
    origin: str,
    log_keys: Sequence[VerifierKey],
    quorum: Callable[[SignedNote], tuple[Cosigned, ...]],
) -> Verified:
    """As `verify_bundle`, for a log of several keys and any rule of who must have seen it.

    quorum: who cosigned, or raises BadSignature if they are not enough.
    """
    # 1. the log signed the checkpoint, and it is this log's
    note = parse_note(bundle.checkpoint_note)
    checkpoint = open_signed(note, origin, *log_keys)
    # 2. enough witnesses saw it
    cosigned = quorum(note)
    # 3. the entry is in the tree
    verify_inclusion(leaf_hash(entry), bundle.index, checkpoint.size, bundle.path, checkpoint.root)
    # 4. the opening, if told, opens this entry
    opening = None if bundle.extra is None else _opened(entry, bundle.extra)
    return Verified(bundle.index, checkpoint, cosigned, opening)


def _opened(entry: bytes, extra: bytes) -> Opening:
    try:
        opening = read_opening(extra)
    except Malformed:
        raise BadProof("the bundle's extra data is no opening", hint="refuse it; nobody signed it") from None
    verify_opening(entry, opening)
    return opening
