"""Dishonest figures: an authority publishes statistics that are not those of its log, or publishes them late.

Each is signed, in its log, with cells and sums in order as far as its publisher can make them so: only what it cannot
change betrays it, the cells of the other end and the entries of its log.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar, Final

import msgspec

from comity.oversight.books import Month, open_books
from comity.oversight.drafting import Place, make_release
from comity.oversight.periods import Span, deadline
from comity.oversight.release import Release
from comity.simulate.behaviour import Behaviour, Post
from comity.simulate.figures import LIE
from comity.simulate.hours import DAY, HOUR
from comity.workflows import publish_statistics
from comity.workflows.statistics_books import count_period

_LOOKED_HOURS: Final = 10.0
"""Figures are looked at some hours after they are out: a lie in them may be told as long as so much time is left."""
_DISHONEST_CLASS: Final = ("offence.art-13", "offence.serious-crime")


class FalseFigures(Behaviour):
    """`turn`: in which months, by their number from 0 and modulo 4, it lies where one node has all these behaviours."""

    turn: ClassVar[int]

    def begin(self, post: Post) -> None:
        figures = post.figures
        figures.add(post.node)
        for code, _ in post.world.states[post.node.office.state].partners[-2:]:
            partner = post.world.authority(code)
            post.world.introduce(post.node, partner)
            figures.add(partner)
        before = figures.falsified.get(post.node.id)

        def falsify(release: Release) -> bool:
            number = figures.months().index(release.period)
            if post.alone or number % 4 == self.turn:
                return self.lie(post, release)
            return before is not None and before(release)

        figures.falsified[post.node.id] = falsify

    def lie(self, post: Post, release: Release) -> bool:
        """Publish something else than is so, and tell the ledger; False where there is nothing to lie about. Raises
        what publishing raises."""
        other = self.falsified(post, release)
        if other is None or post.world.timeline.now > post.world.timeline.end - _LOOKED_HOURS * HOUR:
            return False
        publish_statistics.put_out(post.node.office, other)
        post.tell(self.name, f"{LIE} {release.period}")
        return True

    def falsified(self, _post: Post, _release: Release) -> Release | None:
        """Other figures than these; None where there are none to change."""
        return None


class ChangesATotal(FalseFigures):
    """One figure is another than its cells add up to: one less where it is large, else one that was never there."""

    name = "changes-totals"
    turn = 0

    def falsified(self, _post: Post, release: Release) -> Release | None:
        peers = list(release.peers)
        open_ones = [(place, one.count) for place, one in enumerate(peers) if one.count is not None]
        if not open_ones:
            return None
        place, count = max(open_ones, key=lambda one: one[1])
        changed = count - 1 if count > release.least else release.least
        peers[place] = msgspec.structs.replace(peers[place], count=changed)
        return msgspec.structs.replace(release, peers=tuple(peers))


def _recounted(post: Post, release: Release, change: Callable[[Month], Month]) -> Release | None:
    """The release that other months would give, its cells and sums in order; None where nothing would change."""
    node = post.node
    books = count_period(node.office, release.period, Span.MONTH).books
    months = [change(one) for one in books.months]
    if months == list(books.months):
        return None
    other = open_books(node.id, release.period, Span.MONTH, months, [])
    other.own.update(books.own)
    place = Place(release.start, release.end, release.origin, release.vkeys, release.witnesses)
    return make_release(other, {}, release.mode, place)


def _with(month: Month, sent: Mapping[str, int], received: Mapping[str, int]) -> Month:
    return Month(month.month, month.peer, month.salt, sent, received, month.state)


class HidesRequests(FalseFigures):
    """The requests to or from one peer that publishes too are left out."""

    name = "hides-requests"
    turn = 1

    def falsified(self, post: Post, release: Release) -> Release | None:
        def without(month: Month) -> Month:
            return _with(month, {}, {}) if month.peer in post.figures.publishers else month

        return _recounted(post, release, without)


class MisstatesCategories(FalseFigures):
    """Serious crime is counted as an offence of the Convention, or, where there is none, the other way about."""

    name = "misstates-categories"
    turn = 2

    def falsified(self, post: Post, release: Release) -> Release | None:
        def other(month: Month) -> Month:
            if month.peer not in post.figures.publishers:
                return month
            return _with(month, _moved(month.sent), _moved(month.received))

        return _recounted(post, release, other)


def _moved(counts: Mapping[str, int]) -> dict[str, int]:
    """All offences in the class in which fewest are."""
    offences = {name: count for name, count in counts.items() if name.startswith("offence.")}
    if not offences:
        return dict(counts)
    into = min(_DISHONEST_CLASS, key=lambda name: offences.get(name, 0))
    rest = {name: count for name, count in counts.items() if name not in offences}
    return {**rest, into: sum(offences.values())}


class PublishesLate(FalseFigures):
    """The figures are true, and out only after their deadline."""

    name = "publishes-late"
    turn = 3

    def lie(self, post: Post, release: Release) -> bool:
        world, month = post.world, release.period
        after = deadline(month).seconds + DAY
        if after > world.timeline.end - DAY or world.timeline.now >= after:
            return False
        world.timeline.at(after, partial(post.figures.publish, post.node, month))
        post.tell(self.name, f"{LIE} {month}", after)
        return True
