"""`comity directory root|sign|verify|diff`: what is done with a directory on a machine without node or network."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited, write_whole
from comity.adapters.keys_file import ROOT, KeyFiles, check_passphrase, make_keys, passphrase_key
from comity.adapters.randomness import SystemRandomness
from comity.base.counted import counted
from comity.base.encoding import b64u
from comity.base.errors import BadSignature
from comity.base.instants import Instant
from comity.cli import output
from comity.cli.options import Json, PassphraseFile
from comity.cli.session import read_passphrase
from comity.exchange.directory import LIMIT, fingerprint, spoken
from comity.exchange.directory_changes import differences
from comity.exchange.directory_signing import Draft, add_signature, open_draft


def root(
    folder: Annotated[Path, typer.Argument(help="A new folder for the key, on a machine that is never on a network.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make a root key, and print its public half. Three with three keepers, of whom two sign, are a good choice.

    \b
    Example: comity directory root root-1
    """
    passphrase = check_passphrase(read_passphrase(passphrase_file, new=True))
    keys = make_keys(folder, passphrase, (ROOT,), SystemRandomness())
    public = b64u(keys.signer(ROOT).public)
    if as_json:
        output.emit_json({"ok": True, "folder": str(folder), "public": public})
    else:
        output.result(public)
        output.say("give it to who drafts the directory: comity directory create --root ...")


def sign(
    file: Annotated[Path, typer.Argument(help="The draft, with the signatures it has so far.")],
    key: Annotated[Path, typer.Option(help="The folder of the root key.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to write it; the same file if left out.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Sign a directory with one root key. Look at it first: comity directory verify, comity directory diff.

    \b
    Example: comity directory sign next.json --key root-1
    """
    data = read_limited(file, LIMIT)
    signer = KeyFiles(key, passphrase_key(read_passphrase(passphrase_file), key)).signer(ROOT)
    done = add_signature(data, signer)
    write_whole(out or file, done.data)
    _tell(done, as_json, ok=True)


def verify(
    file: Annotated[Path, typer.Argument(help="A directory, signed or on its way to its signatures.")],
    as_json: Json = False,
) -> None:
    """Show what a directory says and which of its roots have signed. Whether they are to be trusted it cannot tell.

    The exit code is not 0 as long as signatures are missing.

    \b
    Example: comity directory verify next.json
    """
    found = open_draft(read_limited(file, LIMIT))
    _tell(found, as_json, ok=found.missing == 0)
    if found.missing:
        missing = counted(found.missing, "signature is", "signatures are")
        raise BadSignature(f"{missing} missing", hint="its roots' keepers: comity directory sign")


def diff(
    old: Annotated[Path, typer.Argument(help="The directory as it was.")],
    new: Annotated[Path, typer.Argument(help="The directory as it is to be.")],
    as_json: Json = False,
) -> None:
    """Show what changes between two directories of a State.

    \b
    Example: comity directory diff directory.json next.json
    """
    before, after = (open_draft(read_limited(path, LIMIT)).value for path in (old, new))
    found = differences(before, after)
    if as_json:
        changes = [{"node": one.entity, "what": one.what, "before": one.before, "after": one.after} for one in found]
        output.emit_json({"ok": True, "sequences": [before.sequence, after.sequence], "changes": changes})
        return
    output.result(f"{after.state}: sequence {before.sequence} to {after.sequence}, {counted(len(found), 'change')}")
    rows = [(one.entity or "the list", one.what, one.before, one.after) for one in found]
    if rows:
        output.table(("Where", "What", "Before", "After"), [tuple(output.clean(cell) for cell in row) for row in rows])


def _tell(found: Draft, as_json: bool, *, ok: bool) -> None:
    value = found.value
    roots = fingerprint(value.roots, value.threshold)
    if as_json:
        output.emit_json(
            {
                "ok": ok,
                "state": value.state,
                "mode": value.mode,
                "sequence": value.sequence,
                "next_update": value.next_update,
                "threshold": value.threshold,
                "roots": {root: root in found.signed for root in value.roots},
                "missing": found.missing,
                "fingerprint": str(roots),
                "nodes": [one.id for one in value.entities],
            }
        )
        return
    output.result(f"{value.state}, {value.mode}, sequence {value.sequence}")
    output.result(f"good until {Instant.from_seconds(value.next_update)}")
    for one in value.roots:
        output.result(f"  root {one}: {'signed' if one in found.signed else 'not signed'}")
    output.result(f"{len(found.signed)} of {counted(value.threshold, 'signature')}; {found.missing} missing")
    output.result(f"fingerprint of the roots: {spoken(roots)}")
