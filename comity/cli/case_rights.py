"""`comity case`: for the defence and the person concerned, from a terminal."""

from datetime import datetime
from typing import Annotated

import typer

from comity.cases.case import Case
from comity.cli.case import Reasons
from comity.cli.case_step import DAY, Step, day_of, step
from comity.workflows import pass_complaints, retain, tell_exculpatory

app = typer.Typer()
Complaint = Annotated[str, typer.Option(help="Which one: its reference, as comity case show has it.")]


@step(app, "exculpatory")
def exculpatory(
    at: Step,
    *,
    text: Annotated[str, typer.Option(help="Which material, and what it speaks for. The other side reads it.")],
    exceptional: Annotated[
        bool, typer.Option("--exceptional", help="The accused was shown it already: there was no time.")
    ] = False,
) -> Case:
    """Say that something speaks for an accused. The State that sent it is told; no limit on use holds it back.

    Then open it for the accused: comity evidence examine --for-accused (arts 40(5), 40(19)).

    \b
    Example: comity case exculpatory 4f2a -c xa/comity.toml --as anna --text "the log shows another address"
    """
    return tell_exculpatory.tell(at.office, at.person, at.case, text=text, exceptional=exceptional)


@step(app, "complaint")
def complaint(
    at: Step,
    *,
    kind: Annotated[str, typer.Option(help="complaint, correction or erasure.")],
    text: Annotated[str, typer.Option(help="What it is about. Everybody who has the data reads it.")],
    reference: Annotated[str, typer.Option(help="Who keeps its file, and under which number.")],
) -> Case:
    """Take a complaint, or what somebody asks to be corrected or erased: it goes to everybody who has the data.

    \b
    Example: comity case complaint 4f2a -c xa/comity.toml --as bo --kind erasure --text "a neighbour's data" \\
    --reference "ombudsman 7/2026"
    """
    return pass_complaints.take(at.office, at.person, at.case, kind=kind, text=text, reference=reference)


@step(app, "relay-complaint")
def relay_complaint(
    at: Step,
    *,
    complaint: Complaint,
    to: Annotated[str, typer.Option(help="The node that has the data and has no line to this one.")],
    how: Annotated[str, typer.Option(help="How it was told, and when.")],
) -> Case:
    """Record that a third State which has the data was told of a complaint, by another way than a message.

    \b
    Example: comity case relay-complaint 4f2a -c xa/comity.toml --as bo --complaint 0193... --to XC/authority \\
    --how "by letter of 22 November"
    """
    return pass_complaints.told(at.office, at.person, at.case, complaint=complaint, to=to, how=how)


@step(app, "answer-complaint")
def answer_complaint(
    at: Step,
    *,
    complaint: Complaint,
    outcome: Annotated[str, typer.Option(help="done, in_part or refused.")],
    reasons: Reasons,
    node_id: Annotated[str, typer.Option("--node", help="Whose answer it is, if it came by another way.")] = "",
) -> Case:
    """Say what was done about a complaint. Whoever passed it on to this node is told.

    \b
    Example: comity case answer-complaint 4f2a -c xb/comity.toml --as olga --complaint 0193... --outcome done \\
    --reasons "erased on the same day"
    """
    return pass_complaints.answer(
        at.office, at.person, at.case, complaint=complaint, outcome=outcome, reasons=reasons, node=node_id
    )


@step(app, "keep-longer")
def keep_longer(
    at: Step,
    *,
    item: Annotated[str, typer.Option(help="What is kept: case, draft, evidence or copy; see comity retention list.")],
    until: Annotated[datetime, typer.Option(formats=DAY, help="The new last day.")],
    reasons: Reasons,
) -> Case:
    """Keep an item of the case until a later day, in your name and for your reasons.

    \b
    Example: comity case keep-longer 4f2a -c xa/comity.toml --as rose --item evidence --until 2032-01-01 \\
    --reasons "a retrial is open"
    """
    return retain.keep_longer(at.office, at.person, at.case, item=item, until=day_of(until), reasons=reasons)
