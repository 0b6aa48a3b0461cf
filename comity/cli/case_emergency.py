"""`comity case`: the call-back of an emergency, its second check, and what follows it, from a terminal."""

from enum import StrEnum
from typing import Annotated

import typer

from comity.cases.case import Case
from comity.cli import output
from comity.cli.case import Reasons
from comity.cli.case_step import Step, step
from comity.cli.case_view import CaseId, tell
from comity.cli.options import Config, Json, PassphraseFile
from comity.cli.session import opened
from comity.workflows import call_back, read_cases

app = typer.Typer()


class Result(StrEnum):
    CONFIRMED = "confirmed"
    DENIED = "denied"
    UNREACHED = "unreached"


class Outcome(StrEnum):
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"


@app.command("call-back")
def call_back_(
    case_id: CaseId,
    config: Config,
    person: Annotated[str, typer.Option("--as", help="Who called.")] = "",
    result: Annotated[Result | None, typer.Option(help="What came of the call.")] = None,
    reached: Annotated[str, typer.Option(help="Who answered: name and office.")] = "",
    text: Annotated[str, typer.Option(help="What you asked, and what you were told.")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show the number to call about an emergency, from the directory; with --result, record the call.

    Never call a number that the request brought. Nothing is disclosed until a second person confirms the call.

    \b
    Example: comity case call-back 4f2a -c xb/comity.toml
    Example: comity case call-back 4f2a -c xb/comity.toml --as dan --result confirmed \\
    --reached "I. Example, duty desk" --text "knows the case; named both approvers"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        if result is not None:
            moved = call_back.call_back(node.office, person, found.id, result=result.value, reached=reached, text=text)
            tell(moved, as_json)
            return
        number = call_back.number_of(node.office, found)
    if as_json:
        output.emit_json({"ok": True, "case": found.id, "peer": found.peer, "number": number})
        return
    output.result(f"call {output.clean(number)}, the directory's number for {found.peer}")
    output.result("ask who sent it and when, for both approvers by name, and whether the risk stands")
    output.say("then record it: comity case call-back CASE --as YOU --result confirmed|denied|unreached ...")


@step(app, "confirm-emergency")
def confirm_emergency(
    at: Step,
    *,
    reasons: Reasons,
    confirm: Annotated[
        bool, typer.Option("--confirm/--deny", help="Whether the call shows that the emergency is theirs.")
    ],
) -> Case:
    """As a second person: check the call that confirmed an emergency. Only then can anything be disclosed.

    \b
    Example: comity case confirm-emergency 4f2a -c xb/comity.toml --as olga --confirm \\
    --reasons "the number is the directory's; the desk named case and child"
    """
    return call_back.check_call(at.office, at.person, at.case, confirmed=confirm, reasons=reasons)


@step(app, "admit-emergency")
def admit_emergency(at: Step, *, reasons: Reasons) -> Case:
    """As a reviewer: let an emergency go on in spite of what is held against it, as too many in a day.

    \b
    Example: comity case admit-emergency 4f2a -c xb/comity.toml --as rita --reasons "one attack, six victims"
    """
    return call_back.admit(at.office, at.person, at.case, reasons=reasons)


@step(app, "follow-up-emergency")
def follow_up_emergency(
    at: Step,
    *,
    text: Annotated[str, typer.Option(help="That it was yours, and what came of it.")],
    formal: Annotated[str, typer.Option(help="Your case with the full request, if there is one.")] = "",
) -> Case:
    """As the requesting authority: confirm an emergency in writing (art. 40(14)). It falls due within days: policy.

    \b
    Example: comity case follow-up-emergency 4f2a -c xa/comity.toml --as bo --text "ours; the child was found"
    """
    return call_back.follow_up(at.office, at.person, at.case, text=text, formal=formal)


@step(app, "review-emergency")
def review_emergency(
    at: Step,
    *,
    outcome: Annotated[Outcome, typer.Option(help="Whether it was confirmed in writing.")],
    reasons: Reasons,
) -> Case:
    """Review an emergency after the fact. Unconfirmed, nothing more is disclosed, and its State is told.

    \b
    Example: comity case review-emergency 4f2a -c xb/comity.toml --as rita --outcome unconfirmed \\
    --reasons "nothing came; XA is asked to destroy the data and to report it"
    """
    return call_back.review(at.office, at.person, at.case, outcome=outcome.value, reasons=reasons)
