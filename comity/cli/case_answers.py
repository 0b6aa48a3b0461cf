"""`comity case`: what the two States say to each other around the answer, from a terminal."""

from datetime import datetime
from typing import Annotated

import typer

from comity.cases.case import Case
from comity.cli.case import Reasons
from comity.cli.case_step import DAY, Step, Text, day_of, step
from comity.workflows import ask_information, consult_peer, postpone_request

app = typer.Typer()


@step(app, "ask")
def ask(
    at: Step,
    *,
    missing: Annotated[list[str], typer.Option(help="One thing that is needed; again for more.")],
    text: Annotated[str, typer.Option(help="Why it is needed.")],
) -> Case:
    """As the requested State: ask for what you need to know. It is not a refusal (arts 40(16), 42(6)).

    \b
    Example: comity case ask 4f2a -c xb/comity.toml --as olga --missing "the invoice of the account" \\
    --text "the holder cannot be told apart without it"
    """
    return ask_information.ask(at.office, at.person, at.case, missing=missing, text=text)


@step(app, "consult")
def consult(
    at: Step,
    *,
    about: Annotated[str, typer.Option(help="refusal, postponement, conditions or costs.")],
    text: Text,
    condition: Annotated[list[str] | None, typer.Option(help="A condition you propose; again for more.")] = None,
) -> Case:
    """Consult the other State, before help is refused, postponed or given on conditions (art. 40(28)), or on costs.

    \b
    Example: comity case consult 4f2a -c xb/comity.toml --as olga --about postponement \\
    --text "a trial here is open on the same account"
    """
    return consult_peer.consult(at.office, at.person, at.case, about=about, text=text, conditions=condition or ())


@step(app, "reply")
def reply(at: Step, *, text: Text) -> Case:
    """Answer the other State's consultation: the oldest one that is open.

    \b
    Example: comity case reply 77b0 -c xa/comity.toml --as bo --text "subscriber information would do until then"
    """
    return consult_peer.reply(at.office, at.person, at.case, text=text)


@step(app, "conditions")
def conditions(
    at: Step,
    *,
    accept: Annotated[bool, typer.Option("--accept/--decline", help="Whether you accept all conditions.")],
    reasons: Reasons,
) -> Case:
    """As the requesting State: accept the conditions of a grant, and be bound by them, or decline (art. 40(28)).

    Where they are declined, the request stands undecided again.

    \b
    Example: comity case conditions 77b0 -c xa/comity.toml --as bo --accept --reasons "our law keeps it so"
    """
    return consult_peer.answer_conditions(at.office, at.person, at.case, accept=accept, reasons=reasons)


@step(app, "postpone")
def postpone(
    at: Step,
    *,
    reasons: Reasons,
    look_again: Annotated[datetime, typer.Option(formats=DAY, help="When you will look at it again.")],
    consulted_otherwise: Annotated[
        str, typer.Option(help="How the two States consulted first, where not by comity: when, with whom.")
    ] = "",
) -> Case:
    """Put execution off for a proceeding of your own (art. 40(27)), after consultation. Preservation is never put off.

    \b
    Example: comity case postpone 4f2a -c xb/comity.toml --as rita --look-again 2027-03-01 \\
    --reasons "a trial here is open on the same account"
    """
    return postpone_request.postpone(
        at.office,
        at.person,
        at.case,
        reasons=reasons,
        look_again=day_of(look_again),
        consulted_otherwise=consulted_otherwise,
    )


@step(app, "resume")
def resume(at: Step, *, reasons: Reasons) -> Case:
    """Take up again what was put off; it is then granted or refused as any other.

    \b
    Example: comity case resume 4f2a -c xb/comity.toml --as rita --reasons "the trial is over"
    """
    return postpone_request.resume(at.office, at.person, at.case, reasons=reasons)
