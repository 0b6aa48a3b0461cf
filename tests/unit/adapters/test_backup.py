"""A backup holds all of a node or says what it leaves out, is checked whole before anything is written, and restores
into either kind of database."""

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from comity.adapters import backup_restore, backup_signature, backup_write
from comity.adapters.backup_manifest import NAME, SIGNATURE, Manifest
from comity.adapters.config import Config, DatabaseTable, LogTable, NodeTable, read_config
from comity.adapters.config_objects import ObjectsTable
from comity.adapters.sql import dump
from comity.adapters.sql.database import Database, open_database
from comity.adapters.sql.server import Server
from comity.adapters.sql.tables import REVISION, metadata
from comity.base.digests import Digest
from comity.base.errors import BadSignature, ComityError, Conflict, Malformed, NotFound, Unavailable
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto.signatures import Ed25519Signer
from comity.exchange.message import Role
from comity.wiring import database_of, found_node
from comity.workflows.people_store import SignedIn
from comity.workflows.stores import Leaf
from tests.postgresql import Postgres

PASSPHRASE = b"correct horse battery staple"
AT = Instant.parse("2026-11-22T03:00:00Z")
RECEIPT = Ed25519Signer(bytes(range(32)))
SECRET = b"\x00\xff a package's bytes" * 1000


def config(url: str = "") -> Config:
    node = NodeTable("XA/central-authority", Role.AUTHORITY, Mode.EXERCISE, "XA", "http://127.0.0.1:8400")
    log = LogTable("exercise.comity.example/XA/central-authority", pad_to=1)
    return Config(format=1, node=node, log=log, database=DatabaseTable(url=url))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database on a server, or '' for a file."""
    if request.param == "sqlite":
        yield ""
        return
    server: Postgres = request.getfixturevalue("postgresql")
    made = server.empty()
    yield made.url
    server.drop(made)


def made_node(folder: Path, url: str = "") -> Path:
    """A node with something in each kind of place."""
    found_node(folder, config(url), PASSPHRASE)
    package = folder / "evidence" / str(Digest.of(b"package"))
    (package / "data").mkdir(parents=True)
    (package / "data" / "pack.age").write_bytes(SECRET)
    (package / "half.part").write_bytes(b"not whole")
    (folder / "parts" / str(Digest.of(b"part"))).write_bytes(b"part")
    (folder / "signed-head").write_bytes(b"what was signed last")
    database = opened(folder)
    with database.transaction() as tx:
        for number in range(1, 4):
            tx.cases.append("case", number, b"\x00event\xff", Digest.of(b"%d" % number))
        for number in range(600):
            tx.log.append(Leaf(tx.log.size(), b"\x01entry%d" % number, "case", 1, b"", b"body"))
        tx.custody.append(package.name, [b"act"])
        tx.custody.append(str(Digest.of(b"given back")), [b"act"])
        at = Instant.from_seconds(2**33)  # after 2038
        tx.sessions.put(SignedIn(Digest.of(b"cookie"), "anna", b"secret", at, at, "passkey"))  # type: ignore[arg-type]
    database.close()
    return folder


def opened(folder: Path) -> Database:
    return open_database(database_of(read_config(folder / "comity.toml"), folder))


def backup(folder: Path, target: Path, *, with_keys: bool = False) -> Manifest:
    database = opened(folder)
    try:
        node = backup_write.Node(folder, read_config(folder / "comity.toml"), database, RECEIPT)
        return backup_write.write_backup(node, target, AT, with_keys=with_keys)
    finally:
        database.close()


def restore(file: Path, folder: Path, url: str = "", signed_by: str = "") -> None:
    def where(made: Path) -> Path | Server:
        return database_of(read_config(made / "comity.toml"), made)

    with backup_restore.opened(file) as (archive, manifest):
        if signed_by:
            backup_signature.check_signer(archive, manifest, signed_by)
        backup_restore.verify(archive, manifest)
        backup_restore.restore(archive, manifest, folder, DatabaseTable(url=url), where)


def rows(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    database = opened(folder)
    with database.reading() as connection:
        found = {
            name: sorted(map(tuple, connection.execute(select(metadata.tables[name])))) for name in metadata.tables
        }
    database.close()
    return found


def files(folder: Path) -> dict[str, bytes]:
    found = {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    return {name: data for name, data in found.items() if not name.startswith(("comity.", "log/"))}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A node, and its backup without keys."""
    folder = made_node(tmp_path_factory.mktemp("node") / "xa")
    backup(folder, folder.parent / "xa.backup")
    return folder, folder.parent / "xa.backup"


