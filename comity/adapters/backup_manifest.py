"""What a backup is: a ZIP file, with a manifest that names every file in it with its length and digest.

    manifest.json             Manifest
    signature.json            by the node's receipt key (backup_signature); not where the backup was made without keys
    database/<table>.jsonl    sql.dump
    node/comity.toml          as the node had it
    node/evidence/..., node/parts/...
    node/keys/...             only where asked for: each sealed under the node's passphrase, as it lies there

Never in it: `signed-head`, which says what was signed last and would say less once it is old; the published log, which
follows from the database; passwords and TLS keys that the configuration names elsewhere. docs/formats/backup.md
"""

import zipfile
from typing import Final, Literal

import msgspec

from comity.base.digests import Digest
from comity.base.errors import Malformed
from comity.base.parsing import read_json

NAME: Final = "manifest.json"
SIGNATURE: Final = "signature.json"
DATABASE: Final = "database/"
NODE: Final = "node/"
MANIFEST_LIMIT: Final = 256 * 1024 * 1024
FOLDERS: Final = ("evidence", "parts")
"""The folders of a node whose files are copied."""
KEYS: Final = "keys"

_ENCRYPTED: Final = 1


class Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file in the backup."""

    size_bytes: int
    sha256: str


class LogHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The log as the database had it."""

    size: int
    root: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`at`: POSIX seconds; `step`: of the database's tables; `rows`: by table; `files`: by path; `left_out`: what a
    whole node has besides, in words."""

    format: Literal["comity-backup/1"] = "comity-backup/1"
    node: str
    mode: str
    origin: str
    at: int
    step: str
    database: Literal["sqlite", "postgresql"]
    keys: bool
    log: LogHead
    rows: dict[str, int]
    files: dict[str, Stored]
    left_out: tuple[str, ...]


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest, if it names the very files that are there. Raises Malformed."""
    plain = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if any(one.flag_bits & _ENCRYPTED or one.compress_type not in plain for one in archive.infolist()):
        raise _damaged("a file in it is packed as no backup packs one")
    try:
        info = archive.getinfo(NAME)
    except KeyError:
        raise Malformed(
            "not a backup of a node: it has no manifest", hint="name a file that comity backup made"
        ) from None
    if info.file_size > MANIFEST_LIMIT:
        raise Malformed("the manifest is too long", hint="name a file that comity backup made")
    manifest = read_json(archive.read(info), Manifest, limit=MANIFEST_LIMIT, what="the backup's manifest")
    there = [one.filename for one in archive.infolist() if one.filename not in (NAME, SIGNATURE)]
    own = len(archive.infolist()) - len(there)
    if own > (2 if SIGNATURE in archive.namelist() else 1):
        raise _damaged("its manifest or its signature is there twice")
    if len(set(there)) != len(there) or set(there) != set(manifest.files):
        raise _damaged("its files are not those the manifest names")
    for path, stored in manifest.files.items():
        _check_path(path)
        Digest.from_hex(stored.sha256)
        if archive.getinfo(path).file_size != stored.size_bytes:
            raise _damaged(f"the length of {path} is not the manifest's")
    return manifest


def _check_path(path: str) -> None:
    """It stays within the folder, and is one that we write."""
    parts = path.split("/")
    if any(part in ("", ".", "..") or "\\" in part or not part.isprintable() for part in parts) or len(parts) < 2:
        raise _damaged("a path in it leads elsewhere")
    known = parts[0] == DATABASE[:-1] and len(parts) == 2
    known = known or path == f"{NODE}comity.toml"
    known = known or (parts[0] == NODE[:-1] and len(parts) > 2 and parts[1] in (*FOLDERS, KEYS))
    if not known:
        raise _damaged("it has a file that no backup has")


def _damaged(what: str) -> Malformed:
    return Malformed(f"the backup is damaged: {what}", hint="nothing was written; take another copy of it")
