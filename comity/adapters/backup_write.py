"""Make a backup of a node that may be running: the database as it is at one moment, and the files beside it.

Files of evidence are named by their digests and never change, so those copied after that moment are still the right
ones; one that was given back or destroyed meanwhile is left out, and said to be.
"""

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from sqlalchemy import Connection, select

from comity.adapters import backup_signature
from comity.adapters.backup_manifest import (
    DATABASE,
    FOLDERS,
    KEYS,
    NAME,
    NODE,
    SIGNATURE,
    LogHead,
    Manifest,
    Stored,
)
from comity.adapters.config import FILE_NAME, Config
from comity.adapters.files import check_new, disk_error, sync_folder
from comity.adapters.sql import dump
from comity.adapters.sql.database import Database
from comity.adapters.sql.log import SqlLog
from comity.adapters.sql.portable import is_postgresql
from comity.adapters.sql.tables import REVISION, custody
from comity.base.counted import counted
from comity.base.encoding import to_json
from comity.base.errors import Conflict
from comity.base.instants import Instant
from comity.crypto.signatures import Signer

Count = Callable[[int, int], None]
_PIECE: Final = 1 << 20
_ALWAYS: Final = (
    "signed-head: it says what the log signed last, and an old one says less; keep it apart",
    "log/: the published files follow from the database",
    "passwords, certificates and TLS keys that comity.toml names",
)
_KEYS_APART: Final = "keys/: ask for them with --with-keys, or keep them apart"


@dataclass(frozen=True, slots=True)
class Node:
    """What is copied: a node's folder, its configuration and its database. signer: its receipt key, None where it
    cannot be had."""

    folder: Path
    config: Config
    database: Database
    signer: Signer | None


def write_backup(node: Node, target: Path, at: Instant, *, with_keys: bool, count: Count | None = None) -> Manifest:
    """Write a backup to `target`, a new file, readable by its owner alone. count: told the bytes done and, where known,
    in all. Raises Conflict where the file exists, Unavailable; nothing half-written stays."""
    part = target.with_name(target.name + ".part")
    check_new(target)
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w+b") as sink:
            with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                manifest = _fill(_Writer(archive, count), node, at, with_keys)
            sink.flush()
            os.fsync(sink.fileno())
        os.link(part, target)  # not over one that came meanwhile
        sync_folder(target.absolute().parent)
    except FileExistsError:
        raise Conflict("the file exists already", where=str(target), hint="choose another name") from None
    except OSError as error:
        raise disk_error(error, target) from None
    finally:
        part.unlink(missing_ok=True)
    return manifest


class _Writer:
    """Files into the archive, each with its length and digest."""

    def __init__(self, archive: zipfile.ZipFile, count: Count | None) -> None:
        self._archive = archive
        self._count = count
        self.files: dict[str, Stored] = {}
        self._done = 0
        self.in_all = 0

    def add(self, name: str, pieces: Iterator[bytes], *, packed: bool = True) -> None:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._archive.open(info, "w", force_zip64=True) as sink:
            for piece in pieces:
                sink.write(piece)
                digest.update(piece)
                size += len(piece)
                self._done += len(piece)
                if self._count is not None:
                    self._count(self._done, max(self._done, self.in_all))
        self.files[name] = Stored(size, digest.hexdigest())

    def finish(self, manifest: Manifest, signer: Signer | None) -> None:
        data = to_json(manifest)
        self._archive.writestr(NAME, data)
        if signer is not None:
            self._archive.writestr(SIGNATURE, backup_signature.sign(manifest, data, signer))


def _fill(writer: _Writer, node: Node, at: Instant, with_keys: bool) -> Manifest:
    found = list(_files(node.folder, with_keys))
    writer.in_all = sum(path.stat().st_size for _, path in found)
    with node.database.reading() as connection:
        rows = {name: _table(writer, connection, name) for name in dump.names()}
        log = SqlLog(connection)
        head = LogHead(log.size(), str(log.root()))
        packages = set(connection.execute(select(custody.c.package).distinct()).scalars())
        kind = "postgresql" if is_postgresql(connection) else "sqlite"
    gone = 0
    for name, path in found:
        try:
            with path.open("rb") as source:
                writer.add(name, _pieces(source), packed=False)
        except FileNotFoundError:
            gone += 1
    objects = node.config.objects
    elsewhere = sum(not (node.folder / "evidence" / package).is_dir() for package in packages)
    manifest = Manifest(
        node=node.config.node.id,
        mode=node.config.node.mode,
        origin=node.config.log.origin,
        at=at.seconds,
        step=REVISION,
        database=kind,  # type: ignore[arg-type]
        keys=with_keys,
        log=head,
        rows=rows,
        files=writer.files,
        left_out=tuple(_left_out(with_keys, gone, elsewhere, objects.url if objects is not None else "")),
    )
    writer.finish(manifest, node.signer)
    return manifest


def _left_out(with_keys: bool, gone: int, elsewhere: int, bucket: str) -> Iterator[str]:
    if bucket:
        yield (
            f"the evidence: it is in the bucket {bucket}, {counted(elsewhere, 'package')} with a custody chain; "
            "this file is no copy of it. Let the store copy the bucket to another place, and keep that as long as this "
            "file"
        )
    yield from _ALWAYS
    if not with_keys:
        yield _KEYS_APART
    if gone:
        yield f"{counted(gone, 'file')} of evidence that went while the backup was made"
    if elsewhere and not bucket:
        packages = counted(elsewhere, "package")
        yield f"{packages} of evidence with a custody chain and no folder here: given back, or not come yet"


def _table(writer: _Writer, connection: Connection, name: str) -> int:
    lines = -1  # the first names the columns

    def each() -> Iterator[bytes]:
        nonlocal lines
        for line in dump.dump(connection, name):
            lines += 1
            yield line

    writer.add(f"{DATABASE}{name}.jsonl", each())
    return lines


def _files(folder: Path, with_keys: bool) -> Iterator[tuple[str, Path]]:
    """The node's files, by their names in the backup. What is being written, and links, are not among them."""
    yield f"{NODE}{FILE_NAME}", folder / FILE_NAME
    for name in (*FOLDERS, *((KEYS,) if with_keys else ())):
        for path in sorted((folder / name).rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and not path.is_symlink() and not any(one.endswith(".part") for one in inside.parts):
                yield f"{NODE}{inside.as_posix()}", path


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(_PIECE):
        yield piece
