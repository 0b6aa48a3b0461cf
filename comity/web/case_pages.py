"""One case on one page: where it stands and until when; the facts, and beside them what the rules say; what may be
done; everything that happened, with the log entry of each; who held the evidence."""

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.responses import Response

from comity.base.errors import ComityError, NotFound
from comity.cases import events as e
from comity.cases.case import Case
from comity.cases.deadlines import due_dates
from comity.cases.machine import procedure_of
from comity.evidence.custody import Custody
from comity.treaty.assess import Assessment
from comity.treaty.findings import Finding, Met, NeedsDecision, Verdict, verdict
from comity.treaty.request import Request, Sought
from comity.web import todo, words
from comity.web.inbox import begun, title_of
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import prove_entry, read_cases
from comity.workflows.access import ACTIONS, DECIDERS
from comity.workflows.sequence_log import published
from comity.workflows.stores import Leaf


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


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: its words, what it said, and its log entry; `proof`: whether a published checkpoint holds that."""

    event: e.Event
    tag: str
    lines: tuple[Line, ...]
    leaf: Leaf | None
    proof: bool
    delivery: str


def get_case(visit: Visit) -> Response:
    return show(visit, load(visit))


def load(visit: Visit) -> Case:
    """The case that the address names, whole id."""
    found = read_cases.find(visit.office, visit.path("case"))
    if found.id != visit.path("case"):
        raise NotFound("there is no such case here", hint="see the inbox")
    return found


def show(visit: Visit, case: Case, status: int = 200, **action: object) -> Response:
    """The case's page. action: what an action's own part of it needs: its name, its fields and what was typed."""
    found, today = read_cases.findings_of(visit.office, case), visit.office.clock.now().day
    steps = todo.steps(case, found)
    open_steps = [step for step in steps if todo.may(case, step.action, visit.person, visit.roles, found)]
    waits = next((step.action for step in steps if step.waits), "")
    custody, trouble = _custody(visit, case)
    context: dict[str, object] = {
        "case": case,
        "title": title_of(case),
        "begun": begun(case),
        "closed": case.state in procedure_of(case.procedure).ends,
        "steps": open_steps,
        "waits": waits,
        "waits_for": _waits_for(case, waits, found),
        "is_mine": any(step.waits for step in open_steps),
        "elsewhere": words.ELSEWHERE.get((case.position, str(case.state)), ""),
        "dues": due_dates(case, warn_days=read_cases.WARN_DAYS),
        "groups": tuple(facts(case)),
        "heard": heard(found.findings, case) if found else (),
        "timeline": _timeline(visit, case),
        "custody": custody,
        "custody_trouble": trouble,
        "done": visit.query("done"),
        "today": today,
        "action": "",
        "mistakes": (),
    }
    return visit.page("case.html", status, **{**context, **action})


def _waits_for(case: Case, waits: str, found: Assessment | None) -> list[str]:
    """The roles that can take the step."""
    if waits == "decide":
        return sorted({role for one in todo.undecided_of(case, found) for role in DECIDERS[one.who]})
    return sorted(ACTIONS[waits]) if waits else []


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


def facts(case: Case) -> Iterator[Group]:
    """What the case is about, in groups; nothing is shown for what was not said."""
    for title, lines in _facts(case):
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
        N_("The file"),
        [
            Line(N_("Our case"), case.id),
            Line(N_("Their case"), case.their_case),
            Line(N_("Author"), case.drafted_by),
            Line(N_("Approved by"), case.approved_by),
            Line(N_("Follows our case"), case.follows),
            Line(N_("Provider ordered"), case.provider),
            Line(N_("Preserved until"), case.preserved_until, "day", "25(2), 42(8)"),
            Line(N_("Evidence package"), case.package),
        ],
    )


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
            [Line(N_("Until"), secrecy.until, "day", "40(20)"), Line(N_("Why"), secrecy.reasons, "long")],
        )


def _timeline(visit: Visit, case: Case) -> tuple[Happened, ...]:
    """Newest first."""
    events = read_cases.events_of(visit.office, case)
    leaves = {leaf.event: leaf for leaf in read_cases.entries_of(visit.office, case)}
    standing = published(visit.office)
    size = standing.size if standing else 0
    receipts = {event.message: event for event in events if isinstance(event, e.Receipted)}
    found = []
    for number, event in enumerate(events, 1):
        leaf = leaves.get(number)
        message = "" if isinstance(event, _CAME | e.Receipted) else getattr(event, "message", "")
        ours = bool(message) and "/" not in event.by
        receipt = receipts.get(message)
        delivery = "" if not ours else receipt.status if receipt else "waiting"
        proof = leaf is not None and leaf.index < size
        found.append(Happened(event, e.tag_of(event), tuple(_said(event)), leaf, proof, delivery))
    return tuple(reversed(found))


_CAME = e.Received | e.OrderReceived | e.EvidenceArrived


def _said(event: e.Event) -> Iterator[Line]:
    """What an event says beyond its name."""
    match event:
        case e.Approved(reasons=reasons) | e.Withdrawn(reasons=reasons) if reasons:
            yield Line(N_("Reasons"), reasons, "long")
        case e.Decided():
            yield Line(N_("Rule"), event.rule)
            yield Line(N_("May it go on"), N_("Yes") if event.in_favour else N_("No"), "word")
            yield Line(N_("Reasons"), event.reasons, "long")
        case e.Granted():
            yield Line(N_("Reasons"), event.reasons, "long")
            if event.conditions:
                yield Line(N_("Conditions"), event.conditions, "list")
        case e.Refused():
            yield Line(N_("Ground"), f"{event.ground} ({event.citation})")
            yield Line(N_("Reasons"), event.reasons, "long")
            yield Line(N_("Consulted first"), N_("Yes") if event.consulted else N_("No"), "word", "40(28)")
        case e.Objected():
            yield Line(N_("Ground"), event.ground)
            yield Line(N_("Reasons"), event.reasons, "long")
        case e.OrderIssued():
            yield Line(N_("Provider"), event.provider)
            yield Line(N_("Legal basis"), event.legal_basis, "long")
            yield Line(N_("Until"), event.until, "day")
        case e.Preserved():
            yield Line(N_("Until"), event.until, "day", "25(2), 42(8)")
            yield Line(N_("Kept by"), event.custodian)
        case e.InformationAsked():
            yield Line(N_("Missing"), event.missing, "list", "40(16), 42(6)")
        case e.Receipted() if event.code:
            yield Line(N_("Code"), event.code)
        case e.EvidenceSealed() | e.EvidenceExamined():
            yield Line(N_("Files"), event.files)
            yield Line(N_("Bytes"), f"{event.size:,}")
            if isinstance(event, e.EvidenceExamined):
                yield Line(N_("Purpose"), event.purpose, "long", "40(19)")
        case e.EvidenceReleased():
            yield Line(N_("To"), event.to)
        case _:
            return


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
