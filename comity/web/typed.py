"""What was typed into a form whose session had ended meanwhile: given back once the same person has signed in again.

It is in this process's memory alone, one form a person, for an hour at most, and is gone with the process. Nothing of
it is done: the form comes back filled, and the person sends it.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from comity.base.instants import Instant

KEPT_SECONDS: Final = 3600
MOST: Final = 100
"""Forms kept; the oldest goes."""

Fields = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Kept:
    address: str
    fields: Fields
    until: Instant


@dataclass(slots=True)
class Typed:
    """What waits for its people. An address is a page's path, at which its form is filled again."""

    _kept: dict[str, _Kept] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, person: str, address: str, fields: Fields, now: Instant) -> None:
        with self._lock:
            self._kept.pop(person, None)
            self._drop_old(now)
            while len(self._kept) >= MOST:
                del self._kept[next(iter(self._kept))]
            self._kept[person] = _Kept(address, fields, now.plus_seconds(KEPT_SECONDS))

    def address(self, person: str, now: Instant) -> str:
        """Where something of this person is kept, '' where nothing is."""
        with self._lock:
            self._drop_old(now)
            found = self._kept.get(person)
        return found.address if found else ""

    def take(self, person: str, address: str, now: Instant) -> Fields:
        """What the person had typed at an address, once; empty where there is nothing."""
        with self._lock:
            self._drop_old(now)
            found = self._kept.get(person)
            if found is None or found.address != address:
                return {}
            del self._kept[person]
            return found.fields

    def _drop_old(self, now: Instant) -> None:
        for person in [person for person, one in self._kept.items() if one.until < now]:
            del self._kept[person]
