"""`comity case ask-onward, answer-onward, pass-on`: evidence for a third State, authorised by who sent it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import write_whole
from comity.adapters.sources_files import FolderSink
from comity.cases.case import Case
from comity.cli.case import Reasons
from comity.cli.case_step import DAY, Step, day_of, step
from comity.cli.case_view import CaseId
from comity.cli.evidence_folders import keep
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.progress import bytes_done
from comity.cli.session import opened
from comity.workflows import pass_on, read_cases

app = typer.Typer()
To = Annotated[str, typer.Option(help="The node of the third State, as the directory lists it.")]


@step(app, "ask-onward")
def ask_onward(at: Step, *, to: To, reasons: Reasons) -> Case:
    """Ask the State the evidence came from whether it may go on to a third State (art. 36(3)).

    \b
    Example: comity case ask-onward 4f2a -c xa/comity.toml --as bo --to XC/authority --reasons "the same scam there"
    """
    return pass_on.ask(at.office, at.person, at.case, to=to, reasons=reasons)


@step(app, "answer-onward")
def answer_onward(
    at: Step,
    *,
    reasons: Reasons,
    authorise: Annotated[bool, typer.Option("--authorise/--refuse", help="Whether it may go on.")],
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, help="The last day of the authorisation; no end if not given.")
    ] = None,
) -> Case:
    """Authorise in writing that evidence you sent goes on to a third State, or refuse it: the oldest question.

    \b
    Example: comity case answer-onward 4f2a -c xb/comity.toml --as rita --authorise --until 2027-06-01 \\
    --reasons "for the trial named, on the same conditions"
    """
    day = day_of(until) if until else None
    return pass_on.answer(at.office, at.person, at.case, authorise=authorise, reasons=reasons, until=day)


@app.command("pass-on")
def pass_on_command(
    case_id: CaseId,
    config: Config,
    person: Person,
    to: To,
    reasons: Reasons,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to put the new package in.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make a package that the third State alone can open. Without its sender's authorisation none is made.

    Beside it lie its custody and its licence: the limits on its use, and the authorisation as it was signed.

    \b
    Example: comity case pass-on 4f2a -c xa/comity.toml --as bo --to XC/authority --reasons "as authorised" -o out/
    """
    with opened(config, passphrase_file) as node, bytes_done("making the package") as progress:
        found = read_cases.find(node.office, case_id)
        out.mkdir(parents=True, exist_ok=True)
        working = out / f"sealing-{node.office.randomness.bytes(8).hex()}"
        made = pass_on.pass_on(
            node.office, person, found.id, FolderSink(working), to=to, reasons=reasons, progress=progress
        )
    package = made.apart.sealed.envelope.package
    write_whole(out / f"{package}.licence.json", made.licence, replace=False)
    keep(working, made.apart, as_json)
