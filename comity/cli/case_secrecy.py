"""`comity case`: secrecy, its end, and the notice that follows, from a terminal."""

from datetime import datetime
from typing import Annotated

import typer

from comity.cases.case import Case
from comity.cli.case import Reasons
from comity.cli.case_step import DAY, Step, day_of, step
from comity.workflows import keep_secrecy

app = typer.Typer()


@step(app, "extend-secrecy")
def extend_secrecy(
    at: Step, *, until: Annotated[datetime, typer.Option(formats=DAY, help="The new last day.")], reasons: Reasons
) -> Case:
    """As a reviewer who had no part in the request: keep the case secret until a later day.

    \b
    Example: comity case extend-secrecy 4f2a -c xa/comity.toml --as rose --until 2027-03-01 \\
    --reasons "a second suspect was found"
    """
    return keep_secrecy.extend(at.office, at.person, at.case, until=day_of(until), reasons=reasons)


@step(app, "end-secrecy")
def end_secrecy(at: Step, *, reasons: Reasons) -> Case:
    """End secrecy before its day: a notice to the person concerned falls due.

    \b
    Example: comity case end-secrecy 4f2a -c xa/comity.toml --as rose --reasons "arrests were made"
    """
    return keep_secrecy.end(at.office, at.person, at.case, reasons=reasons)


@step(app, "notify")
def notify(
    at: Step,
    *,
    to: Annotated[str, typer.Option(help="Who was told.")],
    how: Annotated[str, typer.Option(help="How they were told.")],
    on: Annotated[datetime | None, typer.Option(formats=DAY, help="On which day; today if not given.")] = None,
) -> Case:
    """Record that the person concerned was told, once secrecy has ended.

    \b
    Example: comity case notify 4f2a -c xa/comity.toml --as bo --to "the holder of the account" --how "by letter"
    """
    day = day_of(on) if on else None
    return keep_secrecy.give_notice(at.office, at.person, at.case, to=to, how=how, on=day)


@step(app, "withhold-notice")
def withhold_notice(at: Step, *, reasons: Reasons) -> Case:
    """Propose that no notice be given. It stays due until oversight agrees.

    \b
    Example: comity case withhold-notice 4f2a -c xa/comity.toml --as bo --reasons "the person would be in danger"
    """
    return keep_secrecy.withhold_notice(at.office, at.person, at.case, reasons=reasons)


@step(app, "waive-notice")
def waive_notice(at: Step, *, reasons: Reasons) -> Case:
    """As oversight: agree that no notice is given, where somebody else has proposed it.

    \b
    Example: comity case waive-notice 4f2a -c xb/comity.toml --as otto --reasons "the danger was shown"
    """
    return keep_secrecy.waive_notice(at.office, at.person, at.case, reasons=reasons)
