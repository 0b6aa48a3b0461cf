"""The signed list of a disclosure pack: what is given and what is withheld (docs/formats/disclosure-pack.md).

A pack is a folder of the files of a case export (docs/formats/case-export.md), less those that are withheld.
"""

from typing import Annotated, Final, Literal

import msgspec

from comity.base.mode import Mode
from comity.workflows.export_format import (
    LIMIT,
    LINKS,
    MANIFEST,
    MANIFEST_LIMIT,
    MOST_FILES,
    SIGNATURE,
    SUMS,
    Listed,
    is_name,
    list_files,
    sums,
)

__all__ = [
    "ALWAYS",
    "LIMIT",
    "MANIFEST",
    "MANIFEST_LIMIT",
    "MOST_FILES",
    "SIGNATURE",
    "SUMS",
    "TYP",
    "Manifest",
    "Withheld",
    "is_name",
    "list_files",
    "sums",
]
TYP: Final = "comity-disclosure+jws"
ALWAYS: Final = frozenset({LINKS})
"""What every pack holds: without it the events do not join. So does each State's list of keys."""


class Withheld(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item that is not given: as a listed file, and why."""

    name: str
    size: int
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    why: Annotated[str, msgspec.Meta(min_length=1)]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is signed: which node gave which papers of which case, when (POSIX seconds), to whom and on which order;
    every other file by its digest, and what is withheld by its digest too. `events`: how many the case has in all."""

    v: Literal[1] = 1
    mode: Mode
    stamp: str
    node: str
    case: str
    at: int
    by: str
    order: str
    to: str
    events: int
    published: int
    files: tuple[Listed, ...]
    withheld: tuple[Withheld, ...]
