"""comity check on an urgent request: what waits, until when, and whose policy lets it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from comity.cli.check import check

ON = ["--on", "2026-11-22"]


@pytest.fixture(scope="session")
def app() -> typer.Typer:
    tree = typer.Typer(add_completion=False)
    tree.command()(check)
    return tree


@pytest.fixture
def screened(root: Path, tmp_path: Path) -> Path:
    """The preservation example, urgent, about what somebody said."""
    text = (root / "examples/investment-scam/preservation.toml").read_text(encoding="utf-8")
    file = tmp_path / "request.toml"
    file.write_text(text.replace("expression = false", "expression = true"), encoding="utf-8")
    return file


def test_what_waits_is_listed_with_its_due_time(app: typer.Typer, screened: Path) -> None:
    ran = CliRunner().invoke(app, [str(screened), *ON])
    assert ran.exit_code == 2
    assert "Urgent: the order changes, no check is dropped" in ran.output
    assert "waits until 2026-11-24T00:00:00Z: Expression and belief (screens.expression)" in ran.output
    assert "policy of XA" in ran.output


def test_json_has_it_too(app: typer.Typer, screened: Path) -> None:
    told = json.loads(CliRunner().invoke(app, [str(screened), *ON, "--json"]).output)
    waits = {"rule": "screens.expression", "who": "reviewer", "due": "2026-11-24T00:00:00Z"}
    assert told["urgency"]["postponed"] == [waits]
    assert len(told["urgency"]["now"]) + 1 == len(told["findings"])


def test_a_request_that_is_not_urgent_says_nothing_of_it(app: typer.Typer, root: Path) -> None:
    ran = CliRunner().invoke(app, [str(root / "examples/investment-scam/production.toml"), *ON])
    assert "Urgent:" not in ran.output
