"""Harnesses of the log: notes, checkpoints, cosignatures, proofs, policies, witnesses' requests, tiles, statements."""

from contextlib import suppress
from typing import Any, Final

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import ComityError, Malformed
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto import jws, merkle
from comity.crypto.mldsa import Mldsa44Signer
from comity.crypto.signatures import Ed25519Signer
from comity.transparency import pairs
from comity.transparency.bundle import ProofBundle, format_bundle, parse_bundle, verify_bundle_by
from comity.transparency.checkpoint import Checkpoint, log_key, parse_checkpoint, sign_checkpoint
from comity.transparency.cosignature import cosign, cosign_mldsa44, verify_quorum, witness_key
from comity.transparency.entry import (
    Opening,
    StatRow,
    make_entry,
    opening_to_json,
    public_statement,
    read_opening,
    read_stat_row,
    read_statement,
)
from comity.transparency.log_keys import ADD, RETIRE, add_fields, keys_at, read_terms, retire_fields
from comity.transparency.monitor import Watched, read_state, write_state
from comity.transparency.note import (
    SignedNote,
    VerifierKey,
    format_note,
    format_signatures,
    parse_note,
    parse_signatures,
    parse_vkey,
)
from comity.transparency.policy import parse_policy
from comity.transparency.published import check_growth, new_entries, open_standing
from comity.transparency.recomputed import audit, files_to_mirror
from comity.transparency.signature_kinds import Kind
from comity.transparency.tiles import bundle_bytes, read_bundle, read_path
from comity.transparency.witness import (
    AddCheckpoint,
    Known,
    WitnessRefusal,
    decide,
    format_add_checkpoint,
    parse_add_checkpoint,
)
from tests.fuzz.harness import SIGNER, SPLIT, Harness, by_name, parts, stable, text

ORIGIN: Final = "comity.example/log"
AT: Final = Instant.from_seconds(1767225600)
ENTRIES: Final = (b"", b"\0", b"comity", b"\x01" + bytes(64))
LEAVES: Final = [merkle.leaf_hash(one) for one in ENTRIES]
CHECKPOINT: Final = Checkpoint(ORIGIN, len(LEAVES), merkle.root(LEAVES))
WITNESS: Final = "comity.example/witness"
COSIGNER: Final = Ed25519Signer(b"seen" * 8)
QUANTUM: Final = Mldsa44Signer(b"q" * 32)
LOG_KEY: Final = log_key(ORIGIN, SIGNER.public)
WITNESS_KEYS: Final = (
    witness_key(WITNESS, COSIGNER.public),
    VerifierKey(WITNESS, Kind.COSIGNATURE_MLDSA44, QUANTUM.public),
)
PLAIN: Final = sign_checkpoint(CHECKPOINT, SIGNER)
COSIGNATURES: Final = (cosign(PLAIN, WITNESS, COSIGNER, AT), cosign_mldsa44(PLAIN, WITNESS, QUANTUM, AT))
NOTE: Final = PLAIN.signed_also(COSIGNATURES)
OPENING: Final = Opening(
    StatRow(Mode.EXERCISE, "sent", "preservation", "none", "none", "state").encode(), b"{}", b"s" * 32, b"t" * 32
)
HIDDEN: Final = make_entry(OPENING.stat_row, OPENING.body, OPENING.stat_salt, OPENING.body_salt)
OLDER: Final = merkle.root(LEAVES[:3])
NOTE_WORDS: Final = (b"\xe2\x80\x94 ", b"\n\n", ORIGIN.encode(), WITNESS.encode(), b"+", b"AAAA", b"==", b"\xc2\xa0")
POLICY: Final = f"""# who must have seen it
log {LOG_KEY.vkey} https://log.example/
witness one {WITNESS_KEYS[0].vkey}
witness two {WITNESS_KEYS[1].vkey} https://witness.example/
group both all one two
quorum both
""".encode()


