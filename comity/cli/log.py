"""`comity log`: this node's log, and proofs from it."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited, write_whole
from comity.base.errors import Malformed
from comity.cli import output
from comity.cli.session import Config, Json, PassphraseFile, opened
from comity.exchange.directory import Use
from comity.transparency.bundle import BUNDLE_LIMIT, parse_bundle, verify_bundle
from comity.transparency.checkpoint import log_key
from comity.transparency.note import parse_vkey
from comity.workflows import prove_entry, sequence_log

app = typer.Typer(no_args_is_help=True, help="The log: anyone can check it, nobody can read a case in it.")


@app.command("show")
def show(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Show the log's origin, key, size and last published checkpoint.

    \b
    Example: comity log show --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        office = node.office
        with office.store.transaction() as tx:
            size = tx.log.size()
        standing = sequence_log.published(office)
        vkey = log_key(office.origin, office.keys.signer(Use.LOG).public).vkey
        facts = {
            "origin": office.origin,
            "vkey": vkey,
            "entries": str(size),
            "published": str(standing.size if standing else 0),
            "root": str(standing.root) if standing else "",
            "folder": str(node.log_path),
            "stamp": office.mode.stamp,
        }
    if as_json:
        output.emit_json({"ok": True, **facts})
    else:
        output.facts(facts)


@app.command("prove")
def prove(
    index: Annotated[int, typer.Argument(help="The entry, counted from 0.")],
    out: Annotated[Path, typer.Argument(help="The proof file to write (.tlog-proof).")],
    config: Config,
    with_opening: Annotated[bool, typer.Option("--with-opening", help="Put in what the entry hides.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Write the proof that an entry is in the log, to be checked offline by anyone.

    \b
    Example: comity log prove 3 entry-3.tlog-proof --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        leaf, data = prove_entry.prove(node.office, index, with_opening=with_opening)
    write_whole(out, data)
    facts = {"index": str(index), "entry": leaf.entry.hex(), "file": str(out)}
    if as_json:
        output.emit_json({"ok": True, **facts})
    else:
        output.facts(facts)


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="A proof file (.tlog-proof).")],
    entry: Annotated[str, typer.Option(help="The entry, in hexadecimal.")],
    vkey: Annotated[str, typer.Option(help="The log's key, as comity log show prints it.")],
    witness: Annotated[list[str] | None, typer.Option(help="A witness's key; again for more.")] = None,
    at_least: Annotated[
        int | None, typer.Option(help="How many of the witnesses must have cosigned; all that are named if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a proof offline, without a node.

    \b
    Example: comity log verify entry-3.tlog-proof --entry 01ab... --vkey 'exercise.comity.example/XA/...+...'
    """
    key = parse_vkey(vkey)
    try:
        entry_bytes = bytes.fromhex(entry)
    except ValueError:
        raise Malformed("not hexadecimal", where="--entry", hint="as comity log prove prints it") from None
    bundle = parse_bundle(read_limited(file, BUNDLE_LIMIT))
    witnesses = [parse_vkey(one) for one in witness or ()]
    found = verify_bundle(
        bundle, entry_bytes, key.name, key, witnesses, len(witnesses) if at_least is None else at_least
    )
    cosigned = [one.witness for one in found.cosigned]
    if as_json:
        output.emit_json({"ok": True, "index": found.index, "size": found.checkpoint.size, "cosigned": cosigned})
        return
    output.result(
        f"the entry is number {found.index} of the {found.checkpoint.size} in {output.clean(key.name)}; "
        f"cosigned by {output.clean(', '.join(cosigned)) or 'nobody that was asked about'}"
    )
