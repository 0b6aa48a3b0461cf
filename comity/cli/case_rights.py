"""`comity case`: for the defence and the person concerned, from a terminal."""

from datetime import datetime
from typing import Annotated

import typer

from comity.cli.case import Reasons
from comity.cli.case_answers import day_of
from comity.cli.case_view import CaseId, tell
from comity.cli.session import Config, Json, PassphraseFile, Person, opened
from comity.workflows import pass_complaints, read_cases, retain, tell_exculpatory

app = typer.Typer()
_DAY = ["%Y-%m-%d"]
Complaint = Annotated[str, typer.Option(help="Which one: its reference, as comity case show has it.")]


@app.command("exculpatory")
def exculpatory(
    case_id: CaseId,
    config: Config,
    person: Person,
    text: Annotated[str, typer.Option(help="Which material, and what it speaks for. The other side reads it.")],
    exceptional: Annotated[
        bool, typer.Option("--exceptional", help="The accused was shown it already: there was no time.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Say that something speaks for an accused. The State that sent it is told; no limit on use holds it back.

    Then open it for the accused: comity evidence examine --for-accused (arts 40(5), 40(19)).

    \b
    Example: comity case exculpatory 4f2a -c xa/comity.toml --as anna --text "the log shows another address"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(tell_exculpatory.tell(node.office, person, found.id, text=text, exceptional=exceptional), as_json)


@app.command("complaint")
def complaint(
    case_id: CaseId,
    config: Config,
    person: Person,
    kind: Annotated[str, typer.Option(help="complaint, correction or erasure.")],
    text: Annotated[str, typer.Option(help="What it is about. Everybody who has the data reads it.")],
    reference: Annotated[str, typer.Option(help="Who keeps its file, and under which number.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Take a complaint, or what somebody asks to be corrected or erased: it goes to everybody who has the data.

    \b
    Example: comity case complaint 4f2a -c xa/comity.toml --as bo --kind erasure --text "a neighbour's data" \\
    --reference "ombudsman 7/2026"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        case = pass_complaints.take(node.office, person, found.id, kind=kind, text=text, reference=reference)
        tell(case, as_json)


@app.command("relay-complaint")
def relay_complaint(
    case_id: CaseId,
    config: Config,
    person: Person,
    complaint: Complaint,
    to: Annotated[str, typer.Option(help="The node that has the data and has no line to this one.")],
    how: Annotated[str, typer.Option(help="How it was told, and when.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Record that a third State which has the data was told of a complaint, by another way than a message.

    \b
    Example: comity case relay-complaint 4f2a -c xa/comity.toml --as bo --complaint 0193... --to XC/authority \\
    --how "by letter of 22 November"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(pass_complaints.told(node.office, person, found.id, complaint=complaint, to=to, how=how), as_json)


@app.command("answer-complaint")
def answer_complaint(
    case_id: CaseId,
    config: Config,
    person: Person,
    complaint: Complaint,
    outcome: Annotated[str, typer.Option(help="done, in_part or refused.")],
    reasons: Reasons,
    node_id: Annotated[str, typer.Option("--node", help="Whose answer it is, if it came by another way.")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Say what was done about a complaint. Whoever passed it on to this node is told.

    \b
    Example: comity case answer-complaint 4f2a -c xb/comity.toml --as olga --complaint 0193... --outcome done \\
    --reasons "erased on the same day"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        case = pass_complaints.answer(
            node.office, person, found.id, complaint=complaint, outcome=outcome, reasons=reasons, node=node_id
        )
        tell(case, as_json)


@app.command("keep-longer")
def keep_longer(
    case_id: CaseId,
    config: Config,
    person: Person,
    item: Annotated[str, typer.Option(help="What is kept: case, draft, evidence or copy; see comity retention list.")],
    until: Annotated[datetime, typer.Option(formats=_DAY, help="The new last day.")],
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Keep an item of the case until a later day, in your name and for your reasons.

    \b
    Example: comity case keep-longer 4f2a -c xa/comity.toml --as rose --item evidence --until 2032-01-01 \\
    --reasons "a retrial is open"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        case = retain.keep_longer(node.office, person, found.id, item=item, until=day_of(until), reasons=reasons)
        tell(case, as_json)
