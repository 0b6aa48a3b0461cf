"""Parts, packages, the published log and the signed head in S3-compatible storage: the ports of `objects_files`.

    parts/<digest>               a part, once
    packages/<name>              which files a package has: {"v":1,"folder":...,"files":{name:[number,size]}}, once
    files/<folder>/<number>      the bytes of one of its files; the folder's name is chance
    files/<folder>/kept          the digest of the package that these files are, before it has its name
    log/checkpoint, log/tile/... as any static web server can serve them
    signed-head                  the largest tree head the log key ever signed, compare and swap

S3 renames nothing: a package comes to be when the small object that names its files is made, under a condition, and is
gone when that is removed. Whoever writes a second package of the same digest finds that there is one.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from comity.adapters.s3_bucket import Bucket, Reader, Writer
from comity.adapters.signed_head import format_head, parse_head
from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import Conflict, Malformed, NotFound, Unavailable
from comity.base.parsing import read_json
from comity.evidence.parts import check_part
from comity.evidence.paths import check_path
from comity.evidence.streams import PackageSink, PackageSource
from comity.transparency.lines import read_decimal
from comity.workflows.ports import Clock, Randomness, SignedHead
from comity.workflows.stores import TreeHead

ABANDONED_SECONDS: Final = 7 * 24 * 3600
"""Policy: files that no package names, and to which nothing was added for so long, belong to a process that is gone."""
_CHECKPOINT: Final = "checkpoint"
_HEAD: Final = "signed-head"
_KEPT: Final = "kept"
_LIST_LIMIT: Final = 16 * 1024 * 1024
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_TRIES: Final = 5
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
_LOG_PATH: Final = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")


class S3Parts:
    """Stretches of attached files. Free space is the store's to watch: what it has not room for it refuses."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @staticmethod
    def _name(sha256: str) -> str:
        return f"parts/{Digest.from_hex(sha256)}"

    def has(self, sha256: str) -> bool:
        return self._bucket.size(self._name(sha256)) is not None

    def put(self, sha256: str, data: bytes) -> None:
        """Raises Malformed if the digest is another's, Unavailable if the store refuses."""
        check_part(sha256, data)
        if not self._bucket.create(self._name(sha256), data):
            raise Unavailable("the object store has other bytes under this digest", hint="look at the store's disks")

    def read(self, sha256: str) -> bytes:
        found = self._bucket.read(self._name(sha256))
        if found is None:
            raise NotFound("no such part", hint="the sender brings it first")
        try:
            check_part(sha256, found.data)
        except Malformed:
            raise Unavailable("the object store gave other bytes than it was given", hint="try again") from None
        return found.data

    def drop(self, sha256s: Sequence[str]) -> None:
        self._bucket.delete([self._name(sha256) for sha256 in sha256s])


