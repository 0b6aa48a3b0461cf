"""The manifest: what is in the package, file by file, who collected it, how, and for whom it is sealed.

Two files inside the encryption; names of files appear nowhere in clear:

    comity/manifest.json     the head: a small text, signed by the sealing authority, with the root over the items
    comity/items.jsonl       one item a line; line i, without its LF, is entry i of the tree of RFC 6962

So what is signed fixes every line, and one line can be shown with the signature and none of the others (`disclosure`).
Each line has 16 bytes of chance, so that a line that is not shown cannot be guessed from its hash. The head names
package, case, request and receiver: it cannot be passed on as if it answered another request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import BrokenSeal, Malformed
from comity.base.ids import actor_id, check_uuid, node_id
from comity.base.mode import Mode
from comity.base.parsing import check_size, read_json
from comity.crypto import merkle
from comity.crypto.age import check_recipient
from comity.evidence import pieces
from comity.evidence.paths import check_tree
from comity.evidence.plan import places
from comity.evidence.streams import Kind

HEAD_LIMIT: Final = 256 * 1024
ITEMS_LIMIT: Final = 64 * 1024 * 1024
LINE_LIMIT: Final = 32 * 1024
MOST_RECIPIENTS: Final = 16
SALT_BYTES: Final = 16

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
_Seconds = Annotated[int, msgspec.Meta(ge=-(2**53 - 1), le=2**53 - 1)]
_Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_HexOrNone = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")]


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """One file or folder. `sha256` is '' for a folder.

    `mtime` is POSIX seconds and `mtime_ns` the nanoseconds after them (two numbers, because I-JSON has no integer that
    large); `mode` the permission bits as found. Both are recorded, not restored. `pieces`: the root over the digests
    of its pieces, '' for a file of at most 1 MiB. `pack`, `offset`: where its content begins. `salt`: 32 digits.
    """

    path: str
    kind: Kind
    size: _Count
    sha256: _HexOrNone
    pieces: _HexOrNone
    pack: _Count
    offset: _Count
    mtime: _Seconds
    mtime_ns: Annotated[int, msgspec.Meta(ge=0, lt=10**9)]
    mode: Annotated[int, msgspec.Meta(ge=0, le=0o7777)]
    salt: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is signed. `recipients` are age recipients; `sealed_at` is POSIX seconds.

    `case`: the sealer's own reference. `request`: id of the message answered, or ''. `how`: the method of collection.
    `items`: how many lines; `root`: over them; `bytes`: the sum of the files' sizes.
    """

    v: Literal[1] = 1
    package: str
    case: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    request: str
    mode: Mode
    sealed_at: _Count
    sealed_by: str
    sealed_for: str
    collected_by: str
    how: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    recipients: tuple[str, ...]
    items: _Count
    bytes: _Count
    root: _Hex


@dataclass(frozen=True, slots=True)
class Manifest:
    """A head and its items, in ascending order of path."""

    head: Head
    items: tuple[Item, ...]

    @property
    def content_bytes(self) -> int:
        """The sum of the files' sizes."""
        return self.head.bytes


def make_manifest(head: Head, items: Sequence[Item]) -> tuple[Manifest, bytes]:
    """The manifest of these items, and its lines. `head` is taken with their number, size and root put in."""
    lines = [to_json(item) for item in items]
    whole = msgspec.structs.replace(
        head, items=len(items), bytes=sum(item.size for item in items), root=str(root_of_lines(lines))
    )
    data = b"".join(line + b"\n" for line in lines)
    check_size(data, ITEMS_LIMIT, "the list of files")
    return Manifest(whole, tuple(items)), data


def root_of_lines(lines: Sequence[bytes]) -> Digest:
    return merkle.root_over(lines)


def read_head(data: bytes) -> Head:
    """The head with these bytes, every field checked, the signature not. Raises TooLarge or Malformed."""
    head = read_json(data, Head, limit=HEAD_LIMIT, what="the manifest")
    check_uuid(head.package)
    if head.request:
        check_uuid(head.request)
    node_id(head.sealed_by)
    node_id(head.sealed_for)
    actor_id(head.collected_by)
    recipients = head.recipients
    if not 0 < len(recipients) <= MOST_RECIPIENTS or len(set(recipients)) != len(recipients):
        raise Malformed("the recipients", hint=f"1 to {MOST_RECIPIENTS} age recipients, each once")
    for recipient in recipients:
        check_recipient(recipient)
    return head


def read_items(data: bytes, head: Head) -> tuple[Item, ...]:
    """The items of a head that has been verified. Raises BrokenSeal, TooLarge or Malformed."""
    check_size(data, ITEMS_LIMIT, "the list of files")
    *lines, rest = data.split(b"\n")
    if rest or len(lines) != head.items or str(root_of_lines(lines)) != head.root:
        raise BrokenSeal("the list of files is not the one that was signed for", hint="use nothing of the package")
    items = tuple(read_item(line, number) for number, line in enumerate(lines, 1))
    check_items(items)
    if sum(item.size for item in items) != head.bytes:
        raise BrokenSeal("the files do not add up to what was signed for", hint="use nothing of the package")
    return items


def read_item(line: bytes, number: int) -> Item:
    """One line, as an item whose fields agree with each other. Raises TooLarge or Malformed."""
    item = read_json(line, Item, limit=LINE_LIMIT, what=f"item {number}")
    is_file = item.kind == "file"
    if is_file != bool(item.sha256) or (item.size and not is_file):
        raise Malformed("a folder with a size or a digest, or a file without", where=f"item {number}", hint="see docs")
    if bool(item.pieces) != bool(pieces.count_of(item.size)):
        raise Malformed("pieces for a small file, or none for a large one", where=f"item {number}", hint="see docs")
    return item


def check_items(items: Sequence[Item]) -> None:
    """Raise Malformed unless the items make one tree, each in the place that follows from all of them."""
    check_tree((item.path, item.kind) for item in items)
    for number, (item, place) in enumerate(
        zip(items, places((item.path, item.kind, item.size) for item in items), strict=True), 1
    ):
        if (item.pack, item.offset) != (place.pack, place.offset):
            raise Malformed("stands in another place than it must", where=f"item {number}", hint="see docs")
