"""comity law basis."""

import json

import pytest
import typer
from typer.testing import CliRunner

from comity.base.errors import Malformed
from comity.cli.law_basis import basis

ON = ["--on", "2026-11-22"]


@pytest.fixture(scope="session")
def app() -> typer.Typer:
    tree = typer.Typer(add_completion=False)
    tree.command()(basis)
    return tree


def told(app: typer.Typer, *arguments: str) -> dict[str, object]:
    found = json.loads(CliRunner().invoke(app, [*arguments, *ON, "--json"]).stdout)
    assert isinstance(found, dict)
    return found


def standings(found: dict[str, object]) -> list[str]:
    bases = found["bases"]
    assert isinstance(bases, list)
    return [one["standing"] for one in bases]


def test_two_confirmed_parties_have_one_basis_today(app: typer.Typer) -> None:
    ran = CliRunner().invoke(app, ["BR", "EE", *ON])
    assert ran.exit_code == 0
    assert "Convention on Cybercrime (Budapest, 2001): stands" in ran.output
    assert "39 of 40 instruments" in ran.output
    assert "At least 60 days" in ran.output


def test_an_unconfirmed_party_is_to_be_confirmed_by_a_person(app: typer.Typer) -> None:
    ran = CliRunner().invoke(app, ["FR", "US", *ON])
    assert ran.exit_code == 2
    assert "to confirm" in ran.output
    assert "United States of America is on record as a Party since 2007-01-01, unconfirmed" in ran.output


def test_where_none_stands_it_says_what_is_missing_in_each(app: typer.Typer) -> None:
    ran = CliRunner().invoke(app, ["IE", "QA", *ON])
    assert ran.exit_code == 1
    assert "None is open" in ran.output
    assert "Qatar has deposited its instrument" in ran.output
    assert "Ireland has only signed the Budapest Convention" in ran.output


def test_an_instrument_without_the_measure_is_not_open_for_it(app: typer.Typer) -> None:
    found = told(app, "BR", "EE", "--measure", "freeze_or_confiscate")
    assert found["standing"] == "missing"
    assert standings(found) == ["missing", "missing", "missing"]
    ran = CliRunner().invoke(app, ["BR", "EE", "--measure", "freeze_or_confiscate", *ON])
    assert "It has no measure freeze_or_confiscate." in ran.output


def test_json_has_bases_and_differences_with_citations(app: typer.Typer) -> None:
    found = told(app, "XA", "XB", "--measure", "production_of_stored_data")
    assert found["ok"] is False
    assert standings(found) == ["missing", "missing", "missing"]
    differences = found["differences"]
    assert isinstance(differences, list)
    points = {one["point"]: one["said"] for one in differences}
    assert {"safeguards", "dual_criminality", "refusal", "speed"} <= set(points)
    assert [one["instrument"] for one in points["refusal"]] == ["", "budapest"]
    assert points["refusal"][1]["citation"] == "Budapest 25(4), 27(4)"


def test_what_is_unsure_says_check_the_certified_text(app: typer.Typer) -> None:
    assert "Check the certified text" in CliRunner().invoke(app, ["XA", "XB", *ON]).output


def test_invented_states_may_exercise_under_either(app: typer.Typer) -> None:
    assert "may use any rule book" in CliRunner().invoke(app, ["XA", "XB", *ON]).output


def test_a_day_before_the_convention_is_answered_too(app: typer.Typer) -> None:
    ran = CliRunner().invoke(app, ["AL", "AM", "--on", "2010-01-01"])
    assert ran.exit_code == 0
    assert "The Convention was adopted only on 2024-12-24." in ran.output


@pytest.mark.parametrize("arguments", [["BR", "BR"], ["br", "EE"], ["BR", "EE", "--measure", "hacking"]])
def test_what_makes_no_question_is_malformed(app: typer.Typer, arguments: list[str]) -> None:
    assert isinstance(CliRunner().invoke(app, arguments).exception, Malformed)
