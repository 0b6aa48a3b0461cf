"""Which pack holds which file, and where: it follows from the list of files alone, so a reader makes it again.

A file of 64 MiB or more is a pack by itself, as it is: decrypted, it is the file. All others, and the folders, go into
packs that are tars of at most about 1 GiB, in the order of their paths. Pack 0 is the record; packs are numbered by
their first item.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from comity.base.errors import Malformed
from comity.evidence import tar
from comity.evidence.streams import Kind

RAW_BYTES: Final = 64 * 1024 * 1024
TAR_BYTES: Final = 1024 * 1024 * 1024
MOST_PACKS: Final = 16_384


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where an item's content begins: `offset` bytes into the plaintext of pack `pack`."""

    pack: int
    offset: int
    is_raw: bool


def places(entries: Iterable[tuple[str, Kind, int]]) -> list[Place]:
    """The place of each entry: path, kind, size. Raises Malformed if they are too many for one package."""
    found: list[Place] = []
    packs = tar_pack = filled = 0
    for path, kind, size in entries:
        if kind == "file" and size >= RAW_BYTES:
            packs += 1
            found.append(Place(packs, 0, True))
            continue
        head = tar.header_size(f"data/{path}", size, folder=kind == "dir")
        whole = head + size + -size % tar.BLOCK
        if not tar_pack or filled + whole > TAR_BYTES:
            packs += 1
            tar_pack, filled = packs, 0
        found.append(Place(tar_pack, filled + head, False))
        filled += whole
    if packs >= MOST_PACKS:
        raise Malformed(
            "too many large files for one package", hint=f"at most {MOST_PACKS - 1} packs; seal them in parts"
        )
    return found
