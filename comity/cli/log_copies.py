"""`comity log audit` and `comity log mirror`: a whole log, read by anyone."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.log_sources import open_copy, open_source
from comity.base.counted import counted
from comity.base.errors import BadProof
from comity.cli import output
from comity.cli.options import Json
from comity.cli.trusting import AtLeast, Policy, Trusting, Witness, names_of
from comity.transparency.checkpoint import open_signed, parse_checkpoint
from comity.transparency.note import parse_note
from comity.transparency.published import CHECKPOINT, open_standing, read_note
from comity.transparency.recomputed import AUDIT_MOST, audit, files_to_mirror

Source = Annotated[str, typer.Argument(help="The log: a folder, or its address, as https://node.example/log.")]
LogKey = Annotated[str, typer.Option("--vkey", help="A key of the log, as comity log show prints it.")]


def audit_log(
    source: Source,
    vkey: LogKey = "",
    policy: Policy = None,
    witness: Witness = None,
    at_least: AtLeast = None,
    most: Annotated[int, typer.Option(min=1, help="How many entries are read at most.")] = AUDIT_MOST,
    as_json: Json = False,
) -> None:
    """Read a whole log and recompute all that its checkpoint and its tiles say; count what stands in it.

    Who signed the checkpoint is checked first, and no more is read than was signed. Ends with 1 where something is
    wrong.

    \b
    Example: comity log audit https://node.example/log --vkey 'log.example/XA/...+...' --witness '...'
    """
    trusting, files = Trusting(vkey, policy, witness, at_least), open_source(source)
    origin = parse_checkpoint(parse_note(read_note(files)).text).origin
    found = audit(files, trusting.keys(origin)[0], trusting.quorum, most=most)
    checkpoint = found.standing.checkpoint
    facts: dict[str, object] = {
        "origin": origin,
        "entries": checkpoint.size,
        "root": str(checkpoint.root),
        "steps": found.steps,
        "statements": found.statements,
        "keys": [term.key.vkey for term in found.terms],
        "cosigned": [one.witness for one in found.standing.cosigned],
        "faults": list(found.faults),
    }
    if as_json:
        output.emit_json({"ok": not found.faults, **facts})
    else:
        said = ", ".join(f"{kind} {count}" for kind, count in sorted(found.statements.items())) or "none"
        output.result(
            f"{counted(checkpoint.size, 'entry', 'entries')} of {output.clean(origin)}, each as its checkpoint signs "
            f"it; cosigned by {output.clean(names_of(found.standing.cosigned))}"
        )
        output.facts({"steps": str(found.steps), "statements": said, "root": str(checkpoint.root)})
        for fault in found.faults:
            output.result(f"wrong: {output.clean(fault)}")
    if found.faults:
        raise typer.Exit(BadProof.exit_code)


def mirror(
    source: Source,
    folder: Annotated[Path, typer.Argument(help="The copy: a new folder, or one that an earlier run made.")],
    vkey: LogKey = "",
    policy: Policy = None,
    witness: Witness = None,
    at_least: AtLeast = None,
    as_json: Json = False,
) -> None:
    """Keep a copy of a log: what it lacks is fetched, and written only once it is shown to be what was signed.

    A copy can be served by any web server, and a node that lost entries takes them back from one.

    \b
    Example: comity log mirror https://node.example/log xa-mirror --vkey 'log.example/XA/...+...'
    """
    trusting, files, copy = Trusting(vkey, policy, witness, at_least), open_source(source), open_copy(folder)
    data = read_note(files)
    origin = parse_checkpoint(parse_note(data).text).origin
    keys = trusting.keys(origin)
    standing = open_standing(data, keys, trusting.quorum)
    had = copy.read(CHECKPOINT)
    old = open_signed(parse_note(had), origin, *keys) if had else None
    written = 0
    for path, content in files_to_mirror(files, copy, standing, old):
        copy.write(path, content)
        written += 1
    facts = {"origin": origin, "entries": standing.checkpoint.size, "before": old.size if old else 0, "files": written}
    if as_json:
        output.emit_json({"ok": True, **facts})
    else:
        entries = counted(standing.checkpoint.size, "entry", "entries")
        output.result(f"the copy is whole: {entries} of {output.clean(origin)}")
