"""Save what can be saved of a damaged package: every file as far as its chunks hold, zeros where they do not.

age is authenticated in chunks of 64 KiB, so damage costs the chunks it falls on and no more. What comes out is not
evidence that holds: it is written with a list of what is missing, and whoever calls must say so. The signatures, the
tag files and the record must be whole: without them nobody could say what was saved.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from comity.crypto import age
from comity.crypto.age_keys import Identity
from comity.crypto.age_payload import CHUNK, SeekableReader
from comity.evidence import bag
from comity.evidence.manifest import Item, Manifest
from comity.evidence.opening import read_record
from comity.evidence.outside import verify_tags
from comity.evidence.streams import PackageSink, PackageSource, Progress, Tally

NOTICE: Final = "UNVERIFIED.txt"


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes `start` to `end` (not included) of a file are lost, and are zeros in what was saved.

    `pack`: the file of the package that is damaged. start == end: nothing is lost and yet the digest is another.
    """

    pack: str
    path: str
    start: int
    end: int

    def __str__(self) -> str:
        if self.start == self.end:
            return f"{self.pack}: {self.path} is not the file that was signed for"
        return f"{self.pack}: bytes {self.start} to {self.end - 1} of {self.path} are lost"


def salvage(
    package: PackageSource,
    identity: str | Identity,
    out: PackageSink,
    *,
    signer_key: bytes,
    sealer_key: bytes | None = None,
    progress: Progress | None = None,
) -> tuple[Manifest, tuple[Damage, ...]]:
    """Write what decrypts to `out`, with `UNVERIFIED.txt` where anything is missing; the manifest and what is lost.

    Raises as `open_sealed` does for signatures, tag files and the record; NotFound for a pack that is not there.
    """
    try:
        outer = verify_tags(package, signer_key, sealer_key=sealer_key)
        record = read_record(package, outer, identity, sealer_key or signer_key)
        tally = Tally(progress, record.manifest.content_bytes)
        lost: list[Damage] = []
        in_packs = sorted(record.manifest.items, key=lambda item: item.pack)
        for n, items in groupby(in_packs, key=lambda item: item.pack):
            name = bag.pack_name(n)
            with package.open(name) as stream:
                reader = age.seekable(stream, outer.packs[name][0], identity, where=name, salvage=True)
                lost += _save(reader, name, list(items), out, tally)
        out.make_folder("data")
        files = record.files
        if lost:
            lines = ["Not verified. These bytes were lost and are zeros in the files:", *map(str, lost)]
            files[NOTICE] = "".join(line + "\n" for line in lines).encode("utf-8")
        for name, data in files.items():
            with out.create(name) as sink:
                sink.write(data)
        out.commit()
    except BaseException:
        out.discard()
        raise
    return record.manifest, tuple(lost)


def _save(reader: SeekableReader, pack: str, items: Sequence[Item], out: PackageSink, tally: Tally) -> list[Damage]:
    lost: list[Damage] = []
    chunks = _Chunks(reader)
    for item in items:
        if item.kind == "dir":
            out.make_folder(f"data/{item.path}")
            continue
        state = hashlib.sha256()
        of_item: list[Damage] = []
        with out.create(f"data/{item.path}") as sink:
            at = item.offset
            while at < item.offset + item.size:
                number = at // CHUNK
                end = min((number + 1) * CHUNK, item.offset + item.size)
                found = chunks.get(number)
                held = found[at - number * CHUNK : end - number * CHUNK] if found is not None else bytes(end - at)
                if found is None:
                    _add(of_item, Damage(pack, item.path, at - item.offset, end - item.offset))
                sink.write(held)
                state.update(held)
                tally.add(len(held))
                at = end
        if not of_item and state.hexdigest() != item.sha256:
            of_item.append(Damage(pack, item.path, 0, 0))
        lost += of_item
    return lost


class _Chunks:
    """Chunks by number; the one read last is kept, because many small files share one."""

    def __init__(self, reader: SeekableReader) -> None:
        self._reader = reader
        self._number = -1
        self._held: bytes | None = None

    def get(self, number: int) -> bytes | None:
        if number != self._number:
            self._number = number
            self._held = self._reader.chunk(number)
        return self._held


def _add(lost: list[Damage], more: Damage) -> None:
    """Join it to the last where it goes on from there."""
    if lost and lost[-1].end == more.start:
        more = Damage(more.pack, more.path, lost.pop().start, more.end)
    lost.append(more)
