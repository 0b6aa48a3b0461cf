"""`comity law basis`: which instruments stand open between two States on a day, and how they differ for a measure."""

from datetime import date, datetime
from typing import Annotated

import typer

from comity.adapters.clock import SystemClock
from comity.base.errors import Malformed
from comity.base.ids import StateCode, is_exercise_state, state_code
from comity.cli import output
from comity.cli.options import Json
from comity.treaty.assess import BOOKS
from comity.treaty.book import RuleBook
from comity.treaty.citation import Citation, Confidence
from comity.treaty.comparison import Point, points_for
from comity.treaty.findings import CAUTION
from comity.treaty.standing import LegalBasis, Standing

EXIT_CODES = {Standing.STANDS: 0, Standing.TO_CONFIRM: 2, Standing.MISSING: 1}

_WORDS = {
    Standing.STANDS: "stands",
    Standing.TO_CONFIRM: "to confirm: a person reads the depositary's list first",
    Standing.MISSING: "does not stand",
}
_COLOURS = {Standing.STANDS: "bold green", Standing.TO_CONFIRM: "bold yellow", Standing.MISSING: "bold red"}

NOT_KNOWN_HERE = (
    "Treaties between the two alone, other conventions on mutual assistance, and reciprocity are not on record here: "
    "ask which stand."
)


def basis(
    a: Annotated[str, typer.Argument(help="One State, as BR (ISO 3166).")],
    b: Annotated[str, typer.Argument(help="The other.")],
    measure: Annotated[str, typer.Option("--measure", help="What is to be asked for.")] = "expedited_preservation",
    on: Annotated[
        datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day to look at; today if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say which legal bases stand open between two States that day, or what is missing, and how they differ.

    Exit code: 0 one stands, 2 one stands if a person confirms it, 1 none does.

    \b
    Example: comity law basis BR EE --measure expedited_preservation --on 2026-11-22
    """
    one, other, day = state_code(a), state_code(b), SystemClock().now().day if on is None else on.date()
    if one == other:
        raise Malformed("the same State twice", hint="a legal basis is between two")
    names = {kind.name for book in BOOKS for kind in book.measures}
    if measure not in names:
        raise Malformed(f"no such measure: {measure}", hint=f"one of {', '.join(sorted(names))}")
    found = [(book, _open(book, one, other, measure, day)) for book in BOOKS]
    best = min((standing.standing for book, standing in found if book.carried), key=list(Standing).index)
    open_ = [book for book, standing in found if standing.standing is not Standing.MISSING and book.carried]
    compared = open_ or [book for book in BOOKS if book.carried]
    if as_json:
        output.emit_json(
            {
                "ok": best is Standing.STANDS,
                "a": one,
                "b": other,
                "measure": measure,
                "on": day.isoformat(),
                "standing": best.value,
                "bases": [_basis(book, standing, measure) for book, standing in found],
                "differences": [_point(point, compared, day) for point in points_for(measure)],
                "not_known_here": NOT_KNOWN_HERE,
            }
        )
    else:
        _show(found, compared, measure, one, other, day)
    raise typer.Exit(EXIT_CODES[best])


def _open(book: RuleBook, a: StateCode, b: StateCode, measure: str, day: date) -> LegalBasis:
    """Whether the instrument is open for the measure: it binds both, and has it."""
    found = book.binding(a, b, day)
    if not book.carried or book.measure(measure) is not None:
        return found
    return LegalBasis(False, (*found.missing, f"It has no measure {measure}."), found.to_confirm)


def _basis(book: RuleBook, found: LegalBasis, measure: str) -> dict[str, object]:
    kind = book.measure(measure)
    return {
        "instrument": book.instrument,
        "name": book.name,
        "title": book.title,
        "standing": found.standing.value,
        "missing": list(found.missing),
        "to_confirm": list(found.to_confirm),
        "has_measure": kind is not None,
        "measure_citation": str(kind.cited) if kind else "",
        "carried": kind is not None and kind.is_carried,
    }


def _point(point: Point, books: list[RuleBook], day: date) -> dict[str, object]:
    said = [(book, told) for book in books if (told := point.by(book.instrument)) is not None]
    return {
        "point": point.name,
        "title": point.title,
        "said": [
            {
                "instrument": book.instrument,
                "text": told.told(day),
                "citation": str(told.cited),
                "confidence": told.cited.confidence.value,
            }
            for book, told in said
        ],
    }


def _show(
    found: list[tuple[RuleBook, LegalBasis]],
    compared: list[RuleBook],
    measure: str,
    a: StateCode,
    b: StateCode,
    day: date,
) -> None:
    output.result(f"[bold]{a} and {b}, {output.clean(measure)}, on {day}[/]")
    for book, standing in found:
        output.result()
        colour = _COLOURS[standing.standing]
        output.result(f"[bold]{output.clean(book.title)}[/]: [{colour}]{_WORDS[standing.standing]}[/]")
        for sentence in (*standing.missing, *standing.to_confirm):
            output.result(f"  {output.clean(sentence)}")
        if about := _of_measure(book, measure):
            output.result(f"  {output.clean(about)}")
    if any(is_exercise_state(state) for state in (a, b)):
        output.result()
        output.result("An invented State is bound by nothing; exercises between invented States may use any rule book.")
    output.result()
    stands = any(standing.standing is not Standing.MISSING for book, standing in found if book.carried)
    one_of = f"What {compared[0].name} says" if len(compared) == 1 else "How they differ"
    output.result(f"[bold]{one_of if stands else 'None is open; how they would differ'}[/]")
    for point in points_for(measure):
        output.result(f"  {point.title}")
        for book in compared:
            if (told := point.by(book.instrument)) is not None:
                output.result(f"    {book.name}: {output.clean(told.told(day))} ({output.clean(str(told.cited))})")
                _caution(told.cited)
    output.say(NOT_KNOWN_HERE)


def _of_measure(book: RuleBook, measure: str) -> str:
    kind = book.measure(measure)
    if not book.carried:
        return "comity has no rules for it yet."
    if kind is None:
        return ""
    return (
        f"{kind.about} ({kind.cited})"
        if kind.is_carried
        else f"It has the measure; comity does not carry it. ({kind.cited})"
    )


def _caution(citation: Citation) -> None:
    if citation.confidence is Confidence.UNSURE:
        output.result(f"      {CAUTION}")
