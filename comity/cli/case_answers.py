"""`comity case`: what the two States say to each other around the answer, from a terminal."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from comity.cli.case import Reasons
from comity.cli.case_view import CaseId, tell
from comity.cli.session import Config, Json, PassphraseFile, Person, opened
from comity.workflows import ask_information, consult_peer, postpone_request, read_cases

app = typer.Typer()
Text = Annotated[str, typer.Option(help="What is said, in a sentence or more.")]
_DAY = ["%Y-%m-%d"]


def day_of(moment: datetime) -> date:
    return moment.replace(tzinfo=UTC).date()


@app.command("ask")
def ask(
    case_id: CaseId,
    config: Config,
    person: Person,
    missing: Annotated[list[str], typer.Option(help="One thing that is needed; again for more.")],
    text: Annotated[str, typer.Option(help="Why it is needed.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As the requested State: ask for what you need to know. It is not a refusal (arts 40(16), 42(6)).

    \b
    Example: comity case ask 4f2a -c xb/comity.toml --as olga --missing "the invoice of the account" \\
    --text "the holder cannot be told apart without it"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(ask_information.ask(node.office, person, found.id, missing=missing, text=text), as_json)


@app.command("consult")
def consult(
    case_id: CaseId,
    config: Config,
    person: Person,
    about: Annotated[str, typer.Option(help="refusal, postponement, conditions or costs.")],
    text: Text,
    condition: Annotated[list[str] | None, typer.Option(help="A condition you propose; again for more.")] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Consult the other State, before help is refused, postponed or given on conditions (art. 40(28)), or on costs.

    \b
    Example: comity case consult 4f2a -c xb/comity.toml --as olga --about postponement \\
    --text "a trial here is open on the same account"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(
            consult_peer.consult(node.office, person, found.id, about=about, text=text, conditions=condition or ()),
            as_json,
        )


@app.command("reply")
def reply(
    case_id: CaseId,
    config: Config,
    person: Person,
    text: Text,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Answer the other State's consultation: the oldest one that is open.

    \b
    Example: comity case reply 77b0 -c xa/comity.toml --as bo --text "subscriber information would do until then"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(consult_peer.reply(node.office, person, found.id, text=text), as_json)


@app.command("conditions")
def conditions(
    case_id: CaseId,
    config: Config,
    person: Person,
    accept: Annotated[bool, typer.Option("--accept/--decline", help="Whether you accept all conditions.")],
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As the requesting State: accept the conditions of a grant, and be bound by them, or decline (art. 40(28)).

    Where they are declined, the request stands undecided again.

    \b
    Example: comity case conditions 77b0 -c xa/comity.toml --as bo --accept --reasons "our law keeps it so"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(consult_peer.answer_conditions(node.office, person, found.id, accept=accept, reasons=reasons), as_json)


@app.command("postpone")
def postpone(
    case_id: CaseId,
    config: Config,
    person: Person,
    reasons: Reasons,
    look_again: Annotated[datetime, typer.Option(formats=_DAY, help="When you will look at it again.")],
    consulted_otherwise: Annotated[
        str, typer.Option(help="How the two States consulted first, where not by comity: when, with whom.")
    ] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Put execution off for a proceeding of your own (art. 40(27)), after consultation. Preservation is never put off.

    \b
    Example: comity case postpone 4f2a -c xb/comity.toml --as rita --look-again 2027-03-01 \\
    --reasons "a trial here is open on the same account"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        moved = postpone_request.postpone(
            node.office,
            person,
            found.id,
            reasons=reasons,
            look_again=day_of(look_again),
            consulted_otherwise=consulted_otherwise,
        )
        tell(moved, as_json)


@app.command("resume")
def resume(
    case_id: CaseId,
    config: Config,
    person: Person,
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Take up again what was put off; it is then granted or refused as any other.

    \b
    Example: comity case resume 4f2a -c xb/comity.toml --as rita --reasons "the trial is over"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(postpone_request.resume(node.office, person, found.id, reasons=reasons), as_json)
