"""`comity emergency`: those that came, and notices to us of those in our State's name."""

from typing import Annotated

import typer

from comity.base.ids import end_of
from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.workflows import enter_notice

app = typer.Typer(no_args_is_help=True, help="Emergencies: those that came, and notices of those in our name.")


@app.command("list")
def list_(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """List the emergencies that came, newest first: by whom, and whether they were confirmed.

    \b
    Example: comity emergency list --config xb/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = enter_notice.emergencies(node.office)
    rows = [
        {
            "case": one.case_id,
            "peer": one.peer,
            "at": str(one.at),
            "outcome": one.outcome,
            "review_due": str(one.review_due),
            "waits": one.waits,
        }
        for one in found
    ]
    if as_json:
        output.emit_json({"ok": True, "emergencies": rows})
        return
    output.table(
        ("Case", "From", "Came", "Outcome", "Review due", "Held"),
        [
            (
                end_of(one.case_id),
                one.peer,
                str(one.at),
                one.outcome,
                str(one.review_due.day),
                "yes" if one.waits else "",
            )
            for one in found
        ],
    )


@app.command("notices")
def notices(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """List what other States told us of emergencies in our State's name. One that is not ours is a stolen key.

    \b
    Example: comity emergency notices --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = enter_notice.notices(node.office)
    if as_json:
        rows = [
            {
                "message": one.message,
                "from": one.sender,
                "about": one.about,
                "asked_by": one.asked_by,
                "key": one.key,
                "their_case": one.their_case,
                "asker_case": one.asker_case,
                "came": str(one.came),
                "seen_by": one.seen_by,
            }
            for one in found
        ]
        output.emit_json({"ok": True, "notices": rows})
        return
    output.table(
        ("Notice", "From", "Asked by", "About", "Came", "Looked into by"),
        [(end_of(one.message), one.sender, one.asked_by, one.about, str(one.came), one.seen_by) for one in found],
    )


@app.command("seen")
def seen(
    message: Annotated[str, typer.Argument(help="The notice's number, whole, as --json lists it.")],
    config: Config,
    person: Person,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Say that you looked into a notice: asked the node that it names whether the request was its own.

    \b
    Example: comity emergency seen 01934f5e-7c00-7000-8000-000000000001 -c xa/comity.toml --as bo
    """
    with opened(config, passphrase_file) as node:
        enter_notice.saw(node.office, person, message)
    if as_json:
        output.emit_json({"ok": True, "message": message, "seen_by": person})
    else:
        output.result(f"{output.clean(message)}  looked into by {output.clean(person)}")
