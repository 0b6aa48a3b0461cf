"""What lies here for one person and not for long: evidence that was opened, in clear, and packages made for others.

They are removed when their person signs out, when they are an hour old, and when the server starts. Removing is not
wiping: a disk that must keep nothing is an encrypted one.
"""

import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final, TypeVar

from comity.base.errors import NotFound
from comity.base.instants import Instant
from comity.evidence.manifest import Item, Manifest

KEPT_SECONDS: Final = 3600
KINDS: Final = ("opened", "made", "upload")
"""How the folders that do not outlive the server are named, each followed by chance."""


@dataclass(frozen=True, slots=True)
class ForAWhile:
    """A folder of one person, whose name is the only way to it. `gone`: what is said once it is removed, and what to
    do."""

    gone: ClassVar[tuple[str, str]]
    folder: Path
    person: str
    case: str
    at: Instant

    @property
    def name(self) -> str:
        return self.folder.name


@dataclass(frozen=True, slots=True)
class Opened(ForAWhile):
    """One opened package."""

    gone = ("this evidence is not open any more", "open it again from its case")
    manifest: Manifest

    def file(self, number: int) -> tuple[Item, Path]:
        """A file by its place in the manifest. Raises NotFound."""
        items = self.manifest.items
        if not 0 <= number < len(items) or items[number].kind != "file":
            raise NotFound("there is no such file in the package", hint="see the list")
        return items[number], self.folder / "data" / items[number].path


@dataclass(frozen=True, slots=True)
class Made(ForAWhile):
    """A package that was made for more readers. `id`: its own name; `digest`: by which custody speaks of it; `readers`:
    the age recipients who were let in; `chain`: its acts of custody, one a line."""

    gone = ("this package is not here any more", "let the readers in again from its case")
    id: str
    digest: str
    sealed_for: str
    readers: Sequence[str]
    chain: bytes


_Kind = TypeVar("_Kind", bound=ForAWhile)


@dataclass(slots=True)
class HeldForAWhile:
    """All such in this process."""

    _held: dict[str, ForAWhile] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, one: ForAWhile) -> None:
        with self._lock:
            self._held[one.name] = one

    def find(self, kind: type[_Kind], name: str, person: str, now: Instant) -> _Kind:
        """What this person has under that name. Raises NotFound, as for another's."""
        self.drop_old(now)
        with self._lock:
            found = self._held.get(name)
        if not isinstance(found, kind) or found.person != person:
            what, hint = kind.gone
            raise NotFound(what, hint=hint)
        return found

    def of_case(self, kind: type[_Kind], case: str, person: str, now: Instant) -> _Kind | None:
        """What this person has of a case, the latest of its kind."""
        self.drop_old(now)
        with self._lock:
            mine = [one for one in self._held.values() if (one.case, one.person) == (case, person)]
        return max((one for one in mine if isinstance(one, kind)), key=lambda one: one.at, default=None)

    def close(self, person: str) -> None:
        """Remove what a person has."""
        self._drop([one for one in self._held.values() if one.person == person])

    def drop_old(self, now: Instant) -> None:
        self._drop([one for one in self._held.values() if now.seconds - one.at.seconds > KEPT_SECONDS])

    def _drop(self, gone: list[ForAWhile]) -> None:
        for one in gone:
            with self._lock:
                self._held.pop(one.name, None)
            shutil.rmtree(one.folder, ignore_errors=True)


def clear(folder: Path) -> None:
    """Remove what a server that ended left behind."""
    for kind in KINDS:
        for left in folder.glob(f"{kind}-*"):
            shutil.rmtree(left, ignore_errors=True)
