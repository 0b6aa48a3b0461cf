"""The form of a request: all that a request for preservation or production can say goes through it and comes back."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.ids import StateCode
from comity.cases.secrecy import CODES
from comity.treaty.assess import BOOKS
from comity.treaty.elements import Element
from comity.treaty.request import Confidentiality, Offence, Person, Request, Screens, Sought
from comity.treaty.terms import DataCategory, Risk, Stage
from comity.web.request_form import labelled, persons
from comity.web.request_form.building import read_mended, read_production, read_urgent
from comity.web.request_form.catalogue import FIELDS, INSTRUMENTS
from comity.web.request_form.field import Choice
from comity.web.request_form.filling import defaults, fields_of
from comity.web.request_form.groups import FIELD_OF, GUIDED, URGENT

STATE = StateCode("XA")
PEER = "XB/central-authority"
DAY = date(2026, 11, 22)
LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=20)
NEEDED = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31))
YES_NO = st.none() | st.booleans()


def some(values: object) -> st.SearchStrategy[tuple[object, ...]]:
    """Some of a list, in its order, as boxes give them."""
    listed = list(values)  # type: ignore[call-overload]
    return st.sets(st.sampled_from(listed)).map(lambda chosen: tuple(one for one in listed if one in chosen))


PEOPLE = st.lists(
    st.builds(
        Person,
        name=NEEDED,
        role=LINE,
        nationality=LINE,
        location=LINE,
        country_of_origin=LINE,
        status=some(choice.value for choice in persons.STATUSES),
        age=st.none() | st.integers(0, 150),
    ),
    max_size=3,
).map(tuple)
SCREENS = st.builds(
    Screens,
    **{name: YES_NO for name in Screens.__struct_fields__ if not name.startswith("elements")},
    elements_shown=some(choice.value for choice in FIELDS["elements_shown"].choices).map(
        lambda chosen: tuple(Element(str(one)) for one in chosen)
    ),
)
COMMON = {
    "requesting": st.just(STATE),
    "requested": st.just(StateCode("XB")),
    "made_on": st.just(DAY),
    **dict.fromkeys(("subject", "facts"), NEEDED),
    **dict.fromkeys(
        (
            *("authority", "conducting_authority", "purpose", "necessity", "proportionality", "dual_criminality"),
            *("prior_authorisation", "deadline_reasons", "emergency", "other_treaty", "source", "note"),
            *("emergency_person", "emergency_imminence", "emergency_averts", "emergency_minimum"),
        ),
        LINE,
    ),
    "language": st.sampled_from(["en", "ar", "fr"]),
    "stage": st.sampled_from(Stage),
    "deadline": DAYS,
    "instrument": st.sampled_from([one.value for one in INSTRUMENTS]),
    "emergency_risks": some(Risk),
    "persons": PEOPLE,
    "screens": SCREENS,
    "offence": st.builds(
        Offence,
        article=st.just("13"),
        principal=st.sampled_from(["", "7"]),
        name=NEEDED,
        law=LINE,
        max_penalty_years=st.none() | st.integers(0, 100),
        penalty_in_force_since=DAYS,
        act_committed_on=DAYS,
    ),
    "confidentiality": st.none()
    | st.just(Confidentiality(wanted=False))
    | st.builds(Confidentiality, wanted=st.just(True), until=DAYS, reasons=LINE, code=st.sampled_from(CODES)),
}
SOUGHT = {
    "relation": LINE,
    "identifiers": st.lists(NEEDED, max_size=3, unique=True).map(tuple),
    "custodian": LINE,
    "location": LINE,
    "held_in": st.sampled_from(["", "XC"]),
    "privileged": some(choice.value for choice in FIELDS["privileged"].choices),
    "procedure": LINE,
    "period_from": st.none() | st.just(date(2026, 8, 1)),
    "period_to": st.none() | st.just(date(2026, 11, 1)),
}


@given(
    st.builds(
        Request,
        **COMMON,
        urgent=st.just(True),
        assistance_will_follow=st.booleans(),
        measures=st.builds(
            Sought,
            **SOUGHT,
            measure=st.just("expedited_preservation"),
            data=NEEDED,
            categories=some(DataCategory),
            period_days=st.none() | st.integers(1, 36500),
        ).map(lambda one: (one,)),
    )
)
def test_whatever_a_request_for_preservation_says_can_be_said_in_its_form(request: Request) -> None:
    values = fields_of(request, PEER)
    assert read_urgent(values, STATE, DAY) == (request, PEER, [])
    shown = {one.name for group in URGENT for one in group.fields}
    assert all(name in shown or persons.is_part(name) or not any(values[name]) for name in values.keys() - UNSHOWN)


UNSHOWN = {"measures", "subscriber_data", "stored_data", "stored_categories", "urgent"}
"""What fills the fields of the other kind of request."""


@given(
    st.builds(
        Request,
        **COMMON,
        urgent=st.booleans(),
        measures=st.builds(
            lambda data, both, categories, common: tuple(
                msgspec.structs.replace(common, measure=name, data=data, categories=held)
                for name, held in (
                    ("subscriber_information", (DataCategory.SUBSCRIBER,)),
                    ("production_of_stored_data", categories),
                )
                if both or name == "subscriber_information"
            ),
            NEEDED,
            st.booleans(),
            some((DataCategory.TRAFFIC, DataCategory.CONTENT)),
            st.builds(Sought, **SOUGHT, measure=st.just("")),
        ),
    )
)
def test_whatever_a_request_for_production_says_can_be_said_in_its_pages(request: Request) -> None:
    values = fields_of(request, PEER)
    assert read_production(values, STATE, DAY) == (request, PEER, [])
    mended, mistakes = read_mended(values, request, "stored_data")
    assert mistakes == [] and mended == request
    shown = {one.name for group in GUIDED for one in group.fields}
    only_urgent = {"data", "categories", "period_days", "will_follow"}
    assert all(name in shown or persons.is_part(name) for name in values.keys() - only_urgent)


def test_what_no_field_shows_stays_when_a_request_is_mended() -> None:
    sought = Sought(measure="production_of_stored_data", data="Logs.", compelled_help="the key")
    person = Person(name="P.", status=("refugee", "journalist"))
    old = Request(
        requesting=STATE,
        requested=StateCode("XB"),
        subject="S",
        facts="F",
        made_on=DAY,
        follows="0123",
        offence=Offence(article="13"),
        measures=(sought,),
        persons=(person,),
        language="en",
    )
    mended, _ = read_mended({**fields_of(old, PEER), "subject": ["T"]}, old, "stored_data")
    assert mended is not None and mended.subject == "T" and mended.follows == "0123"
    assert mended.measures[0].compelled_help == "the key" and set(mended.persons[0].status) == set(person.status)


def test_a_row_of_which_nothing_is_said_is_no_person_and_another_row_comes_when_asked_for() -> None:
    values = {"person-1-name": [""], "person-2-name": ["B."], "person-2-age": ["200"], "person-21-name": ["C."]}
    _, _, mistakes = read_urgent(values, STATE, DAY)
    assert "person-2-age" in {one.field for one in mistakes}
    assert [row[0].name for row in persons.rows(values)] == ["person-2-name"]
    more = persons.rows({**values, persons.MORE: ["yes"]})
    assert [row[0].name for row in more] == ["person-1-name", "person-2-name"]
    assert (
        len(persons.rows({f"person-{n}-name": ["x"] for n in range(1, 30)} | {persons.MORE: ["yes"]})) == persons.MOST
    )


@pytest.mark.parametrize(("said", "state"), [("xc", "XC"), ("South Korea", "KR"), ("Россия", "RU"), ("atlantis", "")])
def test_where_the_data_are_is_said_by_code_or_by_name(said: str, state: str) -> None:
    values = {**defaults(STATE, [PEER]), "data": ["Logs."], "held_in": [said], "offence": ["7"]}
    values |= {"subject": ["S"], "facts": ["F."]}
    request, _, mistakes = read_urgent(values, STATE, DAY)
    assert ("held_in" in {one.field for one in mistakes}) is not bool(state)
    assert not state or (request is not None and request.measures[0].held_in == state)


def test_every_mistake_of_a_rule_leads_to_a_field_that_there_is() -> None:
    assert set(FIELD_OF.values()) <= set(FIELDS)
    assert {one.value for one in INSTRUMENTS} == {book.instrument for book in BOOKS}


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Offence: art. 13", "offence", ["13"]),
        ("To: XB", "to", [PEER]),
        ("> Facts: first\n  second line\n\nthird", "facts", ["first\n  second line\n\nthird"]),
        ("Highest penalty, in years: 8 years", "max_penalty_years", ["8"]),
        ("Must it be kept secret, from the user too?: No, not needed", "secret", ["no"]),
        ("secret: perhaps", "secret", None),
        ("From: desk@police.example", "period_from", None),
        ("Secret until: 01/11/2026", "secret_until", None),
        ("Secret until: 2027-01-11", "secret_until", ["2027-01-11"]),
        ("Categories of data: traffic, subscriber", "categories", ["traffic", "subscriber"]),
        ("Offence: something", "offence", None),
        ("Unknown: words", "unknown", None),
    ],
)
def test_a_labelled_line_fills_the_field_it_names_and_nothing_is_guessed(
    line: str, field: str, value: list[str] | None
) -> None:
    groups = [
        replace(
            group,
            fields=tuple(
                replace(one, choices=(Choice("", "Choose"), Choice(PEER, f"Central Authority of XB ({PEER})")))
                if one.name == "to"
                else one
                for one in group.fields
            ),
        )
        for group in URGENT
    ]
    assert labelled.read(f"Dear colleagues\n{line}", groups).get(field) == value
