"""How many people were told once secrecy had ended, and how many not yet: a public figure, by policy (art. 24(2))."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from comity.cases.case import Case, Notice, Position
from comity.cases.deadlines import owes_notice


@dataclass(frozen=True, slots=True)
class NoticeFigures:
    """Cases by what became of their notice. `secret`: secrecy lasts; `not_yet`: it has ended and nobody was told,
    `late`: of these, past the day of policy; `given`; `waived`: oversight agreed that nobody is told."""

    secret: int = 0
    not_yet: int = 0
    late: int = 0
    given: int = 0
    waived: int = 0


def count_notices(cases: Iterable[Case], on: date) -> NoticeFigures:
    """The figures on a day. A provider's cases are its authority's to count."""
    found = dict.fromkeys(("secret", "not_yet", "late", "given", "waived"), 0)
    for case in cases:
        if case.secrecy is None or case.position is Position.PROVIDER:
            continue
        if case.notice in (Notice.GIVEN, Notice.WAIVED):
            found[case.notice.value] += 1
        elif not case.secrecy_ended and not case.secrecy.has_passed(on):
            found["secret"] += 1
        elif owes_notice(case):
            found["not_yet"] += 1
            found["late"] += (case.notice_due or case.secrecy.notice_due) < on
    return NoticeFigures(**found)
