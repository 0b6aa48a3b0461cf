"""comity law coverage, and comity check --explain."""

import json

import pytest
import typer
from typer.testing import CliRunner

from comity.base.errors import Malformed, NotFound
from comity.cli.check import check
from comity.cli.law_coverage import coverage


@pytest.fixture(scope="session")
def law() -> typer.Typer:
    tree = typer.Typer(add_completion=False)
    tree.command()(coverage)
    return tree


@pytest.fixture(scope="session")
def app() -> typer.Typer:
    tree = typer.Typer(add_completion=False)
    tree.command()(check)
    return tree


def test_it_lists_every_operative_rule_with_what_carries_it_and_counts(law: typer.Typer) -> None:
    ran = CliRunner().invoke(law, [])
    assert ran.exit_code == 0
    assert "R42.8" in ran.output
    assert "excluded: " in ran.output
    assert "consent is a hard stop" in ran.output


def test_json_has_the_same_with_counts_and_no_mistakes(law: typer.Typer) -> None:
    told = json.loads(CliRunner().invoke(law, ["--json"]).output)
    assert told["ok"] is True
    assert told["mistakes"] == []
    assert told["counts"]["operative"] == len(told["operative"])
    assert told["counts"]["measures"] == len(told["measures"]) == 28
    assert all(bool(one["excluded"]) != bool(one["rules"]) for one in told["operative"])
    assert told["rules"]["preservation.least"]["cites"] == ["42(8)"]
    assert [name for name, rule in told["rules"].items() if not rule["scenarios"]] == []


def test_a_code_is_explained_without_a_file(app: typer.Typer) -> None:
    ran = CliRunner().invoke(app, ["--explain", "preservation.least"])
    assert ran.exit_code == 0
    assert "art. 42(8)" in ran.output
    assert "check the certified text" in ran.output


def test_a_code_is_explained_as_json(app: typer.Typer) -> None:
    told = json.loads(CliRunner().invoke(app, ["--explain", "42(8)", "--json"]).output)
    assert told["confidence"] == "unsure"
    assert "preservation.least" in told["rules"]


def test_an_unknown_code_is_not_found(app: typer.Typer) -> None:
    assert isinstance(CliRunner().invoke(app, ["--explain", "scope.gossip"]).exception, NotFound)


def test_without_a_file_or_a_code_it_says_what_to_type(app: typer.Typer) -> None:
    assert isinstance(CliRunner().invoke(app, []).exception, Malformed)