def cosignatures(data: bytes) -> Any:
    """Lines under a checkpoint, as a witness answers with, checked as the log does."""
    return verify_quorum(SignedNote(PLAIN.text, parse_signatures(data)), WITNESS_KEYS, 1)


def proof(data: bytes) -> ProofBundle:
    """A proof file, and its verification for an entry that has an opening and for one that has none."""
    bundle = parse_bundle(data)
    for entry in (HIDDEN, ENTRIES[2]):
        try:
            verify_bundle_by(bundle, entry, ORIGIN, (LOG_KEY,), lambda note: verify_quorum(note, WITNESS_KEYS, 1))
        except ComityError:
            continue
    return bundle


def policy(data: bytes) -> Any:
    """A policy, and its question to a checkpoint that two witnesses saw."""
    return parse_policy(data).check(NOTE)


def add_checkpoint(data: bytes) -> AddCheckpoint:
    """A request, and what a witness decides that knows nothing of the log yet, or an earlier size, or the same."""
    request = parse_add_checkpoint(data)
    for known in (None, Known(3, OLDER), Known(4, CHECKPOINT.root)):
        try:
            decide(request, known, LOG_KEY)
        except WitnessRefusal as refusal:
            assert refusal.status in (400, 403, 404, 409, 422)
            assert refusal.body.endswith(b"\n")
    return request


def key_statements(data: bytes) -> Any:
    """Statements about keys, one a line, of a log that may say anything of itself."""
    lines = enumerate(b"\x02" + line for line in data.split(b"\n"))
    return keys_at(read_terms(ORIGIN, LOG_KEY, lines), 2)


def pair(data: bytes) -> Any:
    """A pair statement whose signature holds, whatever it says."""
    return pairs.open_statement(jws.sign_compact(data, SIGNER, pairs.TYP), SIGNER.public)


def rooted_bundle(data: bytes) -> Any:
    """The bundle of entries of a log, its leaves and its tree."""
    entries = read_bundle(data)
    merkle.root([merkle.leaf_hash(one) for one in entries])
    return entries


class _Files:
    """A log of at most 512 entries whose every file says what the fuzzer likes."""

    def __init__(self, note: bytes, bundle: bytes, tile: bytes) -> None:
        self._note, self._bundle, self._tile = note, bundle, tile

    def read(self, path: str) -> bytes | None:
        if path == "checkpoint":
            return self._note
        return (self._bundle if path.startswith("tile/entries/") else self._tile) or None


def published_log(data: bytes) -> Any:
    """A log that signs any checkpoint and serves any files: audited, mirrored, and watched from an earlier size."""
    said, bundle, tile = parts(data, 3)
    checkpoint = parse_checkpoint(said.decode("utf-8", "surrogateescape"))
    if checkpoint.size > 512 or checkpoint.origin != ORIGIN:
        raise Malformed("longer than the fuzzer has time for, or another log", hint="none")
    source = _Files(format_note(sign_checkpoint(checkpoint, SIGNER)), bundle, tile)
    standing = open_standing(source.read("checkpoint") or b"", (LOG_KEY,), lambda _: ())
    for act in (
        lambda: new_entries(source, min(3, checkpoint.size), checkpoint),
        lambda: check_growth(source, 3, OLDER, checkpoint),
        lambda: list(files_to_mirror(source, _Files(b"", b"", b""), standing, None)),
    ):
        with suppress(ComityError):
            act()
    return audit(source, LOG_KEY, lambda _: ())


def _log() -> bytes:
    return SPLIT.join([CHECKPOINT.text.encode(), bundle_bytes(ENTRIES), b"".join(one.value for one in LEAVES)])


def _proofs() -> list[bytes]:
    leaves = [*LEAVES[:3], merkle.leaf_hash(HIDDEN)]
    checkpoint = Checkpoint(ORIGIN, 4, merkle.root(leaves))
    note = format_note(sign_checkpoint(checkpoint, SIGNER))
    bare = ProofBundle(2, merkle.inclusion_path(LEAVES, 2), format_note(NOTE))
    opened = ProofBundle(3, merkle.inclusion_path(leaves, 3), note, opening_to_json(OPENING))
    return [format_bundle(bare), format_bundle(opened)]


