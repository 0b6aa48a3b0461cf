"""The manifest: a head that is signed, items that it fixes, and the limits on what may stand in them."""

from typing import Any

import msgspec
import pytest

from comity.base.encoding import to_json
from comity.base.errors import BrokenSeal, Malformed
from comity.base.mode import Mode
from comity.evidence.manifest import Head, Item, Manifest, make_manifest, read_head, read_items, root_of_lines
from tests.simulators.packages import RECIPIENT

DIGEST = "ab" * 32
FILE = Item(
    path="a",
    kind="file",
    size=3,
    sha256=DIGEST,
    pieces="",
    pack=1,
    offset=512,
    mtime=1,
    mtime_ns=2,
    mode=0o644,
    salt="cd" * 16,
)
HEAD = Head(
    package="01934f5e-7c00-7000-8000-000000000000",
    case="case-7",
    request="01934f5e-7c00-7000-8000-000000000001",
    mode=Mode.EXERCISE,
    sealed_at=1_800_000_000,
    sealed_by="XB/provider-one",
    sealed_for="XB/central-authority",
    collected_by="clerk-1",
    how="copied",
    recipients=(RECIPIENT,),
    items=0,
    bytes=0,
    root=DIGEST,
)
GOOD, LINES = make_manifest(HEAD, [FILE])


def test_what_was_made_is_read_back_from_the_same_bytes() -> None:
    head = read_head(to_json(GOOD.head))
    assert Manifest(head, read_items(LINES, head)) == GOOD
    assert (GOOD.head.items, GOOD.content_bytes) == (1, 3)


@pytest.mark.parametrize(
    "lines", [b"", LINES[:-1], LINES + LINES, LINES.replace(b"cdcd", b"dcdc", 1), b" " + LINES, LINES + b"\n"]
)
def test_other_lines_are_not_what_was_signed_for(lines: bytes) -> None:
    with pytest.raises(BrokenSeal, match="signed for"):
        read_items(lines, GOOD.head)


def test_a_sum_that_is_not_the_files_is_refused() -> None:
    with pytest.raises(BrokenSeal, match="add up"):
        read_items(LINES, msgspec.structs.replace(GOOD.head, bytes=4))


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"package": "01934F5E-7C00-7000-8000-000000000000"},
        {"case": ""},
        {"request": "x"},
        {"mode": "test"},
        {"sealed_at": -1},
        {"sealed_by": "XB"},
        {"sealed_for": ""},
        {"collected_by": "A Person"},
        {"how": ""},
        {"recipients": []},
        {"recipients": ["age1x"]},
        {"recipients": [RECIPIENT, RECIPIENT]},
        {"recipients": [RECIPIENT.upper()]},
        {"root": ""},
        {"items": -1},
        {"extra": 1},
    ],
)
def test_a_field_that_is_not_what_it_stands_for_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read_head(msgspec.json.encode({**msgspec.to_builtins(GOOD.head), **change}))


@pytest.mark.parametrize(
    "change",
    [
        {"path": "../a"},
        {"kind": "symlink"},
        {"size": -1},
        {"size": 2**53},
        {"size": 2**21},
        {"sha256": "AB" * 32},
        {"sha256": ""},
        {"kind": "dir"},
        {"kind": "dir", "size": 0},
        {"mtime_ns": 10**9},
        {"mode": 0o10000},
        {"pack": 2},
        {"offset": 0},
        {"pieces": DIGEST},
        {"salt": ""},
    ],
)
def test_an_item_that_cannot_be_is_refused_though_it_was_signed_for(change: dict[str, Any]) -> None:
    line = msgspec.json.encode({**msgspec.to_builtins(FILE), **change})
    head = msgspec.structs.replace(GOOD.head, root=str(root_of_lines([line])))
    with pytest.raises(Malformed):
        read_items(line + b"\n", head)
