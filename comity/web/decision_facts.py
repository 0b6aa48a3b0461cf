"""What was decided on a case, as lines of its page: freeze, grant in part, conditions, consultations, secrecy."""

from collections.abc import Iterator

from comity.base.instants import Instant
from comity.cases.case import Case, Consultation, Notice, Onward
from comity.cases.complaints import Complaint
from comity.cases.deadlines import owes_notice
from comity.treaty.request import Sought
from comity.treaty.use_terms import UseLimits
from comity.web import words
from comity.web.case_facts import Group, Line, said_of
from comity.web.right_words import COMPLAINTS, ITEMS
from comity.web.words import N_

GROUNDS = {
    "revoked-key": N_("A key that was revoked"),
    "stale-directory": N_("A directory that had ended"),
}
"""Why there is a doubt, in words."""
_NOTICES = {
    Notice.GIVEN: N_("given"),
    Notice.PROPOSED_NOT: N_("oversight is asked to agree that none is given"),
    Notice.WAIVED: N_("none, as oversight agreed"),
}


def decided(case: Case) -> Iterator[Group]:
    """Groups of what stands now; nothing for what nobody decided."""
    return said_of(_decided(case))


def _decided(case: Case) -> Iterator[tuple[str, list[Line]]]:
    if case.is_frozen:
        yield N_("Frozen"), [Line(N_("By oversight"), case.frozen_by), Line(N_("So that"), words.FROZEN, "word")]
    for doubt in case.doubts:
        since = Line(N_("Since"), Instant.from_seconds(doubt.since).day, "day")
        yield N_("In doubt"), [Line(N_("Because of"), GROUNDS[doubt.ground], "word"), Line(N_("Of"), doubt.node), since]
    if case.undone:
        yield N_("Not relied on"), [Line(N_("So that"), N_("only what takes it back goes on"), "word")]
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
    yield (
        N_("Notice"),
        [
            Line(N_("To the person concerned"), _NOTICES.get(case.notice, ""), "word", "24(2)"),
            Line(N_("Due until"), case.notice_due if owes_notice(case) else None, "day", "24(2)"),
        ],
    )
    for complaint in case.complaints:
        yield N_("Complaint"), _complaint(complaint)
    if case.limits is not None:
        yield N_("Limits on its use"), _limits(case.limits)
    for onward in case.onward:
        yield N_("To a third State"), _onward(onward)
    kept = dict(case.kept_until)
    yield N_("Kept longer"), [Line(ITEMS.get(item, item), until, "day", "24(2)") for item, until in kept.items()]


def _complaint(one: Complaint) -> list[Line]:
    answers = tuple(f"{answer.node}: {answer.outcome}: {answer.text}" for answer in one.answers)
    return [
        Line(N_("What it asks"), COMPLAINTS[one.kind], "word", "24(2)"),
        Line(N_("What it is about"), one.text, "long"),
        Line(N_("Its file"), one.reference),
        Line(N_("Answered until"), one.due, "day"),
        Line(N_("Went on to"), one.told, "list"),
        Line(N_("Answers"), answers, "list"),
        Line(N_("No answer yet"), one.unanswered, "list"),
    ]


def _limits(limits: UseLimits) -> list[Line]:
    return [
        Line(N_("Only for"), limits.purpose, "long", "40(19)"),
        Line(N_("Conditions"), limits.conditions, "list", "40(28)"),
        Line(N_("Until"), limits.until, "day"),
    ]


def _onward(one: Onward) -> list[Line]:
    answer = N_("authorised") if one.token else N_("not authorised") if one.decided else N_("no answer yet")
    return [
        Line(N_("Who is to have it"), one.to, article="36(3)"),
        Line(N_("Why"), one.reasons, "long"),
        Line(N_("The State it came from"), answer, "word"),
        Line(N_("Until"), one.until, "day"),
        Line(N_("Package made"), one.made),
    ]


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
