"""`comity simulate`: what it prints, and how it ends."""

import json
from pathlib import Path

import pytest

from comity.cli.main import main

SMALL = ["simulate", "--states", "4", "--days", "3", "--volume", "24"]


def test_a_small_world_ends_well_and_says_so_as_json_and_as_a_drawing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main([*SMALL, "--json", "--plot", str(tmp_path / "run.svg")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {"sent", "delivered", "lost", "doubled", "stuck", "caught"} <= said.keys()
    assert (said["lost"], said["doubled"]) == (0, 0)
    assert said["delivered"] == said["sent"] > 0
    assert (tmp_path / "run.svg").read_bytes().startswith(b"<svg")


def test_a_small_world_is_told_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SMALL, "--seed", "2"]) == 0
    out, err = capsys.readouterr()
    assert "4 States" in out
    assert "lost, doubled" in out
    assert "day 1 of 3" in err


def test_a_kind_of_lie_that_nobody_found_is_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["simulate", "--states", "4", "--days", "9", "--volume", "18", "--without", "proofs"]
    assert main([*arguments, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["uncaught"]


def test_a_number_of_states_that_cannot_be_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--states", "200"]) == 64
    assert "4 to 193" in capsys.readouterr().err
