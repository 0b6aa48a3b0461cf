"""The Budapest Convention as a rule book: its findings on a matter, in the order a lawyer reads."""

from collections.abc import Iterator
from dataclasses import replace

from comity.treaty.book import RuleBook
from comity.treaty.budapest.offences import in_convention_terms
from comity.treaty.budapest.parties import INSTRUMENT, load_parties
from comity.treaty.budapest.rules import assistance, basis, conduct, contents, limits, scope
from comity.treaty.budapest.rules.cited import recite
from comity.treaty.findings import Finding
from comity.treaty.measures import Contents, measure
from comity.treaty.rules import safeguards
from comity.treaty.rules.matter import Item, Matter
from comity.treaty.rules.screens import every

WITHOUT_DUAL_CRIMINALITY = frozenset({Contents.PRESERVATION, Contents.TRAFFIC_DISCLOSURE, Contents.ADVICE})
"""Preservation has a rule of its own (29(3)-(4)); 30(2) leaves no room for it; advice holds nobody's data."""


def _findings(matter: Matter) -> Iterator[Finding]:
    items: list[Item] = [
        (one, kind) for one in matter.request.measures if (kind := measure(one.measure, INSTRUMENT)) is not None
    ]
    carried = [item for item in items if item[1].is_carried]
    yield from basis.check(matter)
    yield from scope.check(matter)
    for item in items:
        yield from scope.check_measure(item)
    if any(item[1].is_assistance for item in carried):
        yield from assistance.form(matter)
    for item in carried:
        yield from contents.check(matter, item)
    for item in carried:
        if item[1].uses_power:
            yield from recite(safeguards.check(matter, item))
    for item in carried:
        if item[1].contents not in WITHOUT_DUAL_CRIMINALITY:
            yield assistance.dual_criminality(matter, item)
    yield from recite(every.check(replace(matter, request=in_convention_terms(matter.request))))
    for item in carried:
        yield limits.refusal(item)
    for item in carried:
        if item[1].is_assistance:
            yield limits.use(matter, item)
    yield from limits.secrecy(matter)


BUDAPEST = RuleBook(
    instrument=INSTRUMENT,
    name="Budapest",
    title="Convention on Cybercrime (Budapest, 2001)",
    findings=_findings,
    record=load_parties,
    on_act=conduct.check,
)
