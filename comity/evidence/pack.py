"""A pack: the files of a package as one tar stream, made and taken apart without ever holding it.

Writing is pulled: whoever encrypts reads from `PackStream`, which reads the sources, hashing as it goes. Reading is
pushed: whoever decrypts writes into `Unpacker`, which knows from the signed manifest every byte that may come except
the files' own, and stops at the first that differs. Members are those of the manifest, in its order, named
`data/<path>`, of the form `tar` fixes; links, devices and names from outside cannot occur because nothing is parsed.
"""

import hashlib
from collections.abc import Generator, Iterator, Sequence

from comity.base.errors import BrokenSeal, Unavailable
from comity.evidence import tar
from comity.evidence.manifest import Item
from comity.evidence.streams import CHUNK_BYTES, PackageSink, Source, Tally


class PackStream:
    """The bytes of a pack, made as they are read. `items` is complete once `read` has returned no bytes.

    `sources` in the manifest's order. Raises Unavailable if a source is not of the size it had when it was found.
    Close it, or a source may stay open.
    """

    def __init__(self, sources: Sequence[Source], tally: Tally) -> None:
        self.items: list[Item] = []
        self._parts = self._make(sources, tally)
        self._left = memoryview(b"")

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, more than none until the end; all that is left if `size` is negative."""
        if size < 0:
            return b"".join(iter(lambda: self.read(CHUNK_BYTES), b""))
        while not self._left:
            part = next(self._parts, None)
            if part is None:
                return b""
            self._left = memoryview(part)
        found, self._left = bytes(self._left[:size]), self._left[size:]
        return found

    def close(self) -> None:
        self._parts.close()

    def _make(self, sources: Sequence[Source], tally: Tally) -> Generator[bytes, None, None]:
        for number, source in enumerate(sources, 1):
            seconds, nanoseconds = divmod(source.mtime_ns, 10**9)
            folder = source.kind == "dir"
            yield tar.header(f"data/{source.path}", source.size, mtime=seconds, folder=folder)
            digest = ""
            if not folder:
                state = hashlib.sha256()
                for chunk in _content(source, f"item {number}"):
                    state.update(chunk)
                    tally.add(len(chunk))
                    yield chunk
                yield tar.padding(source.size)
                digest = state.hexdigest()
            self.items.append(
                Item(
                    path=source.path,
                    kind=source.kind,
                    size=source.size,
                    sha256=digest,
                    mtime=seconds,
                    mtime_ns=nanoseconds,
                    mode=source.mode & 0o7777,
                )
            )
        yield tar.END


def _content(source: Source, where: str) -> Iterator[bytes]:
    with source.open() as stream:
        left = source.size
        while left:
            chunk = stream.read(min(CHUNK_BYTES, left))
            if not chunk:
                raise _changed(where)
            left -= len(chunk)
            yield chunk
        if stream.read(1):
            raise _changed(where)


def _changed(where: str) -> Unavailable:
    return Unavailable(
        "a file changed its size while it was being sealed",
        where=where,
        hint="stop what writes to it, or seal a copy; nothing was sealed",
    )


class Unpacker:
    """Takes a pack's bytes as they are decrypted and writes the files, under `data/`, into `out`.

    Raises BrokenSeal at the first byte the manifest does not allow, and when a file's digest is not the manifest's.
    """

    def __init__(self, items: Sequence[Item], out: PackageSink, tally: Tally) -> None:
        self._steps = _unpack(items, out, tally)
        self._wanted = next(self._steps)

    def write(self, data: bytes, /) -> int:
        view = memoryview(data)
        while view:
            if not self._wanted:
                raise _not_the_manifest("the pack goes on after its end")
            piece, view = bytes(view[: self._wanted]), view[self._wanted :]
            self._wanted = self._steps.send(piece)
        return len(data)

    def finish(self) -> None:
        """Raise BrokenSeal if the pack ended too early."""
        if self._wanted:
            raise _not_the_manifest("the pack ends before all its files")

    def close(self) -> None:
        self._steps.close()


_Steps = Generator[int, bytes, None]
"""Yields how many bytes it wants (0: no more may come), is sent at least one and at most that many."""


def _unpack(items: Sequence[Item], out: PackageSink, tally: Tally) -> _Steps:
    for number, item in enumerate(items, 1):
        where = f"item {number}"
        name = f"data/{item.path}"
        folder = item.kind == "dir"
        yield from _expect(tar.header(name, item.size, mtime=item.mtime, folder=folder), where)
        if folder:
            out.make_folder(name)
            continue
        state = hashlib.sha256()
        with out.create(name) as sink:
            left = item.size
            while left:
                piece = yield left
                sink.write(piece)
                state.update(piece)
                tally.add(len(piece))
                left -= len(piece)
        if state.hexdigest() != item.sha256:
            raise _not_the_manifest("a file is not the one that was signed for", where)
        yield from _expect(tar.padding(item.size), where)
    yield from _expect(tar.END, "")
    yield 0


def _expect(fixed: bytes, where: str) -> _Steps:
    while fixed:
        piece = yield len(fixed)
        if piece != fixed[: len(piece)]:
            raise _not_the_manifest("the pack holds something the manifest does not list", where)
        fixed = fixed[len(piece) :]


def _not_the_manifest(what: str, where: str = "") -> BrokenSeal:
    return BrokenSeal(what, where=where, hint="use nothing of the package; tell the authority that sealed it")
