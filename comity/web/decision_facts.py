"""What was decided on a case, as lines of its page: freeze, grant in part, conditions, consultations, secrecy."""

from collections.abc import Iterator

from comity.cases.case import Case, Consultation, Notice
from comity.treaty.request import Sought
from comity.web import words
from comity.web.case_facts import Group, Line
from comity.web.words import N_

_NOTICES = {
    Notice.GIVEN: N_("given"),
    Notice.PROPOSED_NOT: N_("oversight is asked to agree that none is given"),
    Notice.WAIVED: N_("none, as oversight agreed"),
}


def decided(case: Case) -> Iterator[Group]:
    """Groups of what stands now; nothing for what nobody decided."""
    for title, lines in _decided(case):
        said = tuple(line for line in lines if line.value not in (None, "", ()))
        if said:
            yield Group(title, said)


def _decided(case: Case) -> Iterator[tuple[str, list[Line]]]:
    if case.is_frozen:
        yield N_("Frozen"), [Line(N_("By oversight"), case.frozen_by), Line(N_("So that"), words.FROZEN, "word")]
    yield (
        N_("The grant"),
        [
            *(line for one in case.scope for line in _granted(one)),
            Line(N_("Conditions"), case.conditions, "list", "40(28)"),
            Line(N_("Accepted"), _accepted(case), "word"),
        ],
    )
    for one in case.consultations:
        yield N_("Consultation"), _consultation(one)
    yield (
        N_("Postponement, questions, lifting"),
        [
            Line(N_("Looked at again on"), case.look_again, "day", "40(27)"),
            Line(N_("The provider asks"), case.question, "long"),
            Line(N_("The order"), N_("lifted") if case.lifted else "", "word"),
            Line(N_("The copies"), N_("let go") if case.copies_released else "", "word"),
        ],
    )
    secrecy = case.request.confidentiality if case.request else None
    if case.request is not None and case.secret_until != (secrecy.until if secrecy else None):
        yield N_("Secrecy, by a later decision"), [Line(N_("Until"), case.secret_until, "day", "40(20)")]
    yield N_("Notice"), [Line(N_("To the person concerned"), _NOTICES.get(case.notice, ""), "word", "24(2)")]


def _granted(sought: Sought) -> Iterator[Line]:
    yield Line(words.MEASURES.get(sought.measure, sought.measure), sought.data, "long")
    yield Line(N_("Accounts, addresses, numbers"), sought.identifiers, "list")
    yield Line(N_("Categories"), tuple(words.CATEGORIES[one] for one in sought.categories), "words")
    yield Line(N_("First day"), sought.period_from, "day")
    yield Line(N_("Last day"), sought.period_to, "day")


def _accepted(case: Case) -> str:
    if not case.conditions:
        return ""
    return N_("Yes") if case.conditions_accepted else N_("not yet")


def _consultation(one: Consultation) -> list[Line]:
    return [
        Line(N_("About"), words.ABOUT.get(one.about, one.about), "word", "40(28)"),
        Line(N_("We said") if one.is_ours else N_("They said"), one.text, "long"),
        Line(N_("Conditions"), one.conditions, "list"),
        Line(N_("They answered") if one.is_ours else N_("We answered"), one.answer, "long"),
    ]
