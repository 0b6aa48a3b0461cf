"""Many States' lists in one file: {"v":1,"lists":["b64u of a signed list", ...]}, each as its State signed it.

The file itself is not signed: each list proves itself, and whether its roots are trusted is not the file's to say.
"""

from collections.abc import Iterable
from typing import Annotated, Final, Literal

import msgspec

from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import Malformed
from comity.base.parsing import read_json
from comity.exchange.directory import SignedList, open_list

COLLECTION_LIMIT: Final = 64 * 1024 * 1024


class _Collection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: Literal[1]
    lists: Annotated[tuple[str, ...], msgspec.Meta(max_length=256)]


def format_collection(lists: Iterable[SignedList]) -> bytes:
    return to_json(_Collection(1, tuple(b64u(one.data) for one in lists)))


def open_collection(data: bytes) -> tuple[SignedList, ...]:
    """The lists, each with enough of its own roots' signatures. Raises Malformed, BadSignature or TooLarge."""
    found = read_json(data, _Collection, limit=COLLECTION_LIMIT, what="the directories")
    lists = tuple(open_list(from_b64u(one)) for one in found.lists)
    if len({one.value.state for one in lists}) != len(lists):
        raise Malformed("a State has two lists in it", hint="ask for the file again")
    return lists
