"""The commands around a log, on two real folders: a node's and a copy of its log."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from comity.adapters.sql.database import open_database
from comity.cli.main import main
from comity.transparency.checkpoint import parse_checkpoint
from comity.transparency.note import parse_note
from comity.wiring import open_node
from comity.workflows.log_keys import own_keys
from comity.workflows.stores import Leaf

PASSPHRASE = "correct horse battery staple\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with 300 entries, published once; made once for all tests here."""
    folder = tmp_path_factory.mktemp("node")
    (folder / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    config = ["--passphrase-file", str(folder / "passphrase")]
    assert (
        main(["init", str(folder / "xa"), "--role", "authority", "--state", "XA", "--person", "bo=operator", *config])
        == 0
    )
    database = open_database(folder / "xa" / "comity.db")
    with database.transaction() as tx:
        size = tx.log.size()
        tx.log.append_all([Leaf(n, b"\x01" + n.to_bytes(64, "big")) for n in range(size, 300)])
    database.close()
    assert main(["log", "checkpoint", "--publish", "--config", str(folder / "xa" / "comity.toml"), *config]) == 0
    opened = open_node(folder / "xa" / "comity.toml", PASSPHRASE.strip().encode())
    with opened.office.store.transaction() as tx:
        (key,) = own_keys(opened.office, tx)
    opened.close()
    (folder / "xa" / "vkey").write_text(key.key.vkey, encoding="utf-8")
    return folder


@pytest.fixture
def node(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in the present folder."""
    shutil.copytree(made / "xa", tmp_path / "xa")
    shutil.copy(made / "passphrase", tmp_path / "passphrase")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMITY_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    monkeypatch.setenv("COMITY_CONFIG", str(tmp_path / "xa" / "comity.toml"))
    return tmp_path / "xa"


def run(arguments: Sequence[str], capsys: pytest.CaptureFixture[str], code: int = 0) -> Any:
    """What a command prints as JSON; its exit code is as expected."""
    capsys.readouterr()
    came = main([*arguments, "--json"])
    said = capsys.readouterr().out
    assert came == code, said
    return json.loads(said.splitlines()[-1])


@pytest.mark.usefixtures("node")
def test_show_tells_how_the_log_stands(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(["log", "show"], capsys)
    assert (found["entries"], found["published"], found["alarms"]) == ("300", "300", [])
    assert found["keys"] == [found["vkey"]]


def test_a_whole_log_is_audited_from_its_folder(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = node.joinpath("vkey").read_text(encoding="utf-8")
    for command in (["log", "audit"], ["verify", "log"]):
        found = run([*command, str(node / "log"), "--vkey", key], capsys)
        assert (found["entries"], found["steps"], found["faults"]) == (300, 299, [])
        assert found["statements"] == {"directory": 1}


def test_a_false_tile_and_a_changed_entry_are_told(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = node.joinpath("vkey").read_text(encoding="utf-8")
    tile = node / "log" / "tile" / "0" / "000"
    good = tile.read_bytes()
    tile.write_bytes(good[:-1] + b"x")
    assert run(["log", "audit", str(node / "log"), "--vkey", key], capsys, 1)["faults"] == [
        "tile/0/000 is missing or false"
    ]
    tile.write_bytes(good)
    bundle = node / "log" / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")
    found = run(["log", "audit", str(node / "log"), "--vkey", key], capsys, 1)
    assert found["code"] == "bad-proof"


def test_a_copy_is_made_kept_up_and_as_good_as_the_log(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = node.joinpath("vkey").read_text(encoding="utf-8")
    first = run(["log", "mirror", str(node / "log"), "copy", "--vkey", key], capsys)
    assert (first["entries"], first["before"]) == (300, 0)
    database = open_database(node / "comity.db")
    with database.transaction() as tx:
        tx.log.append_all([Leaf(n, b"\x01" + n.to_bytes(64, "big")) for n in range(300, 700)])
    database.close()
    run(["log", "checkpoint", "--publish"], capsys)
    second = run(["log", "mirror", str(node / "log"), "copy", "--vkey", key], capsys)
    assert (second["entries"], second["before"]) == (700, 300)
    assert run(["log", "audit", "copy", "--vkey", key], capsys)["faults"] == []
    again = run(["log", "mirror", str(node / "log"), "copy", "--vkey", key], capsys)
    assert again["files"] < second["files"]


def test_a_copy_takes_nothing_that_was_not_signed(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = node.joinpath("vkey").read_text(encoding="utf-8")
    bundle = node / "log" / "tile" / "entries" / "000"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")
    assert run(["log", "mirror", str(node / "log"), "copy", "--vkey", key], capsys, 1)["code"] == "bad-proof"
    assert not Path("copy").exists()


def test_a_checkpoint_is_printed_and_verified_apart(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = node.joinpath("vkey").read_text(encoding="utf-8")
    note = run(["log", "checkpoint"], capsys)["note"]
    Path("checkpoint").write_text(note, encoding="utf-8")
    found = run(["verify", "checkpoint", "checkpoint", "--vkey", key, "--log", str(node / "log")], capsys)
    assert found["size"] == 300
    Path("checkpoint").write_text(note.replace("\n300\n", "\n301\n"), encoding="utf-8")
    assert run(["verify", "checkpoint", "checkpoint", "--vkey", key], capsys, 1)["code"] == "bad-signature"


def test_a_proof_is_checked_and_told_in_a_sentence(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = node.joinpath("vkey").read_text(encoding="utf-8")
    entry = run(["log", "prove", "7", "seven.tlog-proof"], capsys)["entry"]
    found = run(["verify", "proof", "seven.tlog-proof", "--entry", entry, "--vkey", key], capsys)
    assert (found["index"], found["size"]) == (7, 300)
    capsys.readouterr()
    assert main(["verify", "proof", "seven.tlog-proof", "--entry", entry, "--vkey", key, "--show"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("the entry is number 7 of the 300 in exercise.comity.example/XA/central-authority")
    assert "hash 8" in said
    assert (
        run(["verify", "proof", "seven.tlog-proof", "--entry", "00", "--vkey", key], capsys, 1)["code"] == "bad-proof"
    )
    assert run(["verify", "proof", "seven.tlog-proof", "--vkey", key], capsys, 64)["where"] == "--entry"


def test_the_policy_of_a_log_is_printed_and_serves_every_check(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["log", "policy"]) == 0
    printed = capsys.readouterr().out
    Path("xa.policy").write_text(printed, encoding="utf-8")
    assert run(["log", "policy"], capsys)["policy"] == printed
    assert run(["log", "audit", str(node / "log"), "--policy", "xa.policy"], capsys)["entries"] == 300
    both = ["--policy", "xa.policy", "--witness", "w"]
    assert run(["log", "audit", str(node / "log"), *both], capsys, 64)["where"] == "--policy"


def watch(*options: str) -> list[str]:
    return ["log", "watch", *options, "--state", "seen.json"]


def test_a_monitor_keeps_what_it_saw_and_tells_what_is_against_a_log(
    node: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, log = node.joinpath("vkey").read_text(encoding="utf-8"), str(node / "log")
    shutil.copytree(log, "old")
    found = run(watch(log, "--vkey", key, "--metrics-file", "metrics.prom"), capsys, 3)
    assert [one["kind"] for one in found["faults"]] == ["stale"]  # this log has no witness
    assert 'comity_watch_size{origin="exercise.comity.example/XA/central-authority"} 300.0' in Path(
        "metrics.prom"
    ).read_text(encoding="utf-8")
    database = open_database(node / "comity.db")
    with database.transaction() as tx:
        tx.log.append_all([Leaf(n, b"\x01" + n.to_bytes(64, "big")) for n in range(300, 310)])
    database.close()
    run(["log", "checkpoint", "--publish"], capsys)
    assert run(watch(log, "--vkey", key), capsys, 3)["logs"][0]["size"] == 310
    found = run(watch("old", "--vkey", key), capsys, 3)
    assert [one["kind"] for one in found["faults"]] == ["rollback"]
    assert found["logs"][0]["size"] == 310
    shutil.rmtree(node / "log" / "tile")
    found = run(watch(log, "--vkey", key), capsys, 3)
    assert found["faults"][0]["kind"] in ("unreachable", "stale")
    assert run(watch("old"), capsys, 64)["where"] == "--vkey"
    assert run(watch("nowhere", "--vkey", key), capsys, 64)["code"] == "malformed"


def test_a_monitor_refuses_a_log_whose_checkpoint_its_key_did_not_sign(
    node: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, checkpoint = node.joinpath("vkey").read_text(encoding="utf-8"), node / "log" / "checkpoint"
    note = checkpoint.read_text(encoding="utf-8")
    checkpoint.write_text(note.replace("\n300\n", "\n301\n"), encoding="utf-8")
    found = run(watch(str(node / "log"), "--vkey", key), capsys, 3)
    assert [one["kind"] for one in found["faults"]] == ["unsigned"]


def test_the_next_key_is_made_and_listed_and_not_retired_too_soon(
    node: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = node.joinpath("vkey").read_text(encoding="utf-8")
    made = run(["log", "rotate", "--as", "bo"], capsys)
    assert made["listed"]
    assert run(["log", "show"], capsys)["keys"] == [first, made["vkey"]]
    assert run(["log", "retire", "--as", "bo"], capsys, 1)["code"] == "out-of-order"
    run(["log", "checkpoint", "--publish"], capsys)
    found = run(["log", "audit", str(node / "log"), "--vkey", made["vkey"]], capsys)
    assert found["keys"] == [first, made["vkey"]]


def test_entries_that_a_restored_backup_lacks_are_taken_back(node: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(node / "comity.db", "backup.db")
    database = open_database(node / "comity.db")
    with database.transaction() as tx:
        tx.log.append_all([Leaf(n, b"\x01" + n.to_bytes(64, "big")) for n in range(300, 310)])
    database.close()
    run(["log", "checkpoint", "--publish"], capsys)
    for left in node.glob("comity.db*"):
        left.unlink()
    shutil.copy("backup.db", node / "comity.db")
    assert run(["log", "checkpoint", "--publish"], capsys, 73)["code"] == "conflict"
    assert [one["kind"] for one in run(["log", "show"], capsys)["alarms"]] == ["recovery"]
    found = run(["log", "recover", str(node / "log"), "--as", "bo"], capsys)
    assert (found["from"], found["to"], found["moved"]) == (300, 310, 0)
    note = run(["log", "checkpoint", "--publish"], capsys)["note"]
    assert parse_checkpoint(parse_note(note.encode()).text).size == 311


@pytest.mark.usefixtures("node")
def test_a_case_that_is_not_there_is_not_erased(capsys: pytest.CaptureFixture[str]) -> None:
    erase = ["log", "erase", "4f2a", "--basis", "the law", "--as", "bo"]
    assert run(erase, capsys, 66)["code"] == "not-found"
