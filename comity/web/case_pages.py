"""One case on one page: where it stands and until when; the facts, and beside them what the rules say; what may be
done; everything that happened, with the log entry of each; who held the evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from comity.base.errors import ComityError, NotFound
from comity.cases.case import Case
from comity.cases.deadlines import due_dates, wished_day
from comity.docket import todo
from comity.docket.standing import begun, is_closed, title_of
from comity.evidence.custody import Custody
from comity.exchange.receipt_code import read_fault
from comity.treaty.assess import Assessment
from comity.treaty.findings import Finding, Met, NeedsDecision, Verdict, verdict
from comity.web import emergency_facts, words
from comity.web.case_facts import FILE, facts
from comity.web.case_story import timeline
from comity.web.decision_facts import decided
from comity.web.noting import note_if_oversight
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import prove_entry, read_cases
from comity.workflows.access import DECIDERS
from comity.workflows.export_case import EXPORTERS
from comity.workflows.who_asks import who_asks

SELDOM: Final = frozenset(
    {
        *("extend_secrecy", "end_secrecy", "withhold_notice", "complaint", "keep_longer", "exculpatory", "onward"),
        *("let_in", "return"),
    }
)
"""Steps that are open in most cases and taken in few."""
NEWEST: Final = 3
"""Of what happened, so many steps stand on the case's own page."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One line of the law: findings that say the same of several measures are one."""

    finding: Finding
    verdict: Verdict
    measures: tuple[str, ...]
    decided: str
    """'yes' or 'no' where a person has decided, else ''."""

    @property
    def todo(self) -> str:
        return "" if isinstance(self.finding, Met) else self.finding.todo

    @property
    def who(self) -> str:
        return self.finding.who if isinstance(self.finding, NeedsDecision) else ""


def get_case(visit: Visit) -> Response:
    return show(visit, load(visit))


def load(visit: Visit) -> Case:
    """The case that the address names, whole id."""
    found = read_cases.find(visit.office, visit.path("case"))
    if found.id != visit.path("case"):
        raise NotFound("there is no such case here", hint="see the inbox")
    note_if_oversight(visit, found.id)
    return found


def get_law(visit: Visit) -> Response:
    """What the rules say of the case, on a page of its own, all of it open: to read, and to print."""
    case = load(visit)
    found = read_cases.findings_of(visit.office, case)
    said = heard(found.findings, case) if found else ()
    return visit.page("case_law.html", case=case, title=title_of(case), heard=said, verdicts=list(Verdict))


def get_story(visit: Visit) -> Response:
    """Everything that happened to the case; its own page has the newest of it."""
    case = load(visit)
    return visit.page("case_story.html", case=case, title=title_of(case), timeline=timeline(visit.office, case))


def get_asking(visit: Visit) -> Response:
    """Who asks, with all that was looked at. Raises NotFound where nobody of another node does."""
    case = load(visit)
    asker = who_asks(visit.office, case)
    if asker is None:
        raise NotFound("nobody asks here", hint="see the case")
    context: dict[str, Any] = {"asking_words": ASKING, "asking_faults": ASKING_FAULTS}
    return visit.page("case_asking.html", case=case, title=title_of(case), asker=asker, **context)


def show(visit: Visit, case: Case, status: int = 200, *, with_request: bool = True, **action: object) -> Response:
    """The case's page. action: what an action's own part of it needs: its name, its fields and what was typed;
    with_request: what was asked stands on it, not only what was decided since."""
    found, today = read_cases.findings_of(visit.office, case), visit.office.clock.now().day
    steps = todo.steps(case, found)
    open_steps = [step for step in steps if todo.may(case, step.action, visit.person, visit.roles, found)]
    waits = next((step.action for step in steps if step.waits), "")
    custody, trouble = _custody(visit, case)
    asked = (group for group in facts(case) if not action or group.title != FILE)
    context: dict[str, object] = {
        "case": case,
        "title": title_of(case),
        "begun": begun(case),
        "closed": is_closed(case),
        "fault": read_fault(case.trouble),
        "steps": open_steps,
        "seldom": _seldom(open_steps),
        "waits": waits,
        "waits_for": _waits_for(case, waits, found),
        "is_mine": any(step.waits for step in open_steps),
        "elsewhere": words.FROZEN if case.is_frozen else words.ELSEWHERE.get((case.position, str(case.state)), ""),
        "dues": due_dates(case, warn_days=read_cases.WARN_DAYS),
        "wished": wished_day(case),
        "wished_why": asked_for.deadline_reasons if (asked_for := case.mended or case.request) else "",
        "groups": (*emergency_facts.standing(case), *decided(case), *(asked if with_request else ())),
        "asker": who_asks(visit.office, case),
        "asking_words": ASKING,
        "asking_faults": ASKING_FAULTS,
        "may_export": bool(visit.roles & EXPORTERS),
        "may_notify": bool(visit.roles & todo.rights_of("notify")),
        "heard": heard(found.findings, case) if found else (),
        "timeline": timeline(visit.office, case),
        "newest": NEWEST,
        "custody": custody,
        "custody_trouble": trouble,
        "done": visit.query("done"),
        "today": today,
        "action": "",
        "mistakes": (),
    }
    return visit.page("case.html", status, **{**context, **action})


