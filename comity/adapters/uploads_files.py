"""Files on their way in, in pieces, over connections that break. `CASE/ID/`: about.json, offset (and when), data.

What `append` said it has is on the disk: the offset is written once the bytes are flushed. What is beyond it, left
by a process that ended in the middle, is cut off before more is written. Files are for one person in one case; they are
dropped once they are sealed, when they are given up, and some days after the last piece (policy).
"""

import asyncio
import base64
import hashlib
import os
import shutil
import threading
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from comity.adapters.files import disk_error, read_limited, sync_folder, write_whole
from comity.base.errors import BrokenSeal, Conflict, Malformed, NotFound, TooLarge
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.evidence.paths import check_path

KEPT_SECONDS: Final = 3 * 24 * 3600
"""Policy: how long a file waits for its next piece, or to be sealed."""
SYNC_BYTES: Final = 8 * 1024 * 1024
CASE_MOST_FILES: Final = 500
_ABOUT_LIMIT: Final = 4096
_WRITE_BYTES: Final = 1024 * 1024


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was said when the file was begun. size: bytes in all; begun: POSIX seconds."""

    v: int
    case: str
    person: str
    name: str
    size: int
    begun: int


@dataclass(frozen=True, slots=True)
class Upload:
    """One file on its way. `offset`: bytes that are on the disk; `ends`: until when the next piece is waited for."""

    id: str
    about: About
    offset: int
    ends: Instant
    data: Path

    @property
    def is_whole(self) -> bool:
        return self.offset == self.about.size


class UploadFolder:
    """All files on their way into one node. case_most: bytes that one case may have under way."""

    def __init__(self, folder: Path, case_most: int) -> None:
        self._folder = folder
        self._case_most = case_most
        self._lock = threading.Lock()
        self._busy: set[str] = set()

    @property
    def most(self) -> int:
        return self._case_most

    def begin(self, name: str, upload_id: str, *, case: str, person: str, size: int, now: Instant) -> Upload:
        """A new, empty file. Raises Malformed for a name no package can hold, Conflict where it is taken, TooLarge."""
        check_path(name)
        if "/" in name:
            raise Malformed("a file's name holds a slash", where="filename", hint="send each file by its own name")
        with self._lock:
            here = self._all(case, now)
            if any(one.about.name == name for one in here):
                raise Conflict("a file of this name is under way", where=name, hint="go on with it, or drop it first")
            if sum(one.about.size for one in here) + size > self._case_most or len(here) >= CASE_MOST_FILES:
                raise TooLarge(
                    f"more than {self._case_most:,} bytes or {CASE_MOST_FILES} files in one case",
                    hint="seal what is there, or drop what is not needed",
                )
            about = About(v=1, case=case, person=person, name=name, size=size, begun=now.seconds)
            folder = self._folder / case / upload_id
            try:
                folder.mkdir(mode=0o700, parents=True)
                (folder / "data").touch(mode=0o600)
                _write_offset(folder, 0, now)
                write_whole(folder / "about.json", msgspec.json.encode(about), mode=0o600)
                sync_folder(folder.parent)
            except OSError as error:
                raise disk_error(error, folder) from None
            return self._read(folder)

    def find(self, case: str, upload_id: str, person: str, now: Instant) -> Upload:
        """Raises NotFound, as for another person's."""
        with self._lock:
            found = next((one for one in self._all(case, now) if one.id == upload_id), None)
        if found is None or found.about.person != person:
            raise NotFound("there is no such upload any more", hint="begin it again")
        return found

    def all(self, case: str, person: str, now: Instant) -> tuple[Upload, ...]:
        """A person's files in a case, by name."""
        with self._lock:
            found = [one for one in self._all(case, now) if one.about.person == person]
        return tuple(sorted(found, key=lambda one: one.about.name))

    async def append(
        self, upload: Upload, offset: int, body: AsyncIterable[bytes], now: Instant, *, sha256: bytes | None = None
    ) -> int:
        """The bytes of `body` from `offset` on; the new offset. With `sha256`, all of them or none.

        Raises Conflict at another offset or while another piece is written, TooLarge, BrokenSeal for a wrong digest.
        """
        if offset != upload.offset:
            raise Conflict(f"the file has {upload.offset} bytes", hint="ask for the offset, and go on from there")
        with self._lock:
            if upload.id in self._busy:
                raise Conflict("another piece of this file is being written", hint="wait for it, then ask again")
            self._busy.add(upload.id)
        try:
            with upload.data.open("r+b") as sink:
                sink.seek(offset)
                sink.truncate()
                piece = _Piece(upload, sink, now, sha256)
                try:
                    await piece.take(body)
                finally:
                    await asyncio.to_thread(piece.keep)
                return piece.finish()
        except OSError as error:
            raise disk_error(error, upload.data) from None
        finally:
            self._busy.discard(upload.id)

    def drop(self, upload: Upload) -> None:
        shutil.rmtree(upload.data.parent, ignore_errors=True)

    def drop_old(self, now: Instant) -> None:
        """Remove what waited too long, in every case."""
        with self._lock:
            for folder in self._folder.glob("*"):
                self._all(folder.name, now)

    def _all(self, case: str, now: Instant) -> list[Upload]:
        found = []
        for folder in (self._folder / case).glob("*") if case and "/" not in case and case[0] != "." else ():
            try:
                upload = self._read(folder)
            except (NotFound, Malformed):  # a process that ended while it began the file
                shutil.rmtree(folder, ignore_errors=True)
                continue
            if upload.ends < now:
                self.drop(upload)
            else:
                found.append(upload)
        return found

    @staticmethod
    def _read(folder: Path) -> Upload:
        what = "about.json"
        about = read_json(read_limited(folder / what, _ABOUT_LIMIT), About, limit=_ABOUT_LIMIT, what=what)
        offset, last = map(int, read_limited(folder / "offset", 64).split())
        return Upload(folder.name, about, offset, Instant.from_seconds(last + KEPT_SECONDS), folder / "data")


