"""Laws of the law: what a gap or a reservation can never do, and what never matters."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import tomlkit
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comity.base.ids import StateCode
from comity.base.mode import Mode
from comity.treaty.assess import BOOKS, Assessment, Outcome, assess
from comity.treaty.citation import catalogue
from comity.treaty.declarations import Declarations, Reservation, ReservationKind, declarations_of
from comity.treaty.findings import Effect, Finding, Met, NotMet, as_json
from comity.treaty.measures import all_measures
from comity.treaty.participation import load_register
from comity.treaty.request import Request, Sought, read_request
from comity.treaty.terms import DataCategory, Side

Values = dict[str, Any]

ROOT: Final = Path(__file__).parents[2]
FILES: Final = {
    path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sorted(ROOT.glob("examples/**/*.toml"))
}
REQUESTS: Final = [tomlkit.parse(data.decode()).unwrap() for data in FILES.values()]
STATES: Final = [declarations_of(StateCode(code)) for code in ("XA", "XB", "XC")]
ON: Final = date(2026, 12, 4)

REQUIRED: Final = (
    "authority",
    "conducting_authority",
    "subject",
    "stage",
    "facts",
    "purpose",
    "necessity",
    "language",
    "assistance_will_follow",
    "offence.name",
    "offence.law",
    "offence.max_penalty_years",
    "confidentiality.reasons",
    "confidentiality.until",
    "measures.data",
    "measures.relation",
    "measures.identifiers",
    "measures.location",
    "measures.custodian",
    "measures.period_from",
    "measures.period_to",
    "measures.period_days",
    "measures.duration_justification",
    "measures.order",
    "measures.extent",
)
"""What articles 40(14)-(15), 42(3), 45(3) and 50 ask of a request, by whichever measure; of a measure: of each."""

DATES: Final = st.dates(date(2026, 1, 1), date(2027, 12, 31))
ARTICLES: Final = [str(article) for article in range(7, 18)]
INSTRUMENTS: Final = [one.instrument for one in BOOKS]


def _texts(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *values])


@st.composite
def measures(draw: st.DrawFn, instrument: str) -> Values:
    """Any measure of an instrument, with or without each of its fields."""
    optional = {
        "data": _texts("Access logs of one account.", "all users of the site"),
        "relation": _texts("The account holder sent the demands."),
        "categories": st.lists(st.sampled_from([one.value for one in DataCategory]), max_size=3, unique=True),
        "identifiers": st.lists(st.sampled_from(["192.0.2.45", "192.0.2.0/24", "*@mail.example"]), max_size=2),
        "location": _texts("State XB"),
        "period_from": DATES,
        "period_to": DATES,
        "period_days": st.integers(1, 400),
        "order": _texts("Order of a court of State XA, 3 November 2026."),
        "privileged": st.lists(st.just("lawyer_client"), max_size=1),
    }
    listed = all_measures(instrument) or all_measures()
    name = draw(st.sampled_from([one.name for one in listed]))
    return {"measure": name} | draw(st.fixed_dictionaries({}, optional=optional))


@st.composite
def requests(draw: st.DrawFn) -> Values:
    """An example of examples/ between any two invented States, its offence, measures and statements changed at will."""
    values = dict(draw(st.sampled_from(REQUESTS)))
    states = st.sampled_from([one.state for one in STATES])
    values |= {"requesting": draw(states), "requested": draw(states)}
    values["instrument"] = draw(st.just("") | st.sampled_from(INSTRUMENTS))
    changes = {
        "language": st.sampled_from(["en", "ar", "zz"]),
        "stage": st.sampled_from(["investigation", "prosecution", "proceeding"]),
        "urgent": st.booleans(),
        "purpose": _texts("To identify the holder of the account."),
        "necessity": _texts("Logs are overwritten after thirty days."),
        "proportionality": _texts("It is necessary and proportionate."),
        "offence": st.fixed_dictionaries(
            {},
            optional={
                "article": st.sampled_from([*ARTICLES, "19", "4", "99"]),
                "name": _texts("Fraud", "Insult of the head of State"),
                "max_penalty_years": st.integers(0, 12),
            },
        ),
        "confidentiality": st.fixed_dictionaries({"wanted": st.booleans()}, optional={"until": DATES}),
        "measures": st.lists(measures(values["instrument"]), max_size=3),
    }
    return values | draw(st.fixed_dictionaries({}, optional=changes))


def _judged(request: Request, side: Side, *declared: Declarations) -> Assessment:
    """Seen as an exercise; the States' declarations are those on file, but for those given."""
    named = {one.state: one for one in (*STATES, *declared)}
    return assess(
        request,
        requesting=named.get(request.requesting) or declarations_of(request.requesting),
        requested=named.get(request.requested) or declarations_of(request.requested),
        register=load_register(),
        on=ON,
        side=side,
        mode=Mode.EXERCISE,
    )


def _request(values: Mapping[str, Any]) -> Request:
    return msgspec.convert(values, Request)


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.measure, str(finding.basis)


def _stops(findings: Iterable[Finding]) -> set[tuple[str, str, str]]:
    return {_key(one) for one in findings if isinstance(one, NotMet) and one.effect is Effect.STOP}


def _met(findings: Iterable[Finding]) -> set[tuple[str, str, str]]:
    held = {_key(one) for one in findings if isinstance(one, Met)}
    return held - {_key(one) for one in findings if not isinstance(one, Met)}


