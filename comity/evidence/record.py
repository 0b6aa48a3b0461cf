"""The record: what lies in `data/00000.age`. A tar of these members, in this order and of the form `tar` fixes:

    bag-info.txt  bagit.txt      the opened folder is a bag too (RFC 8493)
    comity/items.jsonl           one file or folder a line
    comity/large-files.txt       the files that are packs by themselves: number of the pack, space, path; LF
    comity/manifest.json         the head of the manifest, and a signature over it
    comity/manifest.json.p7s
    comity/pieces                32 bytes for each piece of each file, in the items' order
    manifest-sha256.txt          the files' digests in BagIt's form, for `sha256sum -c`

Opened beside the packs it restores a folder that needs no comity to be checked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from comity.base.errors import BadSignature, BrokenSeal
from comity.crypto import cms
from comity.evidence import bag, pieces, tar
from comity.evidence.manifest import HEAD_LIMIT, ITEMS_LIMIT, Head, Item, Manifest, read_head, read_items
from comity.evidence.plan import RAW_BYTES

ITEMS: Final = "comity/items.jsonl"
LARGE: Final = "comity/large-files.txt"
MANIFEST: Final = "comity/manifest.json"
SIGNATURE: Final = "comity/manifest.json.p7s"
PIECES: Final = "comity/pieces"
NAMES: Final = (bag.BAG_INFO, bag.BAGIT, ITEMS, LARGE, MANIFEST, SIGNATURE, PIECES, bag.MANIFEST)
PIECES_LIMIT: Final = 128 * 1024 * 1024
"""4 TiB of evidence."""
RECORD_LIMIT: Final = 3 * ITEMS_LIMIT + PIECES_LIMIT + HEAD_LIMIT + cms.LIMIT + 64 * 1024

_SIZE = re.compile(rb"[0-7]{11}\0")


@dataclass(frozen=True, slots=True)
class Record:
    """A manifest with what proves it. `head`: the bytes that `signature` is over; `digests`: of all pieces."""

    manifest: Manifest
    head: bytes
    items: bytes
    signature: bytes
    digests: bytes

    def pieces_of(self, number: int) -> memoryview:
        """The digests of the pieces of item `number`, which counts from 0."""
        ends = list(accumulate(pieces.count_of(item.size) for item in self.manifest.items[: number + 1]))
        start = ends[-2] if number else 0
        return memoryview(self.digests)[start * pieces.DIGEST_BYTES : ends[-1] * pieces.DIGEST_BYTES]

    @property
    def files(self) -> dict[str, bytes]:
        """The members by their names, in order."""
        items = self.manifest.items
        contents = (
            inner_bag_info(self.manifest.head, items),
            bag.DECLARATION,
            self.items,
            large_files(items),
            self.head,
            self.signature,
            self.digests,
            plain_list(items),
        )
        return dict(zip(NAMES, contents, strict=True))


def build_record(record: Record) -> bytes:
    """The record's bytes."""
    members = [
        tar.header(name, len(content)) + content + tar.padding(len(content)) for name, content in record.files.items()
    ]
    return b"".join(members) + tar.END


def open_record(data: bytes, public: bytes) -> Record:
    """The record, its manifest signed by the Ed25519 key `public`, every part of it what the manifest says.

    Raises BrokenSeal, BadSignature, TooLarge or Malformed.
    """
    members = _members(data)
    signed = cms.verify_detached(members[SIGNATURE], members[MANIFEST], public)
    head = read_head(members[MANIFEST])
    if (signed.node, signed.purpose, signed.at.seconds) != (head.sealed_by, head.package, head.sealed_at):
        raise BadSignature("the manifest was signed for another package", hint="use nothing of it")
    items = read_items(members[ITEMS], head)
    digests = members[PIECES]
    record = Record(Manifest(head, items), members[MANIFEST], members[ITEMS], members[SIGNATURE], digests)
    if len(digests) != pieces.DIGEST_BYTES * sum(pieces.count_of(item.size) for item in items):
        raise _not_the_manifests("the digests of pieces are")
    start = 0
    for item in items:
        end = start + pieces.DIGEST_BYTES * pieces.count_of(item.size)
        if item.pieces and str(pieces.root_of(memoryview(digests)[start:end])) != item.pieces:
            raise _not_the_manifests("the digests of pieces are")
        start = end
    if members != record.files:
        raise _not_the_manifests("a list in the record is")
    return record


def inner_bag_info(head: Head, items: Sequence[Item]) -> bytes:
    sizes = [item.size for item in items if item.kind == "file"]
    return bag.bag_info(head.sealed_at, head.package, head.mode, sizes)


def plain_list(items: Sequence[Item]) -> bytes:
    """The lines of `manifest-sha256.txt`: every file, under `data/`."""
    return bag.digest_lines((f"data/{i.path}", i.sha256) for i in items if i.kind == "file")


def large_files(items: Sequence[Item]) -> bytes:
    found = [f"{item.pack:05d} data/{item.path}\n" for item in items if item.kind == "file" and item.size >= RAW_BYTES]
    return "".join(found).encode("utf-8")


def _members(data: bytes) -> dict[str, bytes]:
    found = {}
    at = 0
    for name in NAMES:
        # The only thing not known beforehand is the size; with it the header is made again and compared.
        written = data[at + 124 : at + 136]
        size = int(written[:11], 8) if _SIZE.fullmatch(written) else 0
        head = tar.header(name, size)
        content = data[at + len(head) : at + len(head) + size]
        whole = head + content + tar.padding(size)
        if data[at : at + len(whole)] != whole or len(content) != size:
            raise _not_a_record()
        found[name] = content
        at += len(whole)
    if data[at:] != tar.END:
        raise _not_a_record()
    return found


def _not_the_manifests(what: str) -> BrokenSeal:
    return BrokenSeal(f"{what} not the manifest's", hint="use nothing of the package")


def _not_a_record() -> BrokenSeal:
    return BrokenSeal("the record is not of the form fixed for it", hint="use nothing of the package")