def test_what_was_backed_up_comes_back_into_either_kind_of_database(
    kept: tuple[Path, Path], url: str, tmp_path: Path
) -> None:
    folder, file = kept
    restore(file, tmp_path / "back", url, RECEIPT.kid)
    before, after = rows(folder), rows(tmp_path / "back")
    apart = {"signed_in", "resume_peer"}
    assert {name: after[name] for name in after if name not in apart} == {
        name: before[name] for name in before if name not in apart
    }
    assert before["signed_in"] and not after["signed_in"]  # whoever was signed in signs in anew
    database = opened(tmp_path / "back")
    with database.transaction() as tx:  # it goes on: numbers are given after the last
        tx.cases.append("case", 4, b"event", Digest.of(b"4"))
        tx.log.append(Leaf(tx.log.size(), b"\x01entry"))
        assert list(tx.cases.ids()) == ["case"]
    database.close()
    expected = {name: data for name, data in files(folder).items() if not name.startswith(("keys/", "signed-head"))}
    expected = {
        name: data for name, data in expected.items() if not name.endswith(".part") and name != "directory.json"
    }
    assert files(tmp_path / "back") == expected
    assert read_config(tmp_path / "back" / "comity.toml").database == DatabaseTable(url=url)


def test_a_backup_of_a_server_comes_back_as_a_file_and_a_backup_of_that_is_the_same(
    postgresql: Postgres, tmp_path: Path
) -> None:
    first, again = postgresql.empty(), postgresql.empty()
    made_node(tmp_path / "xa", first.url)
    one = backup(tmp_path / "xa", tmp_path / "one")
    assert one.database == "postgresql"
    restore(tmp_path / "one", tmp_path / "file")
    other = backup(tmp_path / "file", tmp_path / "other")
    assert other.database == "sqlite"
    assert {name: stored for name, stored in one.files.items() if name.startswith("database/")} == {
        name: stored
        for name, stored in other.files.items()
        if name.startswith("database/") and "resume_peer" not in name
    } | {name: one.files[name] for name in one.files if "resume_peer" in name}
    restore(tmp_path / "other", tmp_path / "server", again.url)
    assert rows(tmp_path / "server")["log_entry"] == rows(tmp_path / "xa")["log_entry"]
    for server in (first, again):
        postgresql.drop(server)


