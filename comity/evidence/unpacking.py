"""Packs taken apart as they are decrypted: from the signed manifest every byte that may come is known but the files'
own, and the first that differs stops it.

No tar is parsed: each header is made from the manifest and compared, so links, devices and names from outside have no
way in. A pack that is one large file has no header at all.
"""

import hashlib
from collections.abc import Generator, Sequence

from comity.base.errors import BrokenSeal
from comity.evidence import tar
from comity.evidence.manifest import Item
from comity.evidence.plan import RAW_BYTES
from comity.evidence.streams import PackageSink, Tally


class Unpacker:
    """Takes a pack's bytes and writes its files, under `data/`, into `out`. `items`: those of this pack, in order.

    Raises BrokenSeal at the first byte the manifest does not allow, and when a file's digest is not the manifest's.
    """

    def __init__(self, items: Sequence[Item], out: PackageSink, tally: Tally) -> None:
        self._steps = _unpack(items, out, tally)
        self._wanted = next(self._steps)

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        view = memoryview(data)
        while view:
            if not self._wanted:
                raise _not_the_manifest("the pack goes on after its end")
            piece, view = view[: self._wanted], view[self._wanted :]
            self._wanted = self._steps.send(piece)
        return len(data)

    def finish(self) -> None:
        """Raise BrokenSeal if the pack ended too early."""
        if self._wanted:
            raise _not_the_manifest("the pack ends before all its files")

    def close(self) -> None:
        self._steps.close()


_Steps = Generator[int, memoryview, None]
"""Yields how many bytes it wants (0: no more may come), is sent at least one and at most that many."""


def _unpack(items: Sequence[Item], out: PackageSink, tally: Tally) -> _Steps:
    is_raw = len(items) == 1 and items[0].size >= RAW_BYTES
    for item in items:
        where = f"data/{item.pack:05d}.age, at byte {item.offset} of the content"
        name = f"data/{item.path}"
        folder = item.kind == "dir"
        if not is_raw:
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
        if not is_raw:
            yield from _expect(tar.padding(item.size), where)
    if not is_raw:
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