def _requests() -> list[bytes]:
    path = merkle.consistency_path(LEAVES, 3)
    made = (AddCheckpoint(3, path, PLAIN), AddCheckpoint(0, (), NOTE), AddCheckpoint(4, (), PLAIN))
    return [format_add_checkpoint(one) for one in made]


def _key_statements() -> list[bytes]:
    other = Ed25519Signer(b"next" * 8)
    made = [(ADD, add_fields(ORIGIN, SIGNER, other)), (RETIRE, retire_fields(ORIGIN, other, LOG_KEY))]
    return [
        b"\n".join(public_statement({"kind": kind, "mode": "live", **fields})[1:] for kind, fields in made[:count])
        for count in (1, 2)
    ]


def _pair() -> bytes:
    statement = pairs.make_statement(Mode.LIVE, "2026-11", "XA/one", "XB/two", [Digest.of(b"there")], [])
    return to_json(statement)


HARNESSES: Final = by_name(
    Harness("note", parse_note, lambda: [format_note(NOTE), format_note(PLAIN)], format_note, NOTE_WORDS),
    Harness("checkpoint", text(parse_checkpoint), lambda: [NOTE.text.encode()], lambda one: one.text.encode()),
    Harness(
        "key-line",
        text(parse_vkey),
        lambda: [one.vkey.encode() for one in (LOG_KEY, *WITNESS_KEYS)],
        lambda one: one.vkey.encode(),
    ),
    Harness(
        "signature-lines", parse_signatures, lambda: [format_signatures(COSIGNATURES)], format_signatures, NOTE_WORDS
    ),
    Harness("cosignature", cosignatures, lambda: [format_signatures((one,)) for one in COSIGNATURES], words=NOTE_WORDS),
    Harness("tlog-proof", proof, _proofs, format_bundle, (b"extra ", b"index ", b"\n\n", *NOTE_WORDS)),
    Harness(
        "policy",
        policy,
        lambda: [POLICY],
        words=(b"log ", b"witness ", b"group ", b"quorum ", b" all ", b" any ", b"none", b"#"),
        most_bytes=65536,
    ),
    Harness("add-checkpoint", add_checkpoint, _requests, format_add_checkpoint, (b"old ", b"\n\n", *NOTE_WORDS)),
    Harness(
        "entry-bundle",
        rooted_bundle,
        lambda: [bundle_bytes(ENTRIES), bundle_bytes([HIDDEN] * 256)],
        bundle_bytes,
        most_bytes=20_000,
    ),
    Harness(
        "tile-path",
        text(read_path),
        lambda: [b"tile/0/x001/x234/067", b"tile/entries/000.p/255", b"tile/63/000"],
        lambda one: one.path.encode(),
        (b"tile/", b"entries/", b".p/", b"x001/"),
    ),
    Harness(
        "statement",
        stable(read_statement, public_statement),
        lambda: [public_statement({"kind": "pair-close", "mode": "live", "n": [1, {"a": None}]})],
    ),
    Harness("opening", read_opening, lambda: [opening_to_json(OPENING)], opening_to_json),
    Harness("stat-row", read_stat_row, lambda: [OPENING.stat_row], lambda one: one.encode()),
    Harness("key-statements", key_statements, _key_statements, words=(b"key-add", b"key-retire", b'"by":"')),
    Harness("monitor-state", stable(read_state, write_state), lambda: [write_state({ORIGIN: Watched(origin=ORIGIN)})]),
    Harness("published-log", published_log, lambda: [_log()], words=(SPLIT, ORIGIN.encode(), b"\x00\x41\x01")),
    Harness("pair-statement", stable(pair), lambda: [_pair()]),
)
