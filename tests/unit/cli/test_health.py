"""`comity health` and `comity objects` over a node in a folder, and one whose evidence is in a store."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from comity.adapters.config import Config, read_config, write_config
from comity.adapters.config_objects import ObjectsTable
from comity.base.errors import Malformed
from comity.base.mode import Mode
from comity.cli.init import new_config
from comity.cli.main import main
from comity.exchange.message import Role
from comity.wiring import found_node, open_node
from tests.seaweedfs import KEY, SECRET, Seaweed

PASSPHRASE = b"correct horse battery staple"


def config_of(objects: ObjectsTable | None = None) -> Config:
    people = ["bo=operator", "sven=operator"]
    config = new_config(Role.AUTHORITY, "XA", "A", "", "http://127.0.0.1:8499", Mode.EXERCISE, people, [])
    return msgspec.structs.replace(config, objects=objects)


def found(folder: Path, objects: ObjectsTable | None = None) -> list[str]:
    """A new node; the options that name it."""
    found_node(folder / "xa", config_of(objects), PASSPHRASE)
    (folder / "passphrase").write_bytes(PASSPHRASE)
    return ["--config", str(folder / "xa" / "comity.toml"), "--passphrase-file", str(folder / "passphrase")]


def test_a_new_node_is_sound_and_says_so_for_a_person_and_a_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = found(tmp_path)
    assert main(["health", *options]) == 0
    assert "key:authority" in capsys.readouterr().out
    assert main(["health", "--json", *options]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is True
    assert {one["standing"] for one in said["checks"]} == {"ok"}


def test_keys_put_back_from_another_copy_fail_though_each_of_them_signs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = found(tmp_path)
    (tmp_path / "other").mkdir()
    found(tmp_path / "other")
    shutil.rmtree(tmp_path / "xa" / "keys")
    shutil.copytree(tmp_path / "other" / "xa" / "keys", tmp_path / "xa" / "keys")
    assert main(["health", "--json", *options]) != 0
    said = json.loads(capsys.readouterr().out.splitlines()[0])
    (listed,) = (one for one in said["checks"] if one["name"] == "listed")
    assert listed["standing"] == "failed"
    assert "the transport key is not the one that is listed" in listed["why"]
    assert {one["standing"] for one in said["checks"] if one["name"].startswith("key:")} == {"ok"}


def test_a_key_file_that_is_spoilt_or_gone_is_told_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = found(tmp_path)
    file = tmp_path / "xa" / "keys" / "receipt.jwe"
    whole = file.read_bytes()
    file.write_bytes(whole[:-3] + b"AAA")
    assert main(["health", *options]) != 0
    assert "hint" in capsys.readouterr().err
    file.unlink()
    assert main(["health", *options]) != 0
    assert "hint" in capsys.readouterr().err


def test_a_node_over_a_store_is_founded_checked_and_copied_into_it(
    tmp_path: Path, seaweed: Seaweed, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "s3-key"
    key.write_text(f"{KEY}\n{SECRET}\n", encoding="utf-8")
    objects = ObjectsTable(f"s3://{seaweed.bucket()}/xa", endpoint=seaweed.endpoint, credentials_file=str(key))
    options = found(tmp_path, objects)
    assert main(["objects", "check", *options]) == 0
    (tmp_path / "xa" / "log" / "checkpoint").write_bytes(b"origin\n1\nroot\n")
    assert main(["objects", "copy", "--json", *options]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["log_files"] == 1
    node = open_node(tmp_path / "xa" / "comity.toml", PASSPHRASE)
    assert node.office.log_folder.read("checkpoint") == b"origin\n1\nroot\n"
    node.close()
    assert main(["health", *options]) == 0


def test_without_a_store_there_is_none_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["objects", "check", *found(tmp_path)]) != 0
    assert "no object store" in capsys.readouterr().err


def test_a_mistake_in_the_table_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "comity.toml"
    path.write_bytes(write_config(config_of(ObjectsTable("s3://bucket/xa", region="eu-1"))))
    assert read_config(path).objects == ObjectsTable("s3://bucket/xa", region="eu-1")
    path.write_bytes(write_config(config_of(ObjectsTable("https://bucket/xa"))))
    with pytest.raises(Malformed) as refused:
        read_config(path)
    line = refused.value.where.rpartition(" ")[2]
    assert path.read_text(encoding="utf-8").splitlines()[int(line) - 1].startswith("url = ")
    assert "objects.url" in refused.value.what


def test_the_lease_stands_in_a_new_file_where_it_is_not_the_usual_one(tmp_path: Path) -> None:
    config = config_of()
    quick = msgspec.structs.replace(config, exchange=msgspec.structs.replace(config.exchange, lease_seconds=9))
    (tmp_path / "comity.toml").write_bytes(write_config(quick))
    assert read_config(tmp_path / "comity.toml").exchange.lease_seconds == 9
