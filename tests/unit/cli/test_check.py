"""comity check."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from comity.base.errors import Malformed, NotFound
from comity.cli.check import check

ON = ["--on", "2026-11-22"]


@pytest.fixture(scope="session")
def app() -> typer.Typer:
    tree = typer.Typer(add_completion=False)
    tree.command()(check)
    return tree


@pytest.fixture
def examples(root: Path) -> Path:
    return root / "examples"


def test_a_request_that_meets_everything_exits_0_and_says_exercise(app: typer.Typer, examples: Path) -> None:
    ran = CliRunner().invoke(app, [str(examples / "investment-scam/preservation.toml"), *ON])
    assert ran.exit_code == 0
    assert ran.output.startswith("EXERCISE")
    assert "Result: all conditions are met" in ran.output
    assert "art. 42(3)(f)" in ran.output


@pytest.mark.parametrize("name", ["three-year-offence", "no-assistance-statement"])
def test_a_request_that_does_not_exits_1_with_the_article_and_what_to_do(
    app: typer.Typer, examples: Path, name: str
) -> None:
    ran = CliRunner().invoke(app, [str(examples / f"investment-scam/{name}.toml"), *ON])
    assert ran.exit_code == 1
    assert "stop" in ran.output
    assert "do: " in ran.output


def test_one_that_a_person_must_decide_exits_2(app: typer.Typer, examples: Path, tmp_path: Path) -> None:
    text = (examples / "investment-scam/preservation.toml").read_text(encoding="utf-8")
    file = tmp_path / "request.toml"
    file.write_text(text.replace("expression = false", "expression = true"), encoding="utf-8")
    ran = CliRunner().invoke(app, [str(file), *ON])
    assert ran.exit_code == 2
    assert "who: a reviewer independent of the case" in ran.output


def test_the_iceland_request_is_hypothetical_and_shows_both_measures(app: typer.Typer, examples: Path) -> None:
    ran = CliRunner().invoke(app, [str(examples / "iceland-2013/request.toml"), *ON, "--side", "requested"])
    assert ran.exit_code == 1
    assert ran.output.startswith("EXERCISE, hypothetical")
    assert "search_seizure_of_stored_data" in ran.output
    assert "real_time_traffic_data" in ran.output
    assert "who: the central authority of the requested State" in ran.output


@pytest.mark.parametrize("name", ["--as", "--side"])
def test_the_side_has_two_names(app: typer.Typer, examples: Path, name: str) -> None:
    file = str(examples / "investment-scam/no-assistance-statement.toml")
    ran = CliRunner().invoke(app, [file, *ON, name, "requested"])
    assert "from the requested side" in ran.output
    assert "  ask    " in ran.output


def test_it_prints_stops_then_decisions_then_what_is_asked_noted_and_met(app: typer.Typer, examples: Path) -> None:
    ran = CliRunner().invoke(app, [str(examples / "iceland-2013/request.toml"), *ON, "--as", "requested"])
    shown = [line.split()[0] for line in ran.output.splitlines() if line[:2] == "  " and line[2:3].isalpha()]
    order = ["stop", "decide", "ask", "note", "met"]
    words = [word for word in shown if word in order]
    assert words == sorted(words, key=order.index)
    assert len(set(words)) >= 4
    assert "rule: " in ran.output


def test_live_says_what_is_missing(app: typer.Typer, examples: Path) -> None:
    ran = CliRunner().invoke(app, [str(examples / "iceland-2013/request.toml"), *ON, "--live"])
    assert ran.exit_code == 1
    assert "EXERCISE" not in ran.output
    assert "39 of 40 instruments" in ran.output


def test_json_is_one_object_that_counts_its_findings(app: typer.Typer, examples: Path) -> None:
    ran = CliRunner().invoke(app, [str(examples / "investment-scam/no-assistance-statement.toml"), *ON, "--json"])
    told = json.loads(ran.output)
    assert ran.exit_code == 1
    assert (told["ok"], told["outcome"], told["mode"], told["on"]) == (False, "not_met", "exercise", "2026-11-22")
    assert sum(told["counts"].values()) == len(told["findings"])
    stops = [finding for finding in told["findings"] if finding["verdict"] == "stop"]
    assert [stop["rule"] for stop in stops] == ["preservation.assistance_follows"]
    assert set(stops[0]) >= {"rule", "measure", "verdict", "citation", "basis", "why", "todo", "who"}


def test_a_file_that_does_not_parse_is_malformed_with_its_line(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "request.toml"
    file.write_text('requesting = "XA"\nrequested = "XB"\nauthorty = "x"\n', encoding="utf-8")
    ran = CliRunner().invoke(app, [str(file)])
    assert isinstance(ran.exception, Malformed)
    assert ran.exception.exit_code == 64
    assert "line 3" in ran.exception.where


def test_a_file_that_is_not_there_is_not_found(app: typer.Typer, tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, [str(tmp_path / "none.toml")])
    assert isinstance(ran.exception, NotFound)


def test_control_characters_and_markup_of_the_file_are_not_printed(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "request.toml"
    file.write_text(
        'requesting = "XA"\nrequested = "XB"\nsource = "[red]x[/] \\u001b[31m"\n[[measures]]\nmeasure = "[bold]"\n',
        encoding="utf-8",
    )
    ran = CliRunner().invoke(app, [str(file), *ON])
    assert ran.exit_code == 1
    assert "[red]x[/]" in ran.output
    assert "\x1b" not in ran.output
