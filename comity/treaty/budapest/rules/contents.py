"""What each measure asks of a request (articles 30 to 35), beside preservation, which has rules of its own.

Only preservation has a list of contents in this instrument: the requested Party's law sets the rest (25(4)). The least
that any law needs is asked for here all the same, by the Convention's list, and marked as the program's.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from comity.treaty.budapest.rules import preservation
from comity.treaty.budapest.rules.cited import cite, recite
from comity.treaty.findings import PROGRAM, Effect, Finding, Met, NotMet
from comity.treaty.measures import Contents
from comity.treaty.request import Sought
from comity.treaty.rules import assistance, disclosure, interception, network, real_time, search
from comity.treaty.rules.matter import Item, Matter


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    """What the measure itself asks; nothing for one that is not carried."""
    if (rules := CHECKS.get(item[1].contents)) is not None:
        yield from rules(matter, item)


def advice(matter: Matter, item: Item) -> Iterator[Finding]:
    """35(1)(a), (c)."""
    yield from recite(network.advice(matter, item))


def suspect_location(matter: Matter, item: Item) -> Iterator[Finding]:
    """35(1)(c)."""
    yield from recite(network.suspect_location(matter, item), PROGRAM)


def traffic_path(matter: Matter, item: Item) -> Iterator[Finding]:
    """30(1): no further request is needed; where one is made, it names the preservation it follows."""
    yield from recite(disclosure.check(matter, item))


def stored_data(matter: Matter, item: Item) -> Iterator[Finding]:
    """31(1): seized, secured or handed over, by the requested Party's law."""
    yield from recite(assistance.check(matter, item), PROGRAM)
    yield expedited(matter, item[0])


def searched_data(matter: Matter, item: Item) -> Iterator[Finding]:
    """31(1), 19."""
    yield from recite(assistance.check(matter, item), PROGRAM)
    yield from recite([search.reasonable_help(matter, item[0])])
    yield expedited(matter, item[0])


def live_traffic(matter: Matter, item: Item) -> Iterator[Finding]:
    """33."""
    yield from recite(assistance.check(matter, item), PROGRAM)
    yield from recite(real_time.check(matter, item), PROGRAM)
    yield traffic_duty(item[0])


def live_content(matter: Matter, item: Item) -> Iterator[Finding]:
    """34."""
    yield from recite(interception.check(matter, item), PROGRAM)
    yield content_duty(item[0])


def expedited(matter: Matter, sought: Sought) -> Finding:
    """31(3): where data are particularly vulnerable to loss or change, the request says why."""
    citation, title = cite("31(3)"), "Whether it is expedited"
    if matter.request.necessity:
        why = "The request says why the data matter now; where they may be lost, it is answered on an expedited basis."
        return Met("search.expedited", citation, title, why, sought.measure)
    why = "Nothing says that the data may be lost or changed, so it is answered at the ordinary pace."
    todo = "Set necessity if the data are at particular risk."
    return NotMet("search.expedited", citation, title, why, todo, Effect.NOTE, sought.measure)


def traffic_duty(sought: Sought) -> Finding:
    """33(1)-(2): a duty, under domestic conditions; at least where a domestic case would have it."""
    why = "The requested Party assists, under its own conditions, at least for offences where a case at home would."
    todo = "Check its conditions, and whether it has reserved live traffic data to listed offences (14(3))."
    citation, title = cite("33(1)", "33(2)", "14(3)"), "How far the duty goes"
    return NotMet("real_time.duty", citation, title, why, todo, Effect.NOTE, sought.measure)


def content_duty(sought: Sought) -> Finding:
    """34: a duty as far as treaties and domestic law permit."""
    why = "The requested Party assists only as far as its treaties and law permit."
    todo = "Ask for stored data if they would do."
    return NotMet("interception.duty", cite("34"), "How far the duty goes", why, todo, Effect.NOTE, sought.measure)


CHECKS: Final[Mapping[Contents, Callable[[Matter, Item], Iterator[Finding]]]] = {
    Contents.ADVICE: advice,
    Contents.SUSPECT_LOCATION: suspect_location,
    Contents.PRESERVATION: preservation.check,
    Contents.TRAFFIC_DISCLOSURE: traffic_path,
    Contents.ASSISTANCE: stored_data,
    Contents.SEARCH: searched_data,
    Contents.REAL_TIME: live_traffic,
    Contents.INTERCEPTION: live_content,
}