def test_it_says_what_is_not_in_it_and_keys_only_where_they_are_asked_for(
    kept: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, file = kept
    with backup_restore.opened(file) as (archive, manifest):
        assert not [name for name in archive.namelist() if "keys/" in name or "signed-head" in name]
        told = "\n".join(manifest.left_out)
        assert "signed-head" in told and "keys/" in told and "log/" in told
        assert "1 package of evidence" in told
        assert (manifest.node, manifest.at, manifest.step) == ("XA/central-authority", AT.seconds, REVISION)
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    whole = backup(folder, tmp_path / "whole", with_keys=True)
    assert whole.keys
    assert "keys/" not in "\n".join(whole.left_out)
    restore(tmp_path / "whole", tmp_path / "back")
    names = sorted(one.name for one in (folder / "keys").iterdir())
    assert sorted(one.name for one in (tmp_path / "back" / "keys").iterdir()) == names
    for name in names:  # sealed as they lie there
        assert (tmp_path / "back" / "keys" / name).read_bytes() == (folder / "keys" / name).read_bytes()


def test_it_is_one_picture_while_others_write(tmp_path: Path, url: str) -> None:
    folder = made_node(tmp_path / "xa", url)
    database, other = opened(folder), opened(folder)
    with database.reading() as connection:
        before = dump.count(connection)
        with other.transaction() as tx:
            tx.cases.append("later", 1, b"event", Digest.of(b"1"))
        assert dump.count(connection) == before
    with database.reading() as connection:
        assert dump.count(connection) == before + 1
    database.close()
    other.close()


def test_nothing_is_written_over(kept: tuple[Path, Path], url: str, tmp_path: Path) -> None:
    folder, file = kept
    before = file.read_bytes()
    with pytest.raises(Conflict, match="exists already"):
        backup(folder, file)
    assert file.read_bytes() == before
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").touch()
    with pytest.raises(Conflict, match="not empty"):
        restore(file, tmp_path / "full", url)
    if url:
        restore(file, tmp_path / "first", url)
        with pytest.raises(Conflict, match="database is not empty"):
            restore(file, tmp_path / "second", url)
        assert not (tmp_path / "second").exists()


def spoilt(file: Path, target: Path, **changes: bytes | None) -> Path:
    """The backup with other bytes under a name, or without it; the manifest as it was."""
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(target, "w") as sink:
        for name in source.namelist():
            data = changes.get(name.replace("/", "__").replace(".", "_"), source.read(name))
            if data is not None:
                sink.writestr(name, data)
        for name, data in changes.items():
            if name.startswith("new") and data is not None:
                sink.writestr("node/evidence/new", data)
    return target


@pytest.mark.parametrize(
    "changes",
    [
        {"database__case_event_jsonl": None},
        {"database__log_entry_jsonl": b"[]\n"},
        {"node__comity_toml": b"format = 1\n"},
        {"new": b"a file the manifest does not name"},
        {"manifest_json": b"{}"},
        {"manifest_json": None},
    ],
)
def test_a_damaged_backup_is_refused_and_nothing_is_written(
    kept: tuple[Path, Path], tmp_path: Path, changes: dict[str, bytes | None]
) -> None:
    file = spoilt(kept[1], tmp_path / "spoilt", **changes)
    with pytest.raises(Malformed):
        restore(file, tmp_path / "back")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["spoilt"]


def test_a_changed_byte_anywhere_is_refused(kept: tuple[Path, Path], tmp_path: Path) -> None:
    data = kept[1].read_bytes()
    file = tmp_path / "flipped"
    for place in range(100, len(data), max(1, len(data) // 40)):
        file.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        try:
            restore(file, tmp_path / "back")
        except ComityError:
            assert not (tmp_path / "back").exists()
            continue
        # A byte of the archive's own that says nothing of a file: what came back is the same.
        assert rows(tmp_path / "back")["log_entry"] == rows(kept[0])["log_entry"]
        shutil.rmtree(tmp_path / "back")


@pytest.mark.parametrize("name", ["../x", "node/../../x", "/etc/x", "node/keys/../../x", "node/other", "database/a/b"])
def test_a_path_that_leads_elsewhere_is_refused(kept: tuple[Path, Path], tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(kept[1]) as source:
        manifest = msgspec.json.decode(source.read(NAME))
        manifest["files"][name] = {"size_bytes": 1, "sha256": str(Digest.of(b"x"))}
        with zipfile.ZipFile(tmp_path / "spoilt", "w") as sink:
            for one in source.namelist():
                if one != NAME:
                    sink.writestr(one, source.read(one))
            sink.writestr(name, b"x")
            sink.writestr(NAME, msgspec.json.encode(manifest))
    with pytest.raises(Malformed):
        restore(tmp_path / "spoilt", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_rows_that_do_not_make_the_log_that_was_signed_are_refused(kept: tuple[Path, Path], tmp_path: Path) -> None:
    # A forger who makes the digests fit cannot make the root fit the one the manifest names, nor the witnesses'.
    with zipfile.ZipFile(kept[1]) as source:
        manifest = msgspec.json.decode(source.read(NAME))
        name = "database/log_entry.jsonl"
        data = source.read(name).replace(b'"case",1,', b'"else",1,', 1).splitlines(keepends=True)
        forged = b"".join([*data[:-1], data[-1].replace(b'"', b'"', 1)][:-1])
        manifest["files"][name] = {"size_bytes": len(forged), "sha256": str(Digest.of(forged))}
        manifest["rows"]["log_entry"] -= 1
        with zipfile.ZipFile(tmp_path / "forged", "w") as sink:
            for one in source.namelist():
                if one not in (NAME, name):
                    sink.writestr(one, source.read(one))
            sink.writestr(name, forged)
            sink.writestr(NAME, msgspec.json.encode(manifest))
    with pytest.raises(Malformed, match="the log in the backup"):
        restore(tmp_path / "forged", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_what_is_no_backup_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        restore(tmp_path / "nothing", tmp_path / "back")
    (tmp_path / "letter").write_bytes(b"a letter" * 100)
    with pytest.raises(Malformed, match="not a backup"):
        restore(tmp_path / "letter", tmp_path / "back")


def forged(file: Path, target: Path, signer: Ed25519Signer | None) -> Path:
    """The backup of a forger who made everything fit: another node's name in the manifest, signed anew or not."""
    with zipfile.ZipFile(file) as source:
        manifest = msgspec.json.decode(source.read(NAME), type=Manifest)
        manifest = msgspec.structs.replace(manifest, node="XA/another")
        changes: dict[str, bytes | None] = {"manifest_json": msgspec.json.encode(manifest)}
    if signer is not None:
        data = changes["manifest_json"]
        assert data is not None
        changes["signature_json"] = backup_signature.sign(manifest, data, signer)
    return spoilt(file, target, **changes)


def test_who_signed_a_backup_is_checked_against_the_key_that_a_person_names(
    kept: tuple[Path, Path], tmp_path: Path
) -> None:
    thief = Ed25519Signer(bytes(32))
    for file, signed_by in (
        (kept[1], thief.kid),
        (forged(kept[1], tmp_path / "not-signed-anew", None), RECEIPT.kid),
        (forged(kept[1], tmp_path / "by-another", thief), RECEIPT.kid),
        (spoilt(kept[1], tmp_path / "unsigned", signature_json=None), RECEIPT.kid),
        (spoilt(kept[1], tmp_path / "odd", signature_json=b"{}"), RECEIPT.kid),
        (spoilt(kept[1], tmp_path / "long", signature_json=b" " * 10_000), RECEIPT.kid),
    ):
        with pytest.raises((BadSignature, Malformed)):
            restore(file, tmp_path / "back", signed_by=signed_by)
        assert not (tmp_path / "back").exists()
    with zipfile.ZipFile(tmp_path / "by-another") as archive:  # it holds in itself: only the name tells
        manifest = msgspec.json.decode(archive.read(NAME), type=Manifest)
        assert backup_signature.signer_of(archive, manifest) == thief.kid


def test_a_second_signature_or_manifest_is_refused(kept: tuple[Path, Path], tmp_path: Path) -> None:
    for name in (NAME, SIGNATURE):
        file = tmp_path / f"twice-{name}"
        shutil.copyfile(kept[1], file)
        with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(file, "a") as archive:
            archive.writestr(name, archive.read(name))
        with pytest.raises(Malformed, match="twice"):
            restore(file, tmp_path / "back")


def test_where_evidence_is_in_a_bucket_the_backup_says_so_and_what_to_do(tmp_path: Path) -> None:
    folder = made_node(tmp_path / "xa")
    database = opened(folder)
    found = msgspec.structs.replace(
        read_config(folder / "comity.toml"), objects=ObjectsTable(url="s3://evidence-of-xa/one")
    )
    try:
        node = backup_write.Node(folder, found, database, RECEIPT)
        made = backup_write.write_backup(node, tmp_path / "one", AT, with_keys=False)
    finally:
        database.close()
    assert "s3://evidence-of-xa/one" in made.left_out[0]
    assert "this file is no copy of it" in made.left_out[0]


def test_a_backup_of_another_release_names_what_to_do(kept: tuple[Path, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(kept[1]) as source:
        manifest = msgspec.json.decode(source.read(NAME))
        manifest["step"] = "0001"
    file = spoilt(kept[1], tmp_path / "older", manifest_json=msgspec.json.encode(manifest))
    with pytest.raises(Unavailable, match="at step 0001") as refused:
        restore(file, tmp_path / "back")
    assert "comity migrate" in refused.value.hint
