"""`comity backup`, `comity restore` and what follows: files at a terminal, JSON for programs, refusals in one line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comity.adapters.config import DatabaseTable, read_config
from comity.adapters.sql.tables import REVISION
from comity.cli.main import main
from tests.postgresql import Postgres

PEOPLE = ["--person", "anna=duty_officer", "--person", "bo=case_lawyer,operator"]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node's folder, with its passphrase in a file beside it."""
    folder = tmp_path_factory.mktemp("nodes")
    (folder / "passphrase").write_text("correct horse battery staple\n", encoding="utf-8")
    made = ["init", str(folder / "xa"), "--role", "authority", "--state", "XA", *PEOPLE]
    assert main([*made, "--passphrase-file", str(folder / "passphrase")]) == 0
    return folder / "xa"


@pytest.fixture
def empty(postgresql: Postgres) -> Iterator[str]:
    """The address of an empty database."""
    server = postgresql.empty()
    yield server.url
    postgresql.drop(server)


def run(arguments: list[str], capsys: pytest.CaptureFixture[str], code: int = 0) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def on(folder: Path) -> list[str]:
    passphrase = ["--passphrase-file", str(folder.parent / "passphrase")]
    return ["--config", str(folder / "comity.toml"), *passphrase]


def receipt_key_in_the_directory(node: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """As a peer reads it out."""
    capsys.readouterr()
    listed = run(["directory", "show", *on(node)], capsys)["lists"][0]["nodes"][0]["keys"]
    (key,) = [one["kid"] for one in listed if one["use"] == "receipt"]
    return str(key)


def test_a_node_is_copied_restored_on_a_server_and_opened_with_its_keys(
    node: Path, empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    file, back = tmp_path / "xa.backup", tmp_path / "back"
    made = run(["backup", *on(node), "-o", str(file), "--with-keys"], capsys)
    assert (made["node"], made["database"], made["keys"]) == ("XA/central-authority", "sqlite", True)
    key = receipt_key_in_the_directory(node, capsys)
    assert made["signed_by"] == key
    done = run(["restore", str(file), "--to", str(back), "--signed-by", key, "--database-url", empty], capsys)
    assert done["rows"] == made["rows"]
    assert done["log"] == made["log"]
    assert [one.split(":")[0].split(",")[0] for one in done["next"]][1:4] == [
        "take back the log's entries from a copy of it",
        "take in the newest lists of keys",
        "ask every peer what it has",
    ]
    assert read_config(back / "comity.toml").database == DatabaseTable(url=empty)
    (tmp_path / "passphrase").write_bytes((node.parent / "passphrase").read_bytes())
    assert "XA/central-authority" in json.dumps(run(["directory", "show", *on(back)], capsys))
    asked = run(["exchange", "resume", *on(back)], capsys)
    assert (asked["ok"], asked["waiting"]) == (True, [])
    to_other = ["restore", str(file), "--to", str(tmp_path / "other"), "--signed-by", key]
    again = run([*to_other, "--database-url", empty], capsys, 73)
    assert "not empty" in json.dumps(again)
    assert not (tmp_path / "other").exists()


def test_what_is_not_in_a_backup_and_what_to_do_after_a_restore_is_said_to_people(
    node: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["backup", *on(node), "-o", str(tmp_path / "one")]) == 0
    came = capsys.readouterr()
    assert "without keys" in came.out
    assert "signed with the receipt key" in came.out
    assert "not in it: signed-head" in came.err
    assert "not in it: keys/" in came.err
    key = receipt_key_in_the_directory(node, capsys)
    assert main(["restore", str(tmp_path / "one"), "--to", str(tmp_path / "back"), "--signed-by", key]) == 0
    told = capsys.readouterr().out
    assert "nobody checked" not in told
    for step in ("put the node's keys back", "comity log recover", "comity exchange resume", "erase again"):
        assert step in told


def test_who_signed_it_is_told_before_a_restore_and_a_node_that_lost_its_key_has_a_way_back(
    node: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed, bare, back = tmp_path / "signed", tmp_path / "bare", tmp_path / "back"
    key = receipt_key_in_the_directory(node, capsys)
    assert main(["backup", *on(node), "-o", str(signed)]) == 0
    assert main(["restore", str(signed), "--to", str(back)]) == 64
    assert key in capsys.readouterr().err  # it says which key it names, and where to compare it
    both = ["restore", str(signed), "--to", str(back), "--signed-by", key, "--unverified"]
    assert main(both) == 64
    assert main(["restore", str(signed), "--to", str(back), "--signed-by", "another"]) == 1
    assert "another key signed" in capsys.readouterr().err
    # The keys are lost: the copy is made without them, and nobody can say afterwards who made it.
    assert main(["backup", "--config", str(node / "comity.toml"), "-o", str(bare), "--unsigned"]) == 0
    assert "nobody signed it" in capsys.readouterr().err
    assert main(["restore", str(bare), "--to", str(back), "--signed-by", key]) == 1
    assert not back.exists()
    assert main(["restore", str(bare), "--to", str(back), "--unverified"]) == 0
    assert "nobody checked who made this backup" in capsys.readouterr().out


def test_a_refusal_is_one_line_with_what_to_do_and_leaves_nothing(
    node: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter").write_text("a letter", encoding="utf-8")
    assert main(["restore", str(tmp_path / "letter"), "--to", str(tmp_path / "back")]) == 64
    assert main(["restore", str(tmp_path / "nothing"), "--to", str(tmp_path / "back")]) == 66
    assert main(["backup", *on(node), "-o", str(tmp_path / "letter")]) == 73
    file = tmp_path / "password"
    options = ["--to", str(tmp_path / "back"), "--database-password-file", str(file)]
    assert main(["restore", str(tmp_path / "letter"), *options]) == 64
    assert "--database-password-file" in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir()] == ["letter"]


def test_a_new_node_on_a_server_that_cannot_be_made_leaves_neither_folder_nor_tables(
    empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "passphrase").write_text("correct horse battery staple\n", encoding="utf-8")
    passphrase = ["--passphrase-file", str(tmp_path / "passphrase")]
    made = ["init", str(tmp_path / "xa"), "--role", "authority", "--state", "XA", *PEOPLE, *passphrase]
    url = "postgresql://anna:secret@host/comity"
    assert main([*made, "--database-url", url]) == 64
    assert "secret" not in "".join(capsys.readouterr())
    assert not (tmp_path / "xa").exists()
    assert main([*made, "--database-url", empty]) == 0
    assert main([*made[:1], str(tmp_path / "xb"), *made[2:], "--database-url", empty]) == 73
    assert not (tmp_path / "xb").exists()
    capsys.readouterr()
    assert main(["migrate", "--json", "--config", str(tmp_path / "xa" / "comity.toml")]) == 0
    assert json.loads(capsys.readouterr().out)["step"] == REVISION


def test_after_the_newest_lists_were_taken_in_no_number_of_a_list_is_signed_twice(
    node: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    file, back, lists = tmp_path / "xa.backup", tmp_path / "back", str(tmp_path / "lists.json")
    key = run(["backup", *on(node), "-o", str(file), "--with-keys"], capsys)["signed_by"]
    since = run(["directory", "renew", *on(node), "--as", "bo"], capsys)["sequence"]
    run(["directory", "export", *on(node), "-o", lists], capsys)
    done = run(["restore", str(file), "--to", str(back), "--signed-by", key], capsys)
    (tmp_path / "passphrase").write_bytes((node.parent / "passphrase").read_bytes())
    assert any("comity directory import FILE" in step for step in done["next"])
    run(["directory", "import", lists, *on(back), "--as", "bo"], capsys)
    assert run(["directory", "renew", *on(back), "--as", "bo"], capsys)["sequence"] == since + 1
