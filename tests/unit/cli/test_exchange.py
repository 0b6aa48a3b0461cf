"""The exchange at a terminal: what waits is told with its case and a command, and no file is written over."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer

from comity.cli import exchange_peers
from comity.cli.main import tree
from comity.exchange.directory import open_list
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
    peer = open_list((new_authority(tmp_path, "XB") / "directory.json").read_bytes())
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
    [["exchange", "export", "XB/central-authority", "--as", "bo"], ["directory", "export"], ["log", "policy"]],
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
