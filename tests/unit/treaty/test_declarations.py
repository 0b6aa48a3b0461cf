"""What States have declared, and what is not known."""

from datetime import date

import pytest

from comity.base.errors import Malformed
from comity.base.ids import StateCode, is_exercise_state
from comity.treaty.data import declared, packaged
from comity.treaty.declarations import (
    Declarations,
    DualCriminality,
    Reservation,
    ReservationKind,
    declarations_of,
    read_declarations,
)
from comity.treaty.elements import Element

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("code", ["XA", "XB", "XC"])
def test_the_states_of_exercises_are_known_and_say_they_are_invented(code: str) -> None:
    state = declarations_of(StateCode(code))
    assert state.known
    assert state.invented
    assert is_exercise_state(state.state)
    assert "invented" in state.source
    assert state.central_authority
    assert state.point_of_contact
    assert state.languages


@pytest.mark.parametrize("code", ["US", "IS", "FR", "ZZ"])
def test_nothing_is_made_up_for_a_state_without_a_file(code: str) -> None:
    state = declarations_of(StateCode(code))
    assert not state.known
    assert state.languages == ()
    assert state.dual_criminality is DualCriminality.UNKNOWN
    assert state.policy.prior_authorisation_from is None


def test_a_reservation_holds_from_its_day_on() -> None:
    held = Reservation("14", "not bound", date(2026, 3, 1), "a test")
    state = Declarations(state=StateCode("XB"), name="State XB", reservations=(held,))
    assert state.reservation("14", date(2026, 2, 28)) is None
    assert state.reservation("14", date(2026, 3, 1)) is held
    assert state.reservation("15", date(2026, 3, 1)) is None


def test_the_invented_states_differ_in_ways_that_matter() -> None:
    xa, xb, xc = (declarations_of(StateCode(code)) for code in ("XA", "XB", "XC"))
    assert not xa.reservations and xa.research_exclusion is None and not xa.required_elements
    assert xb.excludes_research("7", TODAY)
    assert not xa.excludes_research("7", TODAY)
    assert xb.elements_required("7", TODAY) == (Element.DISHONEST_INTENT,)
    assert all(xc.reservation(article, TODAY) for article in ("14", "15", "16", "42(5)"))
    assert (xa.onward_transfer_in_writing, xb.onward_transfer_in_writing) == (False, True)
    assert xc.policy.postponed_screens_due_hours is None


def test_every_file_is_that_of_its_state_and_says_where_it_stands() -> None:
    for code in declared():
        state = declarations_of(StateCode(code.upper()))
        assert state.state == code.upper()
        assert state.source
        assert state.invented is is_exercise_state(state.state)


def test_of_a_real_state_only_what_a_source_says_is_held() -> None:
    for code in ("QA", "AZ"):
        state = declarations_of(StateCode(code))
        assert not state.known
        assert state.is_partly_known
        assert all(one.source for one in state.reservations)
        assert all(one.source for one in state.authorities)
        assert state.languages == ()
        assert state.dual_criminality is DualCriminality.UNKNOWN
        assert state.policy == declarations_of(StateCode("ZZ")).policy


def test_qatar_is_not_bound_by_articles_14_to_16_and_accepts_no_court() -> None:
    held = declarations_of(StateCode("QA"))
    assert {one.provision for one in held.reservations} == {"14", "15", "16", "63(2)"}
    assert held.reservation("14", date(2025, 12, 31)) is None


def test_azerbaijan_narrows_illegal_access_and_is_still_bound_by_it() -> None:
    held = declarations_of(StateCode("AZ"))
    assert held.reservation("7", TODAY) is None
    narrowed = held.narrowing("7", TODAY)
    assert narrowed is not None
    assert narrowed.kind is ReservationKind.NARROWED
    assert "harm" in held.reported[0].about


GOOD = packaged("declarations/xb.toml").decode("utf-8")
RESERVED = '\n[[reservations]]\nprovision = "{0}"\nabout = "x"\nsince = {1}\nsource = "{2}"\n'


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"),
    [
        ('state = "XB"', 'state = "XA"', "state", "the file is that of XB"),
        ("invented = true", "invented = false", "invented", "true for the user-assigned codes"),
        ('["en", "es"]', '["en", "english"]', "languages[1]", "regex"),
        ('["en", "es"]', '["en", "en"]', "languages", "stands twice"),
        ("since = 2026-01-01\nsource", 'since = "soon"\nsource', "since", "encoded date"),
        ("since = 2026-01-01\nsource", "since = 2020-01-01\nsource", "since", "before the Convention was adopted"),
        ("authorisation_from = 4", "authorisation_from = 6", "policy.prior_authorisation_from", "<= 5"),
        ("authorisation_from = 4", "authorisation_from = 0", "policy.prior_authorisation_from", ">= 1"),
        ("due_hours = 72", "due_hours = 0", "policy.postponed_screens_due_hours", ">= 1"),
        ("due_hours = 72", "due_ours = 72", "policy.postponed_screens_due_ours", "unknown field"),
        ('element = "serious_harm"', 'element = "gravity"', "required_elements[1].element", "Invalid enum"),
        ('element = "serious_harm"', 'element = "dishonest_intent"', "required_elements[1].element", "lets no State"),
        ('"10", "11", "12"]', '"10", "11", "13"]', "research_exclusion.articles", "article 13"),
        ('["central", "competent"]', '["king"]', "authorities[0].tasks[0]", "Invalid enum"),
        ("age_of_consent = 16", "age_of_consent = -1", "children.age_of_consent", ">= 0"),
        ("reservations = []\n", "reservations = []\nreservation = 3\n", "reservation", "unknown field"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_field_and_reason(old: str, new: str, field: str, reason: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    with pytest.raises(Malformed) as caught:
        read_declarations(text.encode(), "xb.toml", StateCode("XB"))
    (mistake,) = caught.value.mistakes
    assert mistake.field == field
    assert reason in mistake.what
    lines = text.splitlines()
    key = (
        field.partition("[")[0].rpartition(".")[2] if "]." not in field else field.rpartition(".")[2].partition("[")[0]
    )
    assert key in lines[mistake.line - 1]
    assert "xb.toml, line" in caught.value.where


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        (RESERVED.format("99(1)", "2026-01-01", "a test"), "provision"),
        (RESERVED.format("14", "2024-01-01", "a test"), "since"),
        (RESERVED.format("14", "2026-01-01", ""), "source"),
        (RESERVED.format("14", "2026-01-01", "a test") * 2, "provision"),
    ],
)
def test_a_reservation_names_a_known_provision_once_with_day_and_source(entry: str, field: str) -> None:
    text = GOOD.replace("reservations = []\n", "") + entry
    with pytest.raises(Malformed) as caught:
        read_declarations(text.encode(), "xb.toml", StateCode("XB"))
    (mistake,) = caught.value.mistakes
    assert mistake.field.startswith("reservations[")
    assert mistake.field.endswith(field)
    assert text.splitlines()[mistake.line - 1].startswith(field)


def test_a_real_state_cannot_be_written_down_as_known() -> None:
    text = packaged("declarations/qa.toml").decode("utf-8").replace("known = false", "known = true")
    with pytest.raises(Malformed, match="known"):
        read_declarations(text.encode(), "qa.toml", StateCode("QA"))
