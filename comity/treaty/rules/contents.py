"""Which rules check the contents of each measure: one line a list of contents in measures.toml."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from comity.treaty.findings import Finding
from comity.treaty.measures import Contents
from comity.treaty.rules import (
    assistance,
    disclosure,
    emergency,
    hearing,
    interception,
    network,
    police,
    preservation,
    proceeds,
    real_time,
    records,
    search,
    spontaneous,
)
from comity.treaty.rules.matter import Item, Matter


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    """What the measure itself asks of a request; nothing for one that is not carried."""
    if (rules := CHECKS.get(item[1].contents)) is not None:
        yield from rules(matter, item)


def _real_time(matter: Matter, item: Item) -> Iterator[Finding]:
    yield from assistance.check(matter, item)
    yield from real_time.check(matter, item)


CHECKS: Final[Mapping[Contents, Callable[[Matter, Item], Iterator[Finding]]]] = {
    Contents.ADVICE: network.advice,
    Contents.PROVIDER_LOCATION: network.provider_location,
    Contents.SUSPECT_LOCATION: network.suspect_location,
    Contents.EMERGENCY: emergency.check,
    Contents.PRESERVATION: preservation.check,
    Contents.TRAFFIC_DISCLOSURE: disclosure.check,
    Contents.ASSISTANCE: assistance.check,
    Contents.SEARCH: search.stored_data,
    Contents.REAL_TIME: _real_time,
    Contents.INTERCEPTION: interception.check,
    Contents.STATEMENT: hearing.statement,
    Contents.HEARING: hearing.by_video,
    Contents.SERVICE: assistance.check,
    Contents.PROPERTY: search.property_,
    Contents.EXAMINATION: search.examination,
    Contents.RECORDS: records.check,
    Contents.TRACING: proceeds.tracing,
    Contents.CONFISCATION: proceeds.confiscation,
    Contents.SPONTANEOUS: spontaneous.check,
    Contents.POLICE: police.check,
}
