"""`comity statistics` on a real folder, and `comity verify statistics` on the published files of two nodes."""

import json
from pathlib import Path

import pytest

from comity.oversight.release import path_of
from comity.workflows import publish_statistics
from tests.simulators.story import quarter
from tests.simulators.world import SmallWorld
from tests.unit.cli.typed import chosen, new_authority, run, said

# A node


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_authority(tmp_path_factory.mktemp("statistics"), "XA", "bo=operator")


@pytest.fixture
def node(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return chosen(made, monkeypatch)


@pytest.mark.usefixtures("node")
def test_a_draft_is_shown_and_nothing_is_written(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(["statistics", "draft", "2025-Q4"], capsys)
    assert (found["period"], found["deadline"], found["not_closed"]) == ("2025-Q4", "2026-01-31T00:00:00Z", [])
    assert {one["count"] for one in found["figures"]} == {"0"}
    assert "withheld: 0 of 196 figures" in said(["statistics", "draft", "2025-Q4"], capsys)
    assert not (node / "log" / "stats").exists()


@pytest.mark.usefixtures("node")
def test_publishing_asks_first_and_then_writes_the_files(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused = run(["statistics", "publish", "2025-Q4", "--as", "bo"], capsys, 64)
    assert refused["where"] == "--yes"
    done = run(["statistics", "publish", "2025-Q4", "--as", "bo", "--yes"], capsys)
    assert (done["proven"], done["on_time"]) == (True, False)
    names = {file.name for file in (node / "log" / "stats").iterdir()}
    assert names == {"2025-Q4.json", "2025-Q4.csv", "2025-Q4.tlog-proof", "index.json"}
    again = run(["statistics", "publish", "2025-Q4", "--as", "bo", "--yes"], capsys, 73)
    assert again["code"] == "conflict"
    out = node.parent / "openings.jsonl"
    opened = run(["statistics", "openings", "2025-Q4", str(out), "--as", "bo"], capsys)
    assert opened["entries"] == out.read_bytes().count(b"\n") - 1
    assert out.stat().st_mode & 0o077 == 0
    own = run(["statistics", "verify", "2025-Q4", str(node / "log")], capsys, 77)
    assert "own figures" in own["error"]


@pytest.mark.usefixtures("node")
def test_what_is_no_period_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["statistics", "draft", "winter"], capsys, 64)["where"] == "period"


# Published files


@pytest.fixture(scope="module")
def played() -> SmallWorld:
    world = quarter()
    publish_statistics.publish(world.xa.office, "bo", "2026-Q4")
    publish_statistics.publish(world.xb.office, "olga", "2026-Q4")
    return world


@pytest.fixture
def folders(played: SmallWorld, tmp_path: Path) -> list[str]:
    for name, node in (("xa", played.xa), ("xb", played.xb)):
        for path, data in node.log.files.items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
    return [str(tmp_path / "xa"), str(tmp_path / "xb")]


def test_two_nodes_figures_are_checked_with_their_public_files_alone(
    folders: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(["verify", "statistics", *folders, "--show"], capsys)
    assert "agree, add up, and were published in time" in text
    assert "their keys are those that the files name" in text
    assert "nor an exchange that both kept out of their logs (nobody does)" in text
    found = run(["verify", "statistics", *folders], capsys)
    assert (found["ok"], found["period"], found["keys"], found["faults"]) == (True, "2026-Q4", "their own", [])
    assert all(one["seen"] for one in found["nodes"])


def test_keys_that_are_told_are_believed_and_no_others(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    keys = [json.loads(Path(one, path_of("2026-Q4")).read_bytes())["vkeys"][0] for one in folders]
    witness = json.loads(Path(folders[0], path_of("2026-Q4")).read_bytes())["witnesses"][0]
    options = [part for key in keys for part in ("--vkey", key)]
    assert run(["verify", "statistics", *folders, *options, "--witness", witness], capsys)["keys"] == "given"
    swapped = ["--vkey", keys[0].replace("xa.", "xb."), "--vkey", keys[0]]
    found = run(["verify", "statistics", *folders, *swapped], capsys, 64)
    assert found["code"] == "malformed"


def test_a_changed_figure_ends_with_three_and_a_line(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    file = Path(folders[1], path_of("2026-Q4"))
    file.write_bytes(file.read_bytes().replace(b'"count":6', b'"count":7'))
    found = run(["verify", "statistics", *folders], capsys, 3)
    assert {"hash", "sum"} <= {one["kind"] for one in found["faults"]}
    assert "things are against the statistics" in said(["verify", "statistics", *folders], capsys, 3)


def test_a_period_that_nobody_published_is_not_found(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "statistics", *folders, "--period", "2026-Q3"], capsys, 66)["code"] == "not-found"
