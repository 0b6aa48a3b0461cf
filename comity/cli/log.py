"""`comity log`: this node's log, and proofs from it."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited, write_whole
from comity.base.errors import Malformed
from comity.cli import log_copies, log_upkeep, log_watch, output
from comity.cli.options import Config, Json, PassphraseFile
from comity.cli.session import opened
from comity.exchange.directory import Use
from comity.transparency.bundle import BUNDLE_LIMIT, parse_bundle, verify_bundle
from comity.transparency.checkpoint import parse_checkpoint
from comity.transparency.note import parse_note, parse_vkey
from comity.transparency.published import read_note
from comity.workflows import prove_entry, sequence_log
from comity.workflows.log_state import log_state

app = typer.Typer(no_args_is_help=True, help="The log: anyone can check it, nobody can read a case in it.")


@app.command("show")
def show(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Show the log's origin, key, size and last published checkpoint, and what is wrong with it if something is.

    \b
    Example: comity log show --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        state, office, folder = log_state(node.office), node.office, node.log_path
    active = [one.key.vkey for one in state.keys if one.retired is None]
    alarms = [{"kind": one.kind, "since": str(one.since), "what": one.what} for one in state.alarms]
    cosigned = [one.witness for one in state.cosigned]
    facts = {
        "origin": office.origin,
        "vkey": active[-1],
        "entries": str(state.entries),
        "published": str(state.published.size if state.published else 0),
        "root": str(state.published.root) if state.published else "",
        "cosigned_at": str(state.published_at or ""),
        "folder": str(folder),
        "stamp": office.mode.stamp,
    }
    if as_json:
        output.emit_json({"ok": True, **facts, "keys": active, "cosigned": cosigned, "alarms": alarms})
        return
    output.facts({**facts, "cosigned": ", ".join(cosigned)})
    for other in active[:-1]:
        output.result(f"key that goes on signing: {output.clean(other)}")
    for alarm in alarms:
        output.result(f"[bold red]alarm[/] since {alarm['since']}: {alarm['kind']}: {output.clean(alarm['what'])}")


@app.command("checkpoint")
def checkpoint(
    config: Config,
    publish: Annotated[bool, typer.Option("--publish", help="Publish first what is new, without waiting.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Print the checkpoint that stands: what it signs and who cosigned it, ready for comity verify checkpoint.

    \b
    Example: comity log checkpoint --config xa/comity.toml
    """
    with opened(config, passphrase_file, unlock=(Use.LOG,)) as node:
        if publish:
            sequence_log.publish(node.office)
        data = read_note(node.office.log_folder)
    text = data.decode("utf-8")
    if as_json:
        found = parse_checkpoint(parse_note(data).text)
        output.emit_json(
            {"ok": True, "origin": found.origin, "size": found.size, "root": str(found.root), "note": text}
        )
    else:
        typer.echo(text, nl=False)


@app.command("prove")
def prove(
    index: Annotated[int, typer.Argument(help="The entry, counted from 0.")],
    out: Annotated[Path, typer.Argument(help="The proof file to write (.tlog-proof); it must not exist yet.")],
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
        moved = prove_entry.moved_from(node.office, index)
    write_whole(out, data, replace=False)
    for now in moved:
        output.say(f"until the log was recovered another entry stood at {index}: that one is entry {now} now")
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


app.command("audit")(log_copies.audit_log)
app.command("mirror")(log_copies.mirror)
app.command("watch")(log_watch.watch)
app.command("policy")(log_upkeep.policy)
app.command("rotate")(log_upkeep.rotate)
app.command("retire")(log_upkeep.retire)
app.command("recover")(log_upkeep.recover)
app.command("acknowledge")(log_upkeep.acknowledge)
app.command("close")(log_upkeep.close)
app.command("erase")(log_upkeep.erase)
