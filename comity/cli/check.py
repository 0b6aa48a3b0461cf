"""`comity check`: assess the facts of a request against the treaty; nothing is sent, stored or logged."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.clock import SystemClock
from comity.adapters.files import read_limited
from comity.base.errors import Malformed
from comity.base.ids import is_exercise_state
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.cli import check_urgency, law_coverage, output
from comity.cli.options import Json
from comity.treaty.assess import Assessment, Outcome, Side, assess, book_of
from comity.treaty.declarations import declarations_of
from comity.treaty.findings import Finding, Met, NeedsDecision, Verdict, verdict
from comity.treaty.findings import as_json as finding_as_json
from comity.treaty.participation import load_register
from comity.treaty.request import REQUEST_LIMIT, Request, read_request
from comity.treaty.terms import Role

EXIT_CODES = {Outcome.MET: 0, Outcome.NOT_MET: 1, Outcome.NEEDS_DECISION: 2}

_COLOURS = {
    Verdict.STOP: "bold red",
    Verdict.DECIDE: "bold yellow",
    Verdict.ASK: "magenta",
    Verdict.NOTE: "cyan",
    Verdict.MET: "green",
}
_ROLES = {
    Role.DUTY_OFFICER: "the duty officer",
    Role.CASE_LAWYER: "a case lawyer",
    Role.REVIEWER: "a reviewer independent of the case",
    Role.REQUESTED_AUTHORITY: "the central authority of the requested State",
}
_WORDS = {
    Outcome.MET: "all conditions are met",
    Outcome.NOT_MET: "conditions are not met",
    Outcome.NEEDS_DECISION: "a person must decide",
}


def check(
    file: Annotated[
        Path | None, typer.Argument(help="The request's facts, as a TOML file.", show_default=False)
    ] = None,
    as_json: Json = False,
    side: Annotated[
        Side, typer.Option("--as", "--side", help="On whose side of the request we stand.")
    ] = Side.REQUESTING,
    live: Annotated[bool, typer.Option("--live", help="Assess as a live request, not as an exercise.")] = False,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to assess for; today if not given.")
    ] = None,
    explain: Annotated[
        str, typer.Option(metavar="CODE", help="Explain a rule or a provision, as scope.offence or 42(8); no file.")
    ] = "",
) -> None:
    """Check a request against the treaty: what is met, what is missing, what a person must decide.

    Nothing is sent or stored. Exit code: 0 met, 1 not met, 2 a person must decide, 64 the file does not parse.

    \b
    Example: comity check examples/investment-scam/preservation.toml
    \b
    Example: comity check --explain preservation.least
    """
    if explain:
        law_coverage.show_explanation(explain, as_json=as_json)
        return
    if file is None:
        raise Malformed("no request is named", where="FILE", hint="comity check FILE, or comity check --explain CODE")
    request = read_request(read_limited(file, REQUEST_LIMIT), str(file))
    mode = Mode.LIVE if live else Mode.EXERCISE
    day = SystemClock().now().day if on is None else on.date()
    assessment = assess(
        request,
        requesting=declarations_of(request.requesting),
        requested=declarations_of(request.requested),
        register=load_register(),
        on=day,
        side=side,
        mode=mode,
    )
    at = SystemClock().now() if on is None else Instant.of(on.replace(tzinfo=UTC))
    order = check_urgency.order_of(request, assessment, side, at)
    if as_json:
        output.emit_json({**_as_json(assessment, mode, side, day), "urgency": check_urgency.as_json(order)})
    else:
        _show(request, assessment, mode, side, day)
        check_urgency.show(order)
    raise typer.Exit(EXIT_CODES[assessment.outcome])


def _as_json(assessment: Assessment, mode: Mode, side: Side, day: date) -> dict[str, object]:
    return {
        "ok": assessment.outcome is Outcome.MET,
        "outcome": assessment.outcome.value,
        "mode": mode.value,
        "side": side.value,
        "on": day.isoformat(),
        "counts": _counts(assessment),
        "findings": [finding_as_json(finding) for finding in assessment.findings],
    }


def _counts(assessment: Assessment) -> dict[str, int]:
    verdicts = [verdict(finding) for finding in assessment.findings]
    return {one.value: verdicts.count(one) for one in Verdict}


def _show(request: Request, assessment: Assessment, mode: Mode, side: Side, day: date) -> None:
    output.result(f"[bold]{_banner(request, mode)}[/]")
    output.result(f"{request.requesting} asks {request.requested}; assessed on {day} from the {side} side.")
    if request.source:
        output.result(f"Source of the facts: {output.clean(request.source)}")
    for shown in Verdict:
        _show_all(assessment, shown)
    output.result()
    counts = ", ".join(f"{number} {name}" for name, number in _counts(assessment).items() if number)
    output.result(f"[bold]Result: {_WORDS[assessment.outcome]}[/] ({counts})")


def _show_all(assessment: Assessment, shown: Verdict) -> None:
    """The findings of one verdict, those on the whole request first, then measure by measure."""
    findings = [finding for finding in assessment.findings if verdict(finding) is shown]
    for measure in sorted({finding.measure for finding in findings}, key=_order_of(assessment).index):
        output.result()
        output.result(f"[bold]{output.clean(measure) if measure else 'The request as a whole'}[/]")
        for finding in findings:
            if finding.measure == measure:
                _show_finding(finding, shown)


def _order_of(assessment: Assessment) -> list[str]:
    return list(dict.fromkeys(["", *(finding.measure for finding in assessment.findings)]))


def _banner(request: Request, mode: Mode) -> str:
    if mode is Mode.LIVE:
        book = book_of(request.instrument)
        named = book.title if book and book.instrument else "Convention"
        return f"LIVE: assessed as a request under the {named} in force"
    invented = is_exercise_state(request.requesting) and is_exercise_state(request.requested)
    if invented:
        return f"{mode.stamp}: between invented States; nothing here is a real request"
    return f"{mode.stamp}, hypothetical: as if the Convention bound both States; nothing can be sent on it"


def _show_finding(finding: Finding, shown: Verdict) -> None:
    basis = "" if str(finding.basis) == "treaty" else f" [dim]({output.clean(str(finding.basis))})[/]"
    colour = _COLOURS[shown]
    output.result(f"  [{colour}]{shown.value:<6}[/] {finding.title}, {output.clean(str(finding.citation))}{basis}")
    output.result(f"         {output.clean(finding.why)}")
    if isinstance(finding, NeedsDecision):
        output.result(f"         who: {_ROLES[finding.who]}")
    if not isinstance(finding, Met):
        output.result(f"         do:  {output.clean(finding.todo)}")
        output.result(f"         rule: {finding.rule}")
