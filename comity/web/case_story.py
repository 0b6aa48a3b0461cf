"""Everything that happened to a case, for its page: each event's words, what it said, its log entry, its delivery."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from comity.cases import events as e
from comity.cases.case import Case
from comity.exchange.receipt_code import read_fault
from comity.web import emergency_facts
from comity.web.case_facts import NOT_SIGNED, SIGNED, Line
from comity.web.words import ABOUT, N_
from comity.workflows import read_cases
from comity.workflows.office import Office
from comity.workflows.sequence_log import published
from comity.workflows.stores import Leaf


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: its words, what it said, and its log entry; `proof`: whether a published checkpoint holds that."""

    event: e.Event
    tag: str
    lines: tuple[Line, ...]
    leaf: Leaf | None
    proof: bool
    delivery: str


def timeline(office: Office, case: Case) -> tuple[Happened, ...]:
    """Newest first."""
    events = read_cases.events_of(office, case)
    leaves = {leaf.event: leaf for leaf in read_cases.entries_of(office, case)}
    standing = published(office)
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
        found.append(Happened(event, e.tag_of(event), tuple(said(event)), leaf, proof, delivery))
    return tuple(reversed(found))


_CAME = e.Received | e.OrderReceived | e.EvidenceArrived


def said(event: e.Event) -> Iterator[Line]:
    """What an event says beyond its name."""
    match event:
        case e.Approved() | e.FirstApproved() | e.InformationGiven():
            yield from _signed(event)
        case e.Withdrawn(reasons=reasons) if reasons:
            yield Line(N_("Reasons"), reasons, "long")
        case e.Decided():
            yield Line(N_("Rule"), event.rule, "ground")
            yield Line(N_("May it go on"), N_("Yes") if event.in_favour else N_("No"), "word")
            yield Line(N_("Reasons"), event.reasons, "long")
        case e.Granted():
            yield Line(N_("Reasons"), event.reasons, "long")
            if event.conditions:
                yield Line(N_("Conditions"), event.conditions, "list")
            if event.left_out:
                yield Line(N_("Left out"), event.left_out, "long", "40(25)")
        case e.Refused():
            yield Line(N_("Ground"), event.ground, "ground", event.citation)
            yield Line(N_("Reasons"), event.reasons, "long")
            yield Line(N_("Consulted first"), N_("Yes") if event.consulted else N_("No"), "word", "40(28)")
            if event.consulted_how:
                yield Line(N_("Consulted how"), event.consulted_how, "long")
        case e.OrderIssued():
            yield Line(N_("Provider"), event.provider)
            yield Line(N_("Legal basis"), event.legal_basis, "long")
            yield Line(N_("Until"), event.until, "day")
        case e.Preserved():
            yield Line(N_("Until"), event.until, "day", "25(2), 42(8)")
            yield Line(N_("Kept by"), event.custodian)
        case e.InformationAsked():
            yield Line(N_("Missing"), event.missing, "list", "40(16), 42(6)")
            if event.text:
                yield Line(N_("Why"), event.text, "long")
        case e.Receipted() if event.code:
            fault = read_fault(event.code)
            yield Line(N_("Code"), fault.code)
            if fault.field:
                yield Line(N_("Field at fault"), fault.field)
        case e.EvidenceSealed() | e.EvidenceExamined():
            yield Line(N_("Files"), event.files)
            yield Line(N_("Bytes"), f"{event.size:,}")
            if isinstance(event, e.EvidenceExamined):
                yield Line(N_("Purpose"), event.purpose, "long", "40(19)")
        case e.EvidenceReissued():
            yield Line(N_("To"), event.sealed_for)
            yield Line(N_("Reasons"), event.reasons, "long")
        case _ if isinstance(event, emergency_facts.SAID):
            yield from emergency_facts.said(event)
        case _ if isinstance(event, _OTHERWISE):
            yield from _fields(event)


def _signed(event: e.Approved | e.FirstApproved | e.InformationGiven) -> Iterator[Line]:
    """How a second person of ours approved; only an exercise takes an approval that nothing signed."""
    if "/" not in event.by:
        yield Line(N_("Signed"), SIGNED if event.passkey else NOT_SIGNED, "word")
    if isinstance(event, e.Approved | e.FirstApproved) and event.reasons:
        yield Line(N_("Reasons"), event.reasons, "long")


_OTHERWISE: Final = tuple(
    kind
    for kind in e.EVENTS
    if kind not in {e.Drafted, e.Received, e.OrderReceived, e.Sent, e.Mended, e.InformationGiven, e.Receipted}
)
"""Events that say what their fields say. The others carry a request, which stands on the page already, or a digest."""
_LABELS: Final[Mapping[str, str]] = {
    "about": N_("About"),
    "reasons": N_("Reasons"),
    "text": N_("Text"),
    "ground": N_("Ground"),
    "conditions": N_("Conditions"),
    "citation": N_("Article"),
    "until": N_("Until"),
    "look_again": N_("Looked at again on"),
    "on": N_("On"),
    "to": N_("To"),
    "how": N_("How"),
    "role": N_("In the role of"),
    "due": N_("Due"),
    "consulted_how": N_("Consulted how"),
    "copies": N_("Other copies"),
    "reference": N_("Its file"),
    "order": N_("Order"),
}


def _fields(event: e.Event) -> Iterator[Line]:
    """What an event says, field by field, in its own order; ids and digests left out."""
    for field in msgspec.structs.fields(event):
        value = getattr(event, field.name)
        if field.name not in _LABELS or value in ("", (), None):
            continue
        if field.name == "about":
            yield Line(_LABELS[field.name], ABOUT.get(value, value), "word")
            continue
        kind = "day" if isinstance(value, date) else "list" if isinstance(value, tuple) else "long"
        yield Line(_LABELS[field.name], value, field.name if field.name in {"role", "ground"} else kind)
