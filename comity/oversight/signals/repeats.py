"""Which reasons repeat earlier ones of the same requester (article 40(15); OV-19), kept as matters come, change and go.

Each text is compared with the latest `COMPARED_MOST` before it, by moment and case. What is kept is the nearest of them
that is alike. While that one is in the window, the text repeats it; once it is not, those before it are not either.
"""

from bisect import bisect_left, insort
from collections.abc import Mapping
from itertools import islice
from typing import Final

from comity.oversight.signals.asked import Asked, likeness, unpacked

ALIKE: Final = 0.8
"""Policy: from here on it is the same text, by Jaccard's index over shingles."""
COMPARED_MOST: Final = 100
"""Each text is compared with so many earlier ones of its requester at most, the latest of them."""
Place = tuple[int, str]
"""Of a matter among those of its requester: its moment and its case."""


class Repeats:
    """The matters with reasons, as they stand. `_nearest`: of each the nearest earlier one that is alike, or none;
    `_stale`: those of which that is still to be found."""

    def __init__(self) -> None:
        self._held: dict[str, Asked] = {}
        self._order: dict[str, list[Place]] = {}
        self._nearest: dict[str, Place | None] = {}
        self._stale: dict[str, set[Place]] = {}

    def put(self, one: Asked) -> None:
        """A matter that came, or as it is now. What follows another one, or gives no reasons, is none."""
        old = self._held.get(one.case)
        if old is not None:
            if _told(old) == _told(one):
                self._held[one.case] = one
                return
            self.drop(one.case)
        if not (one.first and one.text):
            return
        self._held[one.case] = one
        order = self._order.setdefault(one.requester, [])
        insort(order, (one.at, one.case))
        self._mark(one.requester, (one.at, one.case))

    def drop(self, case: str) -> None:
        """One that is gone, wherever it stood."""
        one = self._held.pop(case, None)
        if one is None:
            return
        order, place = self._order[one.requester], (one.at, case)
        del order[bisect_left(order, place)]
        self._mark(one.requester, place)
        self._stale[one.requester].discard(place)
        self._nearest.pop(case, None)

    def drop_until(self, at: int) -> None:
        """Those made up to that second: what remains is compared with none of them any more."""
        for requester, order in self._order.items():
            count = bisect_left(order, (at + 1, ""))
            for place in order[:count]:
                self._held.pop(place[1])
                self._nearest.pop(place[1], None)
                self._stale[requester].discard(place)
            del order[:count]

    def nearest(self) -> Mapping[str, Place | None]:
        """Of every matter with reasons, by its case, the nearest earlier one that is alike."""
        for requester, stale in self._stale.items():
            order, sets = self._order[requester], dict[str, frozenset[int]]()
            for place in sorted(stale):
                number = bisect_left(order, place)
                near = order[max(0, number - COMPARED_MOST) : number + 1]
                sets = {case: sets.get(case) or unpacked(self._held[case].text) for _, case in near}
                self._nearest[place[1]] = _nearest(sets, near)
                stale.discard(place)
        return self._nearest

    def _mark(self, requester: str, place: Place) -> None:
        """It, and those after it that it is compared with."""
        order = self._order[requester]
        first = bisect_left(order, place)
        self._stale.setdefault(requester, set()).update(order[first : first + COMPARED_MOST + 1])


def _told(one: Asked) -> tuple[str, int, bool, bytes]:
    return one.requester, one.at, one.first, one.text


def _nearest(sets: Mapping[str, frozenset[int]], near: list[Place]) -> Place | None:
    """The last but one of the places, or the one before, and so on, whose text is like that of the last."""
    *earlier, last = near
    one = sets[last[1]]
    # What is alike lacks at most this share of the shingles, so it has one of any more than these; and one of them is
    # there so that no rounding counts.
    some = frozenset(islice(one, int(len(one) * (1 - ALIKE)) + 2))
    for place in reversed(earlier):
        other = sets[place[1]]
        if not some.isdisjoint(other) and likeness(one, other) >= ALIKE:
            return place
    return None
