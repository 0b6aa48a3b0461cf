"""`comity case`: secrecy, its end, and the notice that follows, from a terminal."""

from datetime import datetime
from typing import Annotated

import typer

from comity.cli.case import Reasons
from comity.cli.case_answers import day_of
from comity.cli.case_view import CaseId, tell
from comity.cli.session import Config, Json, PassphraseFile, Person, opened
from comity.workflows import keep_secrecy, read_cases

app = typer.Typer()
_DAY = ["%Y-%m-%d"]


@app.command("extend-secrecy")
def extend_secrecy(
    case_id: CaseId,
    config: Config,
    person: Person,
    until: Annotated[datetime, typer.Option(formats=_DAY, help="The new last day.")],
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As a reviewer who had no part in the request: keep the case secret until a later day.

    \b
    Example: comity case extend-secrecy 4f2a -c xa/comity.toml --as rose --until 2027-03-01 \\
    --reasons "a second suspect was found"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(keep_secrecy.extend(node.office, person, found.id, until=day_of(until), reasons=reasons), as_json)


@app.command("end-secrecy")
def end_secrecy(
    case_id: CaseId,
    config: Config,
    person: Person,
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """End secrecy before its day: a notice to the person concerned falls due.

    \b
    Example: comity case end-secrecy 4f2a -c xa/comity.toml --as rose --reasons "arrests were made"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(keep_secrecy.end(node.office, person, found.id, reasons=reasons), as_json)


@app.command("notify")
def notify(
    case_id: CaseId,
    config: Config,
    person: Person,
    to: Annotated[str, typer.Option(help="Who was told.")],
    how: Annotated[str, typer.Option(help="How they were told.")],
    on: Annotated[datetime | None, typer.Option(formats=_DAY, help="On which day; today if not given.")] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Record that the person concerned was told, once secrecy has ended.

    \b
    Example: comity case notify 4f2a -c xa/comity.toml --as bo --to "the holder of the account" --how "by letter"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        day = day_of(on) if on else None
        tell(keep_secrecy.give_notice(node.office, person, found.id, to=to, how=how, on=day), as_json)


@app.command("withhold-notice")
def withhold_notice(
    case_id: CaseId,
    config: Config,
    person: Person,
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Propose that no notice be given. It stays due until oversight agrees.

    \b
    Example: comity case withhold-notice 4f2a -c xa/comity.toml --as bo --reasons "the person would be in danger"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(keep_secrecy.withhold_notice(node.office, person, found.id, reasons=reasons), as_json)


@app.command("waive-notice")
def waive_notice(
    case_id: CaseId,
    config: Config,
    person: Person,
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As oversight: agree that no notice is given, where somebody else has proposed it.

    \b
    Example: comity case waive-notice 4f2a -c xb/comity.toml --as otto --reasons "the danger was shown"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(keep_secrecy.waive_notice(node.office, person, found.id, reasons=reasons), as_json)
