"""For anyone: who has signed, who is bound, what has been declared; and what stands between two States on a day.

Each page is also JSON and CSV. The register is of real States; in an exercise the page says so.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from starlette.responses import Response

from comity.base.errors import Malformed, Mistake
from comity.base.ids import StateCode, is_exercise_state, state_code
from comity.treaty import periods
from comity.treaty.assess import BOOKS
from comity.treaty.book import RuleBook
from comity.treaty.data import declared, packaged
from comity.treaty.declarations import Declarations, declarations_of
from comity.treaty.participation import Participation, Register, load_register, write_register
from comity.treaty.standing import LegalBasis, Standing
from comity.web.site import Visit
from comity.web.told import told
from comity.web.twins import OPEN_TO_ALL, as_csv, as_json, as_problem
from comity.web.words import N_

BASIS_COLUMNS: Final = ("a", "b", "on", "instrument", "title", "standing", "why_not", "to_confirm")
STANDINGS: Final = {
    Standing.STANDS: N_("stands"),
    Standing.TO_CONFIRM: N_("a person has to confirm it first"),
    Standing.MISSING: N_("does not stand"),
}


def get_register(visit: Visit) -> Response:
    register, today = load_register(), visit.office.clock.now().day
    return visit.page(
        "register.html",
        entries=register.entries,
        signatories=len(register.signatories(today)),
        parties=[one for one in register.parties(today) if not one.is_organisation],
        missing=register.instruments_missing(today),
        needed=periods.count("instruments_needed", today),
        in_force=register.entry_into_force(),
        unconfirmed=len(register.unconfirmed()),
        binding=register.binding_since,
        declared=_declared,
        sources={text: number for number, text in enumerate(dict.fromkeys(one.source for one in register.entries), 1)},
    )


def get_register_json(visit: Visit) -> Response:
    register, today = load_register(), visit.office.clock.now().day
    document = {
        "on": today.isoformat(),
        "signatories": len(register.signatories(today)),
        "parties": [one.state for one in register.parties(today)],
        "instruments_needed": periods.count("instruments_needed", today),
        "instruments_missing": register.instruments_missing(today),
        "entry_into_force": _iso(register.entry_into_force()),
        "entries": [_entry(register, one) for one in register.entries],
    }
    return as_json(document, is_public=True)


def get_register_csv(_: Visit) -> Response:
    """As it is packaged, so that `comity party` can read it back."""
    headers = {**OPEN_TO_ALL, "content-disposition": 'attachment; filename="participation.csv"'}
    return Response(write_register(load_register()), media_type="text/csv; charset=utf-8", headers=headers)


def _entry(register: Register, one: Participation) -> dict[str, object]:
    position = _declared(one.state)
    return {
        "state": one.state,
        "name": one.name,
        "signed_on": _iso(one.signed_on),
        "signed_no_later_than": _iso(one.signed_no_later_than),
        "consent": one.consent_kind,
        "consent_on": one.consent_on.text if one.consent_on else None,
        "bound_since": _iso(register.binding_since(one.state)),
        "denounced_on": _iso(one.denounced_on),
        "reservations": [
            {"provision": held.provision, "about": held.about, "kind": held.kind.value, "source": held.source}
            for held in (position.reservations if position else ())
        ],
        "reported": [{"about": said.about, "source": said.source} for said in (position.reported if position else ())],
        "source": one.source,
    }


def _declared(state: StateCode) -> Declarations | None:
    """What is on file of a State's declarations; None where nothing is."""
    found = declarations_of(state)
    return found if found.reservations or found.reported or found.authorities else None


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


# What stands between two States


@dataclass(frozen=True, slots=True)
class Between:
    """One instrument between two States on a day."""

    book: RuleBook
    found: LegalBasis


@dataclass(frozen=True, slots=True)
class Pair:
    """Two States and a day, as the address asks."""

    a: StateCode
    b: StateCode
    on: date


def get_basis(visit: Visit) -> Response:
    values = {name: visit.query(name).strip() for name in ("a", "b", "on")}
    mistakes: list[Mistake] = []
    pair, status = None, 200
    if values["a"] or values["b"]:
        try:
            pair = _pair(visit)
        except Malformed as error:
            mistakes, status = [told(error, tuple(values))], 422
    context: dict[str, Any] = {
        "values": values,
        "mistakes": mistakes,
        "pair": pair,
        "between": _between(pair) if pair else (),
        "is_invented": pair is not None and any(is_exercise_state(one) for one in (pair.a, pair.b)),
        "choices": _names(),
        "standings": STANDINGS,
    }
    return visit.page("basis.html", status, **context)


def get_basis_json(visit: Visit) -> Response:
    try:
        pair = _pair(visit)
    except Malformed as error:
        return as_problem(error)
    return as_json({"a": pair.a, "b": pair.b, "on": pair.on.isoformat(), "bases": [*_rows(pair)]}, is_public=True)


def get_basis_csv(visit: Visit) -> Response:
    try:
        return as_csv("basis.csv", BASIS_COLUMNS, _rows(_pair(visit)), is_public=True)
    except Malformed as error:
        return as_problem(error)


def _pair(visit: Visit) -> Pair:
    """Raises Malformed naming the field."""
    states = []
    for name in ("a", "b"):
        try:
            states.append(state_code(visit.query(name).strip()))
        except Malformed as error:
            raise Malformed(error.what, where=name, hint=error.hint) from None
    if states[0] == states[1]:
        raise Malformed("the same State twice", where="b", hint="a legal basis is between two")
    text = visit.query("on").strip()
    try:
        on = date.fromisoformat(text) if text else visit.office.clock.now().day
    except ValueError:
        raise Malformed("not a day", where="on", hint="as 2026-11-22") from None
    return Pair(states[0], states[1], on)


def _between(pair: Pair) -> tuple[Between, ...]:
    return tuple(Between(book, book.binding(pair.a, pair.b, pair.on)) for book in BOOKS)


def _rows(pair: Pair) -> Iterator[dict[str, object]]:
    for one in _between(pair):
        yield {
            "a": pair.a,
            "b": pair.b,
            "on": pair.on.isoformat(),
            "instrument": one.book.instrument or "uncc",
            "title": one.book.title,
            "standing": one.found.standing.value,
            "why_not": list(one.found.missing),
            "to_confirm": list(one.found.to_confirm),
        }


@cache
def _names() -> tuple[tuple[str, str], ...]:
    """Every State that can be chosen, by name; the invented ones last."""
    rows = csv.DictReader(io.StringIO(packaged("participant_names.csv").decode("utf-8"), newline=""))
    named = {row["iso3166_alpha2"]: row["name"] for row in rows}
    invented = {code.upper(): declarations_of(StateCode(code.upper())).name for code in declared()}
    ours = {code: name for code, name in invented.items() if is_exercise_state(StateCode(code))}
    return (*sorted(named.items(), key=lambda one: one[1]), *sorted(ours.items()))