class _Piece:
    """One piece being written. What came before the line broke is kept, unless its digest is to be checked."""

    def __init__(self, upload: Upload, sink: BinaryIO, now: Instant, sha256: bytes | None) -> None:
        self._upload, self._sink, self._now, self._sha256 = upload, sink, now, sha256
        self._state = hashlib.sha256()
        self._done = self._kept = upload.offset
        self._waiting = bytearray()

    async def take(self, body: AsyncIterable[bytes]) -> None:
        async for chunk in body:
            if self._done + len(self._waiting) + len(chunk) > self._upload.about.size:
                self._waiting.clear()
                raise TooLarge("more bytes than were announced", hint="begin the file again")
            self._waiting += chunk
            if len(self._waiting) >= _WRITE_BYTES:
                await asyncio.to_thread(self._write)

    def _write(self) -> None:
        self._sink.write(self._waiting)
        self._state.update(self._waiting)
        self._done += len(self._waiting)
        self._waiting.clear()
        if self._sha256 is None and self._done - self._kept >= SYNC_BYTES:
            self._settle()

    def keep(self) -> None:
        self._write()
        if self._done > self._kept and self._sha256 in {None, self._state.digest()}:
            self._settle()

    def finish(self) -> int:
        if self._done > self._kept:
            raise BrokenSeal("the piece is not what its digest says", hint="send it again; none of it was kept")
        return self._done

    def _settle(self) -> None:
        """The bytes first, then how many they are."""
        self._sink.flush()
        os.fsync(self._sink.fileno())
        _write_offset(self._upload.data.parent, self._done, self._now)
        self._kept = self._done


def _write_offset(folder: Path, offset: int, now: Instant) -> None:
    write_whole(folder / "offset", f"{offset} {now.seconds}".encode(), mode=0o600)


def read_checksum(text: str) -> bytes:
    """The digest of `Upload-Checksum: sha256 BASE64`. Raises Malformed for another algorithm."""
    algorithm, _, encoded = text.partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except ValueError:
        digest = b""
    if algorithm != "sha256" or len(digest) != hashlib.sha256().digest_size:
        raise Malformed("not a checksum we can check", where="upload-checksum", hint="sha256, then base64")
    return digest
