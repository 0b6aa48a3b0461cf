"""Evidence that was opened at a screen: plain files in the node's folder, for who opened them and not for long.

They are removed when their person signs out, when they are an hour old, and when the server starts. Removing is not
wiping: a disk that must keep nothing is an encrypted one.
"""

import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from comity.base.errors import NotFound
from comity.base.instants import Instant
from comity.evidence.manifest import Item, Manifest

KEPT_SECONDS: Final = 3600
KINDS: Final = ("opened", "upload")
"""How the folders that do not outlive the server are named, each followed by chance."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One opened package: its folder, whose name is the only way to it."""

    folder: Path
    person: str
    case: str
    at: Instant
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.folder.name

    def file(self, number: int) -> tuple[Item, Path]:
        """A file by its place in the manifest. Raises NotFound."""
        items = self.manifest.items
        if not 0 <= number < len(items) or items[number].kind != "file":
            raise NotFound("there is no such file in the package", hint="see the list")
        return items[number], self.folder / "data" / items[number].path


@dataclass(slots=True)
class OpenedEvidence:
    """All that is open in this process."""

    _held: dict[str, Opened] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, opened: Opened) -> None:
        with self._lock:
            self._held[opened.name] = opened

    def find(self, name: str, person: str, now: Instant) -> Opened:
        """What this person opened under that name. Raises NotFound, as for another's."""
        self.drop_old(now)
        with self._lock:
            found = self._held.get(name)
        if found is None or found.person != person:
            raise NotFound("this evidence is not open any more", hint="open it again from its case")
        return found

    def of_case(self, case: str, person: str, now: Instant) -> Opened | None:
        """What this person has open of a case, the latest."""
        self.drop_old(now)
        with self._lock:
            own = [one for one in self._held.values() if (one.case, one.person) == (case, person)]
        return max(own, key=lambda one: one.at, default=None)

    def close(self, person: str) -> None:
        """Remove what a person opened."""
        self._drop([one for one in self._held.values() if one.person == person])

    def drop_old(self, now: Instant) -> None:
        self._drop([one for one in self._held.values() if now.seconds - one.at.seconds > KEPT_SECONDS])

    def _drop(self, gone: list[Opened]) -> None:
        for one in gone:
            with self._lock:
                self._held.pop(one.name, None)
            shutil.rmtree(one.folder, ignore_errors=True)


def clear(folder: Path) -> None:
    """Remove what a server that ended left behind."""
    for kind in KINDS:
        for left in folder.glob(f"{kind}-*"):
            shutil.rmtree(left, ignore_errors=True)
