"""The exchange at a terminal: what waits is told with its case and a command, and no file is written over."""

import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer

from comity.cli import exchange_peers
from comity.cli.main import tree
from comity.exchange.directory import Use, open_list
from comity.wiring import open_node
from comity.workflows import change_directory, draft_request
from comity.workflows.show_outbox import ADVICE
from tests.simulators.world import XB, preservation
from tests.unit.cli.typed import PASSPHRASE, chosen, new_authority, run, said

TREE: Any = typer.main.get_command(tree())


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A node whose urgent request waits for XB; the case."""
    made = new_authority(tmp_path, "XA", "anna=duty_officer", "bo=case_lawyer,operator")
    peer = open_list((new_authority(tmp_path, "XB", "dan=operator") / "directory.json").read_bytes())
    opened = open_node(made / "comity.toml", PASSPHRASE.strip().encode())
    with opened.office.store.transaction() as tx:
        tx.directory.put("XB", peer.data, fingerprint=peer.fingerprint, by="bo", at=opened.office.clock.now())
    case = draft_request.draft(opened.office, "anna", preservation(), XB)
    draft_request.approve(opened.office, "bo", case.id)
    opened.close()
    chosen(made, monkeypatch)
    return str(case.id)


def test_what_waits_is_told_with_its_case_and_whether_it_is_urgent(
    node: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = said(["exchange", "outbox"], capsys).splitlines()
    (row,) = [one for one in lines if one.startswith(node[-8:])]
    assert re.search(r"request\.preserve +\S+Z +urgent, queued +\S+$", row)


@pytest.mark.parametrize("reason", sorted(exchange_peers.COMMANDS))
def test_an_advice_names_commands_that_are_there(reason: str) -> None:
    assert reason in ADVICE
    for typed in exchange_peers.COMMANDS[reason].format(peer="XB/a", case="4f2a").split(", "):
        found, words = TREE, typed.split()[1:]
        while hasattr(found, "commands"):
            found, words = found.commands[words[0]], words[1:]
        assert {one for one in words if one[0] == "-"} <= {name for one in found.params for name in one.opts}


@pytest.mark.parametrize(
    "command",
    [
        ["exchange", "export", "XB/central-authority", "--as", "bo"],
        ["directory", "export"],
        ["directory", "create", "--as", "bo"],
        ["log", "policy"],
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("node")
def test_a_file_that_is_there_is_not_written_over(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    run([*command, "-o", str(out)], capsys)
    before = out.read_bytes()
    out.write_bytes(b"somebody's own")
    told = run([*command, "-o", str(out)], capsys, 73)
    assert (told["code"], told["hint"]) == ("conflict", "choose another name, or remove it")
    assert before and out.read_bytes() == b"somebody's own"


def test_only_keys_that_are_rotated_so_are_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert f"<{'|'.join(change_directory.ROTATED)}>" in said(["directory", "rotate", "--help"], capsys)
    told = run(["directory", "rotate", "log", "--as", "bo"], capsys, 64)
    assert "is not one of 'transport', 'authority', 'encryption', 'receipt'" in told["error"]


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("use", change_directory.KEPT)
def test_a_key_that_is_kept_is_prolonged(use: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["directory", "prolong", use, "--as", "bo"], capsys)["in_force"]


@pytest.mark.parametrize("use", sorted({*Use} - {*change_directory.KEPT}))
def test_a_key_that_is_not_prolonged_is_not_taken(use: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(["directory", "prolong", use, "--as", "bo"], capsys, 64)
    assert f"is not one of {', '.join(repr(str(one)) for one in change_directory.KEPT)}" in told["error"]


@pytest.mark.usefixtures("node")
def test_nothing_is_taken_in_where_its_receipts_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    carried, receipts = tmp_path / "for-xb.comity", tmp_path / "for-xb.receipts.comity"
    run(["exchange", "export", "XB/central-authority", "--as", "bo", "-o", str(carried)], capsys)
    there = chosen(tmp_path / "xb", monkeypatch)
    own = open_list((tmp_path / "xa" / "directory.json").read_bytes())
    opened = open_node(there / "comity.toml", PASSPHRASE.strip().encode())
    with closing(opened), opened.office.store.transaction() as tx:
        tx.directory.put("XA", own.data, fingerprint=own.fingerprint, by="dan", at=opened.office.clock.now())
    receipts.write_bytes(b"somebody's own")
    told = run(["exchange", "import", str(carried), "--as", "dan"], capsys, 73)
    assert (told["code"], told["where"], receipts.read_bytes()) == ("conflict", str(receipts), b"somebody's own")
    assert not run(["case", "list"], capsys)["cases"]
    receipts.unlink()
    assert run(["exchange", "import", str(carried), "--as", "dan"], capsys)["receipts"] == str(receipts)
    assert len(run(["case", "list"], capsys)["cases"]) == 1
    chosen(tmp_path / "xa", monkeypatch)
    assert run(["exchange", "import", str(receipts), "--as", "bo"], capsys)["receipts"] is None
