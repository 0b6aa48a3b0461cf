"""`comity retention`: what this node keeps, until when and on which basis; and what is past its end."""

from typing import Annotated

import typer

from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import ask_for_yes, opened
from comity.workflows import retain

app = typer.Typer(no_args_is_help=True, help="What is kept, until when, and what is past its end.")


@app.command("list")
def list_(
    config: Config,
    only_due: Annotated[bool, typer.Option("--due", help="Only what is past its end.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """List everything that is kept: until when, on which basis, and what ends it. Policy is shown as policy.

    \b
    Example: comity retention list --due --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found, today = retain.items(node.office), node.office.clock.now().day
    shown = retain.due(found, today) if only_due else found
    if as_json:
        rows = [
            {
                "until": one.until.isoformat(),
                "what": one.what,
                "of": one.ref,
                "basis": one.basis,
                "article": one.citation,
                "ends": one.ends,
                "extended": one.extended,
                "due": one.is_due(today),
            }
            for one in shown
        ]
        output.emit_json({"ok": True, "items": rows})
        return
    lines = [
        (
            f"{one.until}{' DUE' if one.is_due(today) else ''}",
            one.what,
            one.ref,
            f"{'kept longer, ' if one.extended else ''}{one.basis}, art. {one.citation}",
            one.ends,
        )
        for one in shown
    ]
    output.table(("Until", "What", "Of", "Basis", "Then"), lines)


@app.command("sweep")
def sweep(
    config: Config,
    person: Person,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Delete what is the node's own and past its end: records of who looked, who left, forms, sessions.

    A public statement in the log says what kinds and how many. Cases, evidence and copies are ended one by one, by the
    commands that the list names; nothing of them is deleted here.

    \b
    Example: comity retention sweep --config xa/comity.toml --as olga
    """
    if not yes:
        ask_for_yes("Delete what is past its end? It cannot be had back.", look_first="comity retention list --due")
    with opened(config, passphrase_file) as node:
        gone = retain.sweep(node.office, person)
    if as_json:
        output.emit_json({"ok": True, "deleted": gone})
        return
    output.facts({name: str(count) for name, count in gone.items()})