ASKING: Final[Mapping[str, str]] = {
    "signature": N_("The signature is by this key, over exactly what came"),
    "key listed": N_("The key is listed for this node"),
    "key then": N_("The key was valid when it signed"),
    "key now": N_("The key is valid now"),
    "list": N_("The list that the key stands in has not ended"),
    "sender": N_("It names the node that signed as its sender"),
    "recipient": N_("It was sent to this node"),
    "mode": N_("It is of this node's mode"),
    "second person": N_("A second person of theirs approved it"),
    "exercise": N_("Exercise"),
    "live": N_("Live"),
}
"""What is looked at when somebody asks, and the two modes."""
ASKING_FAULTS: Final[Mapping[str, str]] = {
    "signature": N_("The signature does not belong to what came"),
    "key listed": N_("It is signed by a key that is not listed for this node"),
    "key then": N_("The key was not valid when it signed"),
    "key now": N_("The key is not valid any more: ask before you act"),
    "list": N_("The list that the key stands in has ended: ask that State for a newer one"),
    "sender": N_("It names another sender than the node that signed"),
    "recipient": N_("It was sent to another node"),
    "mode": N_("It is of the other mode"),
    "second person": N_("No second person of theirs approved it"),
}
"""The same where it does not hold."""


def _seldom(steps: Sequence[todo.Step]) -> list[todo.Step]:
    """Those of a case's open steps that stand folded beside the others."""
    found = [step for step in steps if step.action in SELDOM and not step.waits]
    return found if len(found) < len(steps) else []


def _waits_for(case: Case, waits: str, found: Assessment | None) -> list[str]:
    """The roles that can take the step."""
    if waits == "decide":
        return sorted({role for one in todo.undecided_of(case, found) for role in DECIDERS[one.who]})
    return sorted(todo.rights_of(waits)) if waits else []


def heard(findings: tuple[Finding, ...], case: Case | None = None) -> tuple[Heard, ...]:
    """The findings in the order a lawyer reads, those that ask for something first."""
    merged: dict[tuple[str, ...], Heard] = {}
    for one in findings:
        word = verdict(one)
        key = (one.rule, word, one.why, str(one.citation), str(one.basis))
        before = merged.get(key)
        measures = (*(before.measures if before else ()), *((one.measure,) if one.measure else ()))
        decided = _decision(case, one.rule) if case is not None and word is Verdict.DECIDE else ""
        merged[key] = Heard(one, word, tuple(dict.fromkeys(measures)), decided)
    order = list(Verdict)
    return tuple(sorted(merged.values(), key=lambda one: (one.decided == "yes", order.index(one.verdict))))


def _decision(case: Case, rule: str) -> str:
    if rule in case.opposed:
        return "no"
    return "yes" if rule in case.decided else ""


def _custody(visit: Visit, case: Case) -> tuple[Custody | None, ComityError | None]:
    """The chain with every signature checked; where it does not hold, the page says so and shows nothing of it."""
    if not case.package:
        return None, None
    try:
        return read_cases.custody_of(visit.office, case), None
    except ComityError as error:
        return None, error


def get_proof(visit: Visit) -> Response:
    """The proof file of one of the case's log entries, with what the entry hides: who reads the case may know it."""
    case, index = load(visit), int(visit.path("index"))
    if all(leaf.index != index for leaf in read_cases.entries_of(visit.office, case)):
        raise NotFound("the case has no such log entry", hint="see its timeline")
    _, data = prove_entry.prove(visit.office, index, with_opening=True)
    headers = {"content-disposition": f'attachment; filename="entry-{index}.tlog-proof"'}
    return Response(data, media_type="text/plain; charset=utf-8", headers=headers)
