"""`comity verify proof|checkpoint|log|letter`: what a log says, checked offline and told in one sentence."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited
from comity.adapters.log_sources import open_source
from comity.base.counted import counted
from comity.base.digests import Digest
from comity.base.encoding import from_b64u
from comity.base.errors import BadProof, Malformed
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.cli import log_copies, output
from comity.cli.log_copies import LogKey, Source
from comity.cli.options import Json
from comity.cli.trusting import AtLeast, Policy, Trusting, Witness, names_of
from comity.crypto.merkle import leaf_hash
from comity.exchange.document import JWS_LIMIT, PAYLOAD_LIMIT, Document
from comity.transparency.bundle import BUNDLE_LIMIT, ProofBundle, Verified, parse_bundle, verify_bundle_by
from comity.transparency.checkpoint import parse_checkpoint
from comity.transparency.entry import BODY_LIMIT, make_entry, read_opening
from comity.transparency.log_keys import keys_at, read_terms
from comity.transparency.moves import stood_at
from comity.transparency.note import NOTE_LIMIT, parse_note
from comity.transparency.published import new_entries, open_standing, statements_of
from comity.workflows.record import LogBody

_ASK = "with --log, what the log itself says of it is looked up"
_UNTOLD = "no statement of the log after the entry says that it moved"
Show = Annotated[bool, typer.Option("--show", help="Show the proof itself: hashes, checkpoint, what was opened.")]
Proof = Annotated[Path, typer.Argument(help="A proof file (.tlog-proof).")]


def proof(
    file: Proof,
    entry: Annotated[str, typer.Option(help="The entry, in hexadecimal; not needed if the proof opens it.")] = "",
    vkey: LogKey = "",
    policy: Policy = None,
    witness: Witness = None,
    at_least: AtLeast = None,
    show: Show = False,
    as_json: Json = False,
) -> None:
    """Check that an entry is in a log, as its key signed it and its witnesses saw it.

    \b
    Example: comity verify proof entry-3.tlog-proof --policy peers.policy --show
    """
    bundle = parse_bundle(read_limited(file, BUNDLE_LIMIT))
    data = _entry(bundle, entry)
    found = _verified(bundle, data, Trusting(vkey, policy, witness, at_least))
    facts = _facts(found)
    if as_json:
        output.emit_json({"ok": True, **facts, "entry": data.hex()})
        return
    output.result(
        f"the entry is number {found.index} of the {found.checkpoint.size} in {output.clean(found.checkpoint.origin)}, "
        f"cosigned by {output.clean(names_of(found.cosigned))}{_when(found)}"
    )
    if show:
        _show(bundle, data, found)


def _verified(bundle: ProofBundle, entry: bytes, trusting: Trusting) -> Verified:
    origin = parse_checkpoint(parse_note(bundle.checkpoint_note).text).origin
    return verify_bundle_by(bundle, entry, origin, trusting.keys(origin), trusting.quorum)


def _entry(bundle: ProofBundle, text: str) -> bytes:
    """The entry as it was typed, or as the proof's opening makes it."""
    if text:
        try:
            return bytes.fromhex(text)
        except ValueError:
            raise Malformed("not hexadecimal", where="--entry", hint="as comity log prove prints it") from None
    if bundle.extra is None:
        raise Malformed("which entry is it?", where="--entry", hint="in hexadecimal; this proof does not open it")
    opening = read_opening(bundle.extra)
    return make_entry(opening.stat_row, opening.body, opening.stat_salt, opening.body_salt)


def _facts(found: Verified) -> dict[str, object]:
    return {
        "origin": found.checkpoint.origin,
        "index": found.index,
        "size": found.checkpoint.size,
        "cosigned": [{"witness": one.witness, "at": str(one.at)} for one in found.cosigned],
    }


def _when(found: Verified) -> str:
    at = min((one.at for one in found.cosigned), default=None)
    return f"; it stood there by {at}" if at else ""


def _show(bundle: ProofBundle, entry: bytes, found: Verified) -> None:
    output.facts(
        {
            "entry": entry.hex(),
            "leaf": str(leaf_hash(entry)),
            **{f"hash {n}": str(one) for n, one in enumerate(bundle.path, 1)},
            "root": str(found.checkpoint.root),
        }
    )
    for line in bundle.checkpoint_note.decode("utf-8").splitlines():
        output.result(output.clean(line))
    if found.opening is not None:
        for name, content in (("row", found.opening.stat_row), ("body", found.opening.body)):
            output.result(f"{name}: {output.clean(content.decode('utf-8', 'replace'))}")


