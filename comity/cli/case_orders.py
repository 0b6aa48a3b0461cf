"""`comity case`: questions on an order, its lifting, and oversight's stop, from a terminal."""

import typer

from comity.cli.case import Reasons
from comity.cli.case_answers import Text
from comity.cli.case_view import CaseId, tell
from comity.cli.session import Config, Json, PassphraseFile, Person, opened
from comity.workflows import clarify_order, freeze_case, lift_order, read_cases

app = typer.Typer()


@app.command("question")
def question(
    case_id: CaseId,
    config: Config,
    person: Person,
    text: Text,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As a provider: ask the authority what its order means. The order stands; to object is another command.

    \b
    Example: comity case question 77b0 -c provider/comity.toml --as lee --text "which of the two accounts?"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(clarify_order.question(node.office, person, found.id, text=text), as_json)


@app.command("clarify")
def clarify(
    case_id: CaseId,
    config: Config,
    person: Person,
    text: Text,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As the authority: answer the provider's question about your order.

    \b
    Example: comity case clarify 4f2a -c xb/comity.toml --as dan --text "the one of 192.0.2.45"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(clarify_order.clarify(node.office, person, found.id, text=text), as_json)


@app.command("lift")
def lift(
    case_id: CaseId,
    config: Config,
    person: Person,
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Lift your order, once the request was withdrawn or refused or has lapsed: the provider lets the copies go.

    \b
    Example: comity case lift 4f2a -c xb/comity.toml --as dan --reasons "the request was withdrawn"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(lift_order.lift(node.office, person, found.id, reasons=reasons), as_json)


@app.command("let-go")
def let_go(
    case_id: CaseId,
    config: Config,
    person: Person,
    text: Text,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As a provider: confirm that you keep nothing any more for an order that was lifted.

    \b
    Example: comity case let-go 77b0 -c provider/comity.toml --as lee --text "deleted on 9 December"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(lift_order.let_go(node.office, person, found.id, text=text), as_json)


@app.command("freeze")
def freeze(
    case_id: CaseId,
    config: Config,
    person: Person,
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As oversight: stop all that would send, disclose or let go anything of a case. The other State is not told.

    Preservation is ordered and confirmed all the same, and what comes is entered. Only oversight lifts it.

    \b
    Example: comity case freeze 4f2a -c xb/comity.toml --as otto --reasons "a complaint says it is about a journalist"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(freeze_case.freeze(node.office, person, found.id, reasons=reasons), as_json)


@app.command("unfreeze")
def unfreeze(
    case_id: CaseId,
    config: Config,
    person: Person,
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As oversight: let a frozen case go on. What was held goes out.

    \b
    Example: comity case unfreeze 4f2a -c xb/comity.toml --as otto --reasons "the complaint was looked into"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(freeze_case.unfreeze(node.office, person, found.id, reasons=reasons), as_json)
