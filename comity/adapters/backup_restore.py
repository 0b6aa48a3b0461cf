"""Put a node back from a backup: all of it is checked before anything is written, and nothing is written over.

The folder is made under another name and takes its own when all is in it; a database on a server is emptied again if
that fails. The restored node does not know what was done after the backup: its log is recovered from a copy
(workflows.recover_log), and before it sends to a peer, the peer is asked what it has (workflows.resume_channels).
"""

import hashlib
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from sqlalchemy.exc import DatabaseError

from comity.adapters.backup_manifest import DATABASE, NODE, Manifest, read_manifest
from comity.adapters.config import CONFIG_LIMIT, FILE_NAME, DatabaseTable, lines_of_database, read_config
from comity.adapters.files import disk_error, sync_folder, write_whole
from comity.adapters.sql import dump
from comity.adapters.sql.database import kind_of, make_engine, roll_back
from comity.adapters.sql.migrate import make_new, unmake
from comity.adapters.sql.resume import mark_restored
from comity.adapters.sql.server import Server
from comity.adapters.sql.tables import REVISION
from comity.base.errors import Conflict, Malformed, NotFound, Unavailable

Count = Callable[[int, int], None]
_PIECE: Final = 1 << 20
_EMPTY: Final = ("log", "evidence", "parts")


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup and its manifest. Raises NotFound, Malformed, or Unavailable for one of another release."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = read_manifest(archive)
            if manifest.step != REVISION:
                raise Unavailable(
                    f"the backup's tables are at step {manifest.step}, this release's are at {REVISION}",
                    hint="restore it with the release that made it, then: comity migrate",
                )
            if set(manifest.rows) != set(dump.names()):
                raise Malformed("the backup's tables are not this release's", hint="restore it with its own release")
            yield archive, manifest
    except FileNotFoundError:
        raise NotFound("there is no such file", where=str(path), hint="check the path") from None
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeDecodeError):
        raise Malformed("not a backup, or a damaged one", where=str(path), hint="nothing was written") from None
    except OSError as error:
        raise disk_error(error, path) from None


def verify(archive: zipfile.ZipFile, manifest: Manifest, count: Count | None = None) -> None:
    """Read it all: every file has the length and the digest that the manifest says. Raises Malformed."""
    done, in_all = 0, sum(one.size_bytes for one in manifest.files.values())
    for name, stored in manifest.files.items():
        digest, size = hashlib.sha256(), 0
        with archive.open(name) as source:
            for piece in _pieces(source):
                size += len(piece)
                if size > stored.size_bytes:
                    break
                digest.update(piece)
                done += len(piece)
                if count is not None:
                    count(done, in_all)
        if (size, digest.hexdigest()) != (stored.size_bytes, stored.sha256):
            raise Malformed(
                f"the backup is damaged: {name} is not what it was", hint="nothing was written; take another copy of it"
            )


def restore(
    archive: zipfile.ZipFile,
    manifest: Manifest,
    folder: Path,
    table: DatabaseTable,
    where: Callable[[Path], Path | Server],
) -> None:
    """Make the node in `folder`, new or empty, from a verified backup. where: the database of a node in a folder.

    Raises Conflict where the folder or the database holds something, Malformed, Unavailable.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict("the folder is not empty", where=str(folder), hint="name a new one; nothing is written over")
    part = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        _extract(archive, manifest, part)
        _name_database(part / FILE_NAME, table)
        database = where(part)
        make_new(database)
        try:
            _load(archive, manifest, database)
            if folder.is_dir():
                folder.rmdir()
            part.rename(folder)
            sync_folder(folder.absolute().parent)
        except BaseException:
            if isinstance(database, Server):
                unmake(database)
            raise
    except OSError as error:
        raise disk_error(error, folder) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _extract(archive: zipfile.ZipFile, manifest: Manifest, folder: Path) -> None:
    for name in _EMPTY:
        (folder / name).mkdir()
    for name in manifest.files:
        if not name.startswith(NODE):
            continue
        path = folder / name.removeprefix(NODE)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with archive.open(name) as source, os.fdopen(descriptor, "wb") as sink:
            shutil.copyfileobj(source, sink, _PIECE)
            sink.flush()
            os.fsync(sink.fileno())


def _name_database(path: Path, table: DatabaseTable) -> None:
    """Let the configuration name the database that is restored into, and keep all else of it as it was."""
    text = path.read_bytes()[:CONFIG_LIMIT].decode("utf-8", "replace")
    kept = re.sub(r"(?ms)^\[database\][^\n]*\n.*?(?=^\[|\Z)", "", text)
    first = re.search(r"(?m)^\[log\]", kept)
    at = first.start() if first else len(kept)
    lines = "".join(f"{line}\n" for line in lines_of_database(table))
    write_whole(path, (kept[:at] + lines + kept[at:]).encode())
    read_config(path)


def _load(archive: zipfile.ZipFile, manifest: Manifest, where: Path | Server) -> None:
    engine = make_engine(where)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                for name in dump.names():
                    with archive.open(f"{DATABASE}{name}.jsonl") as source:
                        loaded = dump.load(connection, name, _lines(source, name))
                    if loaded != manifest.rows[name]:
                        raise Malformed(f"the backup is damaged: {name} has {loaded} rows", hint="take another copy")
                head = dump.finish(connection)
                if (head.size, str(head.root)) != (manifest.log.size, manifest.log.root):
                    raise Malformed("the log in the backup is not the one it was made of", hint="take another copy")
                mark_restored(connection, manifest.node, manifest.at)
            except BaseException:
                roll_back(connection)
                raise
            connection.exec_driver_sql("COMMIT")
    except DatabaseError as error:
        raise kind_of(engine).unavailable(error) from None
    finally:
        engine.dispose()


def _lines(source: IO[bytes], name: str) -> Iterator[bytes]:
    while line := source.readline(dump.LINE_LIMIT + 1):
        if len(line) > dump.LINE_LIMIT:
            raise Malformed(f"a line of {name} is too long", hint="the backup is damaged: take another copy")
        yield line


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(_PIECE):
        yield piece
