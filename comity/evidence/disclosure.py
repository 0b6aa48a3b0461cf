"""A part of a package, for the defence or another court: what is withheld is proved to be there and unchanged.

The manifest that was signed at the sealing fixes one line for each file. A disclosure shows the lines of what is given
and, for the rest, only the hash of the line: whoever has the sealer's public key makes the root again out of both and
compares it with the one that was signed. So it is certain that what is given is what was sealed, how many items are
withheld and where they stand; and when one of them is given later, that it is the one withheld now. Each line holds 16
bytes of chance: its hash tells nothing about the name or the content behind it.

    comity/disclosed/manifest.json       the head as it was signed, and its signature
    comity/disclosed/manifest.json.p7s
    comity/disclosed/items.txt           a line for each item: the item as it was signed, or 'withheld ' and its hash
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest
from comity.base.errors import BadSignature, BrokenSeal, Malformed, NotFound
from comity.base.parsing import check_size
from comity.crypto import cms, merkle
from comity.evidence.manifest import ITEMS_LIMIT, Head, Item, read_head, read_item
from comity.evidence.record import Record

MANIFEST: Final = "comity/disclosed/manifest.json"
SIGNATURE: Final = "comity/disclosed/manifest.json.p7s"
ITEMS: Final = "comity/disclosed/items.txt"
_WITHHELD: Final = b"withheld "


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What a disclosure shows. `items`: by their number in the package; `withheld`: how many are not shown."""

    head: Head
    items: Mapping[int, Item]
    withheld: int


def disclose(record: Record, paths: Collection[str]) -> dict[str, bytes]:
    """The files that show `paths`, and the folders above them, and withhold everything else.

    Raises NotFound for a path that the package does not have.
    """
    known = {item.path for item in record.manifest.items}
    if not known.issuperset(paths):
        raise NotFound("a path that the package does not have", hint="comity evidence open lists its files")
    shown = {path[: end if end >= 0 else None] for path in paths for end in _folds(path)}
    lines = record.items.split(b"\n")[:-1]
    written = [
        line if item.path in shown else _WITHHELD + str(merkle.leaf_hash(line)).encode("ascii")
        for item, line in zip(record.manifest.items, lines, strict=True)
    ]
    return {
        MANIFEST: record.head,
        SIGNATURE: record.signature,
        ITEMS: b"".join(line + b"\n" for line in written),
    }


def verify_disclosure(files: Mapping[str, bytes], public: bytes) -> Disclosed:
    """Check such files with the key of who sealed the package. Raises BrokenSeal, BadSignature, TooLarge, Malformed."""
    missing = {MANIFEST, SIGNATURE, ITEMS} - set(files)
    if missing:
        raise BrokenSeal("a file of the disclosure is missing", where=min(missing), hint="ask for it again")
    signed = cms.verify_detached(files[SIGNATURE], files[MANIFEST], public)
    head = read_head(files[MANIFEST])
    if (signed.node, signed.purpose) != (head.sealed_by, head.package):
        raise BadSignature("the manifest was signed for another package", hint="use nothing of it")
    check_size(files[ITEMS], 2 * ITEMS_LIMIT, "the list of what is disclosed")
    *lines, rest = files[ITEMS].split(b"\n")
    items: dict[int, Item] = {}
    leaves: list[Digest] = []
    for number, line in enumerate(lines):
        if line.startswith(_WITHHELD):
            leaves.append(_hash(line[len(_WITHHELD) :]))
        else:
            items[number] = read_item(line, number + 1)
            leaves.append(merkle.leaf_hash(line))
    if rest or len(leaves) != head.items or str(merkle.root(leaves)) != head.root:
        raise BrokenSeal("what is shown and withheld is not what was sealed", where=ITEMS, hint="use nothing of it")
    return Disclosed(head, items, len(leaves) - len(items))


def check_files(disclosed: Disclosed, digests: Mapping[str, Digest]) -> None:
    """Raise BrokenSeal unless the files given, by path, are the files shown: none other, none more, none less."""
    shown = {item.path: item.sha256 for item in disclosed.items.values() if item.kind == "file"}
    if shown != {path: str(digest) for path, digest in digests.items()}:
        raise BrokenSeal("the files given are not those that the disclosure shows", hint="use nothing of it")


def _folds(path: str) -> list[int]:
    """Where each folder above the path ends, and -1 for the path itself."""
    return [place for place, letter in enumerate(path) if letter == "/"] + [-1]


def _hash(text: bytes) -> Digest:
    try:
        return Digest.from_hex(text.decode("ascii"))
    except UnicodeDecodeError:
        raise Malformed("not a digest", where=ITEMS, hint="64 hexadecimal digits") from None