def _without(values: Values, field: str) -> Values:
    """The request without a field; without it in every measure where it is one of theirs."""
    name, _, inner = field.partition(".")
    copy = dict(values)
    if not inner:
        copy.pop(name, None)
    elif name == "measures":
        copy[name] = [{key: kept for key, kept in one.items() if key != inner} for one in values.get(name, ())]
    elif name in copy:
        copy[name] = {key: kept for key, kept in values[name].items() if key != inner}
    return copy


@pytest.mark.parametrize("side", Side)
@given(values=requests(), field=st.sampled_from(REQUIRED))
@settings(max_examples=250)
def test_taking_a_required_field_away_never_turns_a_stop_into_met(side: Side, values: Values, field: str) -> None:
    less = _without(values, field)
    assume(less != values)
    assume(not _asks_about_everybody(values) or field != "measures.identifiers")
    before, after = _judged(_request(values), side), _judged(_request(less), side)
    assert not _stops(before.findings) & _met(after.findings)
    assert not (before.stops and after.outcome is Outcome.MET)


def _asks_about_everybody(values: Values) -> bool:
    """A wildcard stops a request by being there: who takes it away mends it, and `screens.bulk` looks at the rest."""
    return any("*" in name for one in values.get("measures", ()) for name in one.get("identifiers", ()))


ASKED: Final = {
    "preservation": "authority offence.name facts necessity measures.data measures.relation assistance_will_follow",
    "production": "authority conducting_authority subject stage facts language purpose measures.data",
}
"""Of each request of examples/investment-scam, what its list of contents asks for by itself: 42(3), and 40(14)-(15)."""


@pytest.mark.parametrize("name", ASKED)
def test_each_content_that_its_list_asks_for_stops_the_sender_by_its_lack(name: str) -> None:
    whole = tomlkit.parse(FILES[f"examples/investment-scam/{name}.toml"].decode()).unwrap()
    assert not _judged(_request(whole), Side.REQUESTING).stops
    for field in ASKED[name].split():
        less = _request(_without(whole, field))
        assert _judged(less, Side.REQUESTING).stops, field
        assert not _judged(less, Side.REQUESTED).stops, field
        assert _judged(less, Side.REQUESTED).asks, field


@pytest.mark.parametrize("field", REQUIRED)
def test_every_required_field_is_one_that_a_request_has(field: str) -> None:
    name, _, inner = field.partition(".")
    assert name in Request.__struct_fields__
    if name == "measures":
        assert inner in Sought.__struct_fields__


RESERVATIONS: Final = st.builds(
    Reservation,
    provision=st.sampled_from([*ARTICLES, "42(5)", "40(8)", *sorted(catalogue())]),
    about=st.just("It does not consider itself bound by this provision."),
    since=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    source=st.just("invented for a law"),
    kind=st.sampled_from(ReservationKind),
)


@pytest.mark.parametrize("side", Side)
@given(values=requests(), reservation=RESERVATIONS, whose=st.sampled_from(["requesting", "requested"]))
@settings(max_examples=250)
def test_a_reservation_more_never_takes_a_stop_away(
    side: Side, values: Values, reservation: Reservation, whose: str
) -> None:
    request = _request(values)
    own = declarations_of(values[whose])
    more = msgspec.structs.replace(own, reservations=(*own.reservations, reservation))
    assert _stops(_judged(request, side).findings) <= _stops(_judged(request, side, more).findings)


def _as_text(findings: Iterable[Finding]) -> bytes:
    return json.dumps([as_json(one) for one in findings], ensure_ascii=False).encode()


def _toml(values: Mapping[str, Any], shuffle: Callable[[list[str]], list[str]], head: str = "") -> str:
    """TOML text with the fields of every table, and the tables themselves, in an order of the caller's."""
    lines, below = [head] if head else [], []
    for name in shuffle(list(values)):
        value = values[name]
        if isinstance(value, dict):
            below.append(_toml(value, shuffle, f"[{name}]"))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            below += [_toml(one, shuffle, f"[[{name}]]") for one in value]
        else:
            lines.append(f"{name} = {tomlkit.item(value).as_string()}")
    return "\n".join([*lines, *below])


@given(values=requests(), side=st.sampled_from(Side), data=st.data())
@settings(max_examples=100)
def test_the_order_of_fields_changes_nothing(values: Values, side: Side, data: st.DataObject) -> None:
    straight = read_request(_toml(values, list).encode(), "as it was")
    mixed = read_request(_toml(values, lambda names: data.draw(st.permutations(names))).encode(), "mixed")
    assert _as_text(_judged(mixed, side).findings) == _as_text(_judged(straight, side).findings)


@given(values=requests(), side=st.sampled_from(Side))
def test_the_same_request_has_the_same_findings_byte_for_byte(values: Values, side: Side) -> None:
    first = _as_text(_judged(_request(values), side).findings)
    assert _as_text(_judged(_request(values), side).findings) == first


def test_the_findings_are_the_same_in_another_process() -> None:
    """Sets are walked in another order there: nothing that is shown may hang on it."""
    program = (
        "from tests.properties.test_treaty_laws import FILES, Side, _as_text, _judged, read_request\n"
        "import sys\n"
        "for name, data in FILES.items():\n"
        "    for side in Side:\n"
        "        sys.stdout.buffer.write(_as_text(_judged(read_request(data, name), side).findings))\n"
    )
    told = []
    for seed in ("1", "2", "77"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        ran = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, check=True
        )
        told.append(ran.stdout)
    assert told[0]
    assert set(told) == {told[0]}