def checkpoint(
    file: Annotated[Path, typer.Argument(help="A checkpoint, as a log or a witness shows it.")],
    vkey: LogKey = "",
    log: Annotated[str, typer.Option(help="The log or a copy of it: where its key has changed, that tells.")] = "",
    policy: Policy = None,
    witness: Witness = None,
    at_least: AtLeast = None,
    show: Show = False,
    as_json: Json = False,
) -> None:
    """Check who signed a checkpoint and who saw it. An old one holds under the key that was valid at its size.

    \b
    Example: comity verify checkpoint checkpoint --vkey 'log.example/XA/...+...' --log xa-mirror
    """
    data = read_limited(file, NOTE_LIMIT)
    trusting = Trusting(vkey, policy, witness, at_least)
    claimed = parse_checkpoint(parse_note(data).text)
    keys = trusting.keys(claimed.origin)
    if log:
        source = open_source(log)
        size = parse_checkpoint(parse_note(source.read("checkpoint") or b"").text).size
        terms = read_terms(claimed.origin, keys[0], statements_of(source, 0, size))
        keys = keys_at(terms, claimed.size)
    standing = open_standing(data, keys, trusting.quorum)
    facts = {
        "origin": claimed.origin,
        "size": claimed.size,
        "root": str(claimed.root),
        "cosigned": [{"witness": one.witness, "at": str(one.at)} for one in standing.cosigned],
    }
    if as_json:
        output.emit_json({"ok": True, **facts})
        return
    output.result(
        f"{output.clean(claimed.origin)} signed its tree of {counted(claimed.size, 'entry', 'entries')}; "
        f"cosigned by {output.clean(names_of(standing.cosigned))}"
    )
    if show:
        for line in data.decode("utf-8").splitlines():
            output.result(output.clean(line))


def log(
    source: Source,
    vkey: LogKey = "",
    policy: Policy = None,
    witness: Witness = None,
    at_least: AtLeast = None,
    as_json: Json = False,
) -> None:
    """Check a whole log or a copy of it: all its entries against its checkpoint. The same as comity log audit.

    \b
    Example: comity verify log xa-mirror --policy peers.policy
    """
    log_copies.audit_log(source, vkey, policy, witness, at_least, as_json=as_json)


def letter(
    proof_file: Annotated[Path, typer.Argument(metavar="PROOF", help="A proof file with its opening (.tlog-proof).")],
    file: Annotated[Path | None, typer.Option("--file", help="The signed document (.jws), byte for byte.")] = None,
    sha256: Annotated[str, typer.Option(help="Or its SHA-256, in hexadecimal.")] = "",
    vkey: LogKey = "",
    policy: Policy = None,
    witness: Witness = None,
    at_least: AtLeast = None,
    log: Annotated[
        str, typer.Option(help="The log or a copy of it: where a recovery moved the entry, that tells.")
    ] = "",
    show: Show = False,
    as_json: Json = False,
) -> None:
    """Check that a document is the one a log's entry stands for, and since when it stands there.

    A document names its place in its sender's log. Where that log was recovered from a backup since, the entry may
    stand at another place now; --log shows the public statement that says so.

    \b
    Example: comity verify letter entry-3.tlog-proof --file request.jws --policy peers.policy
    """
    if (file is None) == (not sha256):
        raise Malformed("which document is it?", where="--file", hint="one of --file and --sha256")
    document = read_limited(file, JWS_LIMIT) if file else b""
    digest = str(Digest.of(document) if file else Digest.from_hex(sha256.lower()))
    bundle = parse_bundle(read_limited(proof_file, BUNDLE_LIMIT))
    entry = _entry(bundle, "")
    found = _verified(bundle, entry, Trusting(vkey, policy, witness, at_least))
    assert found.opening is not None  # the entry was made from it
    body = read_json(found.opening.body, LogBody, limit=BODY_LIMIT, what="what the entry opens to")
    if digest not in (body.doc_sha256, body.envelope_sha256):
        raise BadProof("the entry stands for another document", hint="check the file: every byte counts")
    facts = {"node": body.node, "event": body.event, "at": str(Instant.from_seconds(body.at)), "stamp": body.stamp}
    move = _moved(found, log)
    named = _named_place(document, found.checkpoint.origin)
    if as_json:
        told = {"stood_at": move[0], "statement": move[1]} if move else {}
        place = {} if named is None else {"named_index": named}
        output.emit_json({"ok": True, "sha256": digest, **facts, **_facts(found), **place, **told})
        return
    stamp = f"{body.stamp}: " if body.stamp else ""
    output.result(
        f"{stamp}{output.clean(body.node)} logged this document at {facts['at']} ({output.clean(body.event)}), "
        f"as entry {found.index} of {output.clean(found.checkpoint.origin)}; "
        f"cosigned by {output.clean(names_of(found.cosigned))}{_when(found)}"
    )
    if move:
        output.result(f"it was entry {move[0]} until that log was recovered from a backup: entry {move[1]} says so")
    elif named not in (None, found.index):
        output.say(f"the document names entry {named} as its place in that log: {_UNTOLD if log else _ASK}")
    if show:
        _show(bundle, entry, found)


def _moved(found: Verified, log: str) -> tuple[int, int] | None:
    """Where the entry stood before the log was recovered and the statement that says so, shown to be in the log."""
    if not log:
        return None
    later = new_entries(open_source(log), found.index, found.checkpoint)
    return stood_at([(at, one) for at, one in later if at > found.index], found.index)


def _named_place(document: bytes, origin: str) -> int | None:
    """The place that a document names for itself in this log. Its bytes are the ones the entry fixes."""
    try:
        payload = from_b64u(document.split(b".")[1].decode("ascii"))
        place = read_json(payload, Document, limit=PAYLOAD_LIMIT, what="the document").log
    except (Malformed, IndexError, UnicodeDecodeError):
        return None  # something else was logged: an envelope, or a document of a later version
    return place.index if place.origin == origin else None