class _Contents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A package: the folder of its files, and for each name its number there and its size."""

    v: int
    folder: str
    files: dict[str, tuple[int, int]]

    def place(self, name: str) -> str:
        return _place(self.folder, self.files[name][0])


def _place(folder: str, number: int | str) -> str:
    return f"files/{folder}/{number}"


class S3Packages:
    """Sealed packages, and those that are being made."""

    def __init__(self, bucket: Bucket, randomness: Randomness, clock: Clock) -> None:
        self._bucket = bucket
        self._randomness = randomness
        self._clock = clock

    @staticmethod
    def _name(name: str) -> str:
        if not _NAME.fullmatch(name):
            raise Malformed("not the name of a package", hint="a package digest: 64 hexadecimal digits")
        return f"packages/{name}"

    def _contents(self, name: str) -> _Contents | None:
        found = self._bucket.read(self._name(name), _LIST_LIMIT)
        return read_json(found.data, _Contents, limit=_LIST_LIMIT, what="a package's list") if found else None

    def has(self, package: str) -> bool:
        return self._bucket.size(self._name(package)) is not None

    def source(self, package: str) -> PackageSource:
        contents = self._contents(package)
        if contents is None:
            raise NotFound("there is no such package", where=package, hint="see the case")
        return _Source(self._bucket, contents)

    def sink(self, name: str) -> PackageSink:
        """What an earlier, broken-off try left under this name is removed first."""
        self.drop(name)
        return _Sink(self._bucket, self._name(name), self._randomness.bytes(16).hex())

    def keep(self, name: str, package: str) -> None:
        contents = self._contents(name)
        if contents is None:
            raise NotFound("there is no such package", where=name, hint="run it again")
        # After a crash two names stand for the same files: whoever removes the working one must see that they are kept.
        self._bucket.put(_place(contents.folder, _KEPT), package.encode())
        if self._bucket.create(self._name(package), to_json(contents)):
            self._bucket.delete([self._name(name)])
        else:  # the same one is here
            self.drop(name)

    def drop(self, package: str) -> None:
        """First the list, without which it is no package; then the files, which `clear` removes after a crash."""
        contents = self._contents(package)
        self._bucket.delete([self._name(package)])
        if contents is not None and not self._is_another(contents.folder, package):
            self._remove(contents.folder)

    def _is_another(self, folder: str, name: str) -> bool:
        """Whether the files are those of a package by another name."""
        kept = self._bucket.read(_place(folder, _KEPT))
        named = kept.data.decode("utf-8", "replace") if kept else name
        contents = self._contents(named) if named != name else None
        return contents is not None and contents.folder == folder

    def clear(self) -> int:
        """What was begun and has no package's name, and files that nothing names. Other processes are at work: so only
        what is old goes."""
        before = self._clock.now().seconds - ABANDONED_SECONDS
        gone, named = 0, set[str]()
        for one in self._bucket.names("packages/"):
            name = one.name.removeprefix("packages/")
            if _DIGEST.fullmatch(name) or one.changed >= before:
                contents = self._contents(name)
                named.add(contents.folder if contents else "")
            else:
                self.drop(name)
                gone += 1
        newest: dict[str, float] = {}
        for one in self._bucket.names("files/"):
            folder = one.name.split("/")[1]
            newest[folder] = max(newest.get(folder, 0), one.changed)
        for folder, changed in newest.items():
            if folder not in named and changed < before:
                self._remove(folder)
                gone += 1
        return gone

    def _remove(self, folder: str) -> None:
        self._bucket.delete([one.name for one in self._bucket.names(f"files/{folder}/")])


class _Source:
    def __init__(self, bucket: Bucket, contents: _Contents) -> None:
        self._bucket = bucket
        self._contents = contents

    def names(self) -> Iterator[str]:
        yield from self._contents.files

    @contextlib.contextmanager
    def open(self, name: str) -> Iterator[Reader]:
        if check_path(name) not in self._contents.files:
            raise NotFound("there is no such file in the package", where=name, hint="ask for it again")
        yield self._bucket.reading(self._contents.place(name))


class _Sink:
    """A package in the making: files of a folder that nothing names until `commit`."""

    def __init__(self, bucket: Bucket, name: str, folder: str) -> None:
        self._bucket = bucket
        self._name = name
        self._folder = folder
        self._begun: list[str] = []
        self._files: dict[str, tuple[int, int]] = {}

    @contextlib.contextmanager
    def create(self, name: str) -> Iterator[Writer]:
        check_path(name)
        if name in self._begun:
            raise Conflict("a file of that name was written already", hint="each name once")
        number = len(self._begun)
        self._begun.append(name)
        with self._bucket.writing(_place(self._folder, number)) as writer:
            yield writer
        self._files[name] = (number, writer.size)

    def make_folder(self, name: str) -> None:
        """There are none: a name says all."""
        check_path(name)

    def commit(self) -> None:
        contents = _Contents(1, self._folder, self._files)
        if not self._bucket.create(self._name, to_json(contents)):
            raise Conflict("the name is taken", where=self._name, hint="choose another; nothing is written over")

    def discard(self) -> None:
        with contextlib.suppress(Unavailable):  # then `clear` finds them
            self._bucket.delete([_place(self._folder, number) for number in range(len(self._begun))])


class S3Log:
    """The published log. The checkpoint is never replaced by one of a smaller tree: a publisher that was cut off from
    the database, and so from its lock, may come late."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    @staticmethod
    def _name(path: str) -> str:
        if not _LOG_PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
            raise Malformed("not a path of the log", hint="checkpoint, or tile/...")
        return f"log/{path}"

    def write(self, path: str, data: bytes) -> None:
        name = self._name(path)
        if path != _CHECKPOINT:
            self._bucket.put(name, data)
            return
        for _ in range(_TRIES):
            standing = self._bucket.read(name)
            if standing is None:
                if self._bucket.create(name, data):
                    return
            elif _size(standing.data) > _size(data):
                raise Unavailable("a later checkpoint is published", hint="another process did it; nothing is lost")
            elif self._bucket.swap(name, standing.tag, data):
                return
        raise Unavailable("others publish at the same time", hint="it is tried again")

    def read(self, path: str) -> bytes | None:
        found = self._bucket.read(self._name(path))
        return found.data if found else None

    def remove(self, path: str) -> None:
        name = self._name(path)
        self._bucket.delete([name, *(one.name for one in self._bucket.names(f"{name}/"))])


def _size(note: bytes) -> int:
    """The size of the tree, from the second line of a checkpoint; -1 of what is none."""
    try:
        return read_decimal(note.decode("utf-8", "replace").split("\n")[1], "the tree size")
    except (IndexError, Malformed):
        return -1


class S3SignedHead:
    """Compare and swap by the store's own condition: one for all processes on all machines, and no part of the database
    or its copies."""

    def __init__(self, bucket: Bucket, origin: str) -> None:
        self._bucket = bucket
        self._origin = origin

    def last(self) -> TreeHead | None:
        """Raises Malformed if the object is torn or another log's: what was signed is then not known here."""
        found = self._bucket.read(_HEAD)
        return parse_head(found.data, self._origin, _HEAD) if found else None

    def advance(self, expected: TreeHead | None, new: TreeHead) -> None:
        found, data = self._bucket.read(_HEAD), format_head(self._origin, new)
        last = parse_head(found.data, self._origin, _HEAD) if found else None
        done = last == expected and (
            self._bucket.create(_HEAD, data) if found is None else self._bucket.swap(_HEAD, found.tag, data)
        )
        if not done:
            raise Conflict("another process signed a checkpoint meanwhile", hint="only one publisher may run")


def carry_over(before: SignedHead, shared: S3SignedHead) -> None:
    """Where a node's head was kept in its folder until now, the store begins with it; what it has is never replaced."""
    last = before.last()
    if last is not None and shared.last() is None:
        with contextlib.suppress(Conflict):  # another process did it
            shared.advance(None, last)
