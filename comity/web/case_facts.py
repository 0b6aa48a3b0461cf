"""What a case is about, as lines of a page: the request or the order, and our file on it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from comity.cases.case import Case
from comity.treaty.request import Request, Sought
from comity.web import words
from comity.web.right_words import SECRECY_CODES
from comity.web.words import N_

FILE: Final = N_("The file")
"""The group that is about our own file, and is no part of what was asked."""
SIGNED: Final = N_("With their passkey, over exactly this decision")
NOT_SIGNED: Final = N_("Not by a passkey: an exercise")


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: kind says how it is shown: text, long, list, day."""

    label: str
    value: object
    kind: str = "text"
    article: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    lines: tuple[Line, ...]


def facts(case: Case) -> Iterator[Group]:
    """What the case is about, in groups; nothing is shown for what was not said."""
    return said_of(_facts(case))


def said_of(groups: Iterable[tuple[str, list[Line]]]) -> Iterator[Group]:
    """The groups, by their titles, without lines that say nothing; nor a group that has no other."""
    for title, lines in groups:
        said = tuple(line for line in lines if line.value not in (None, "", ()))
        if said:
            yield Group(title, said)


def _facts(case: Case) -> Iterator[tuple[str, list[Line]]]:
    if case.request is not None:
        for sought in (case.mended or case.request).measures:
            yield words.MEASURES.get(sought.measure, sought.measure), _sought(sought)
        yield from _request(case.mended or case.request)
    if case.order is not None:
        order = case.order
        yield (
            N_("The order"),
            [
                Line(N_("Data"), order.data, "long"),
                Line(N_("Accounts, addresses, numbers"), order.identifiers, "list"),
                Line(N_("From"), order.since, "day"),
                Line(N_("Until"), order.until, "day"),
                Line(N_("Secret until"), order.secret_until, "day", "25(3)"),
            ],
        )
    yield (
        FILE,
        [
            Line(N_("Our case"), case.id),
            Line(N_("Their case"), case.their_case),
            Line(N_("Author"), case.drafted_by),
            Line(N_("Approved by"), case.approved_by),
            Line(N_("Signed"), _signed(case), "word"),
            Line(N_("Follows our case"), case.follows),
            Line(N_("Provider ordered"), case.provider),
            Line(N_("Preserved until"), case.preserved_until, "day", "25(2), 42(8)"),
        ],
    )


def _signed(case: Case) -> str:
    """How the second person approved; only an exercise takes an approval that nothing signed."""
    if not case.approved_by:
        return ""
    return SIGNED if case.approval_signed else NOT_SIGNED


def _sought(sought: Sought) -> list[Line]:
    return [
        Line(N_("Data"), sought.data, "long", "40(15)(d), 42(3)(c)"),
        Line(N_("Categories"), tuple(words.CATEGORIES[one] for one in sought.categories), "words"),
        Line(N_("Accounts, addresses, numbers"), sought.identifiers, "list"),
        Line(N_("Who holds the data"), sought.custodian),
        Line(N_("Where"), sought.location),
        Line(N_("First day"), sought.period_from, "day"),
        Line(N_("Last day"), sought.period_to, "day"),
        Line(N_("Days to preserve"), sought.period_days),
        Line(N_("How they bear on the offence"), sought.relation, "long"),
        Line(N_("Procedure wished for"), sought.procedure, "long"),
    ]


def _request(request: Request) -> Iterator[tuple[str, list[Line]]]:
    offence, secrecy = request.offence, request.confidentiality
    yield (
        N_("The matter"),
        [
            Line(N_("Facts"), request.facts.strip(), "long"),
            Line(N_("Offence"), offence.name),
            Line(N_("Article"), offence.article),
            Line(N_("Provision of law"), offence.law),
            Line(N_("Highest penalty, in years"), offence.max_penalty_years),
            Line(N_("Stage"), words.STAGES.get(request.stage or "", ""), "word"),
            Line(N_("Authority that asks"), request.authority),
            Line(N_("Conducted by"), request.conducting_authority),
            Line(N_("Made on"), request.made_on, "day"),
            Line(N_("Wished for by"), request.deadline, "day"),
            Line(N_("Reason for that day"), request.deadline_reasons, "long"),
        ],
    )
    yield N_("The emergency it claims"), _emergency(request)
    yield (
        N_("The reasons"),
        [
            Line(N_("Purpose"), request.purpose, "long"),
            Line(N_("Necessity"), request.necessity, "long"),
            Line(N_("Proportionality"), request.proportionality, "long"),
            Line(N_("Dual criminality"), request.dual_criminality, "long"),
        ],
    )
    if secrecy is not None and secrecy.wanted:
        yield (
            N_("Secrecy"),
            [
                Line(N_("Until"), secrecy.until, "day", "40(20)"),
                Line(N_("Kind of reason"), SECRECY_CODES.get(secrecy.code, ""), "word", "24(2)"),
                Line(N_("Why"), secrecy.reasons, "long"),
            ],
        )


def _emergency(request: Request) -> list[Line]:
    """What a request says of its emergency."""
    return [
        Line(N_("What happens"), request.emergency, "long", "2(o)"),
        Line(N_("Who is at risk"), request.emergency_person, "long", "2(o)"),
        Line(N_("How soon, and how that is known"), request.emergency_imminence, "long", "2(o)"),
        Line(N_("How the data would avert it"), request.emergency_averts, "long", "41(3)(e)"),
        Line(N_("Why no less data would do"), request.emergency_minimum, "long", "41(3)(e)"),
    ]
