"""Every screen, in the order a lawyer reads them."""

from collections.abc import Iterator

from comity.treaty.findings import Finding
from comity.treaty.rules.matter import Matter
from comity.treaty.rules.screens import (
    children,
    compulsion,
    emergency,
    expression,
    persons,
    privileged,
    research,
    selectors,
    statements,
)


def check(matter: Matter) -> Iterator[Finding]:
    yield expression.expression(matter)
    yield persons.discrimination(matter)
    yield expression.political_offence(matter)
    yield persons.transnational_repression(matter)
    yield from research.check(matter)
    yield children.children(matter)
    yield privileged.privileged(matter)
    yield selectors.bulk(matter)
    yield compulsion.insider(matter)
    yield compulsion.hacking(matter)
    yield compulsion.sovereignty(matter)
    yield compulsion.police_channel(matter)
    yield statements.boilerplate(matter)
    yield statements.penalty_raised(matter)
    yield statements.other_convention(matter)
    if emergency.is_claimed(matter):
        yield emergency.emergency(matter)
