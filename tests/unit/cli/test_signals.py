"""`comity oversight signals|ask|questions|answer` and `comity statistics signals`, on real folders."""

from pathlib import Path

import pytest

from comity.base.ids import CaseId
from comity.oversight.release import path_of
from comity.oversight.signals.every import SIGNALS
from comity.wiring import open_node
from comity.workflows.record import begin
from tests.simulators.figures import STATES, release
from tests.simulators.world import XA
from tests.unit.cli.typed import PASSPHRASE, chosen, new_authority, run, said
from tests.unit.workflows.test_ask_about_signal import SIGNAL, requests_of

PEOPLE = ("olga=case_lawyer", "otto=oversight", "sven=operator")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """XB, to which XA put six requests that turn on expression."""
    folder = tmp_path_factory.mktemp("signals")
    node = open_node(new_authority(folder, "XB", *PEOPLE) / "comity.toml", PASSPHRASE.strip().encode())
    for case_id, received in requests_of(node.office.clock.now(), node.office.mode, 6, expression=True):
        with node.office.store.transaction() as tx:
            begin(node.office, tx, CaseId(case_id), received)
    node.close()
    return folder


@pytest.fixture
def node(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    chosen(made / "xb", monkeypatch)
    return made


@pytest.mark.usefixtures("node")
def test_what_stands_out_is_shown_explained_asked_about_and_answered(capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(["oversight", "signals", "--as", "otto"], capsys)
    assert f"{SIGNAL}" in shown and XA in shown and "What else could explain it" in shown
    assert "readings of honest requesters stood out" in shown
    found = run(["oversight", "signals", "--as", "otto"], capsys)
    (reading,) = [one for one in found["readings"] if one["signal"] == SIGNAL]
    assert (reading["requester"], reading["hits"], reading["of"], reading["stands_out"]) == (XA, 6, 6, True)
    assert {one["signal"] for one in found["signals"]} == {one.name for one in SIGNALS}
    question = ["--question", "Is it one affair?"]
    asked = run(["oversight", "ask", SIGNAL, XA, "--as", "otto", "--of", "olga", *question], capsys)
    (mine,) = run(["oversight", "questions", "--as", "olga"], capsys)["questions"]
    assert mine["question"] == asked["question"] and "requester" not in mine and mine["of"] == 6
    run(["oversight", "answer", asked["question"], "--as", "olga", "--reasons", "One affair."], capsys)
    (theirs,) = run(["oversight", "questions", "--as", "otto"], capsys)["questions"]
    assert (theirs["requester"], theirs["answer"]) == (XA, "One affair.")
    assert run(["oversight", "questions", "--as", "olga"], capsys)["questions"] == []


@pytest.mark.usefixtures("node")
def test_nobody_but_oversight_sees_signals(capsys: pytest.CaptureFixture[str]) -> None:
    assert "may not" in said(["oversight", "signals", "--as", "olga"], capsys, NOT_PERMITTED)
    assert "no such signal" in said(["oversight", "signals", "--as", "otto", "--explain", "x"], capsys, NOT_FOUND)


NOT_PERMITTED, NOT_FOUND = 77, 66


def test_anyone_reads_figures_and_is_told_what_they_cannot_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = []
    for number, node in enumerate(STATES[:3]):
        folder = tmp_path / str(number)
        for period in ("2026-Q4",):
            file = folder / path_of(period)
            file.parent.mkdir(parents=True)
            file.write_bytes(release(3, node, period).encode())
        folders.append(str(folder))
    found = run(["statistics", "signals", *folders, "--period", "2026-Q4"], capsys)
    assert "identical-texts" in found["not_from_figures"]
    assert {one["requester"] for one in found["readings"]} | {one["node"] for one in found["unread"]} == set(STATES[:3])
    assert all("cases" not in one for one in found["readings"])
    text = said(["statistics", "signals", *folders, "--period", "2026-Q4"], capsys)
    assert "oversight alone can read" in text
