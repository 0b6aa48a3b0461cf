"""How an emergency stands, and what its events say, as lines of its case's page."""

from collections.abc import Iterator
from typing import Final

from comity.base.instants import Instant
from comity.cases import events as e
from comity.cases.case import Case, Position
from comity.cases.emergency import Emergency
from comity.web.case_facts import Group, Line
from comity.web.emergency_words import ABOUT, HELD, OUTCOMES, RESULTS
from comity.web.words import N_


def standing(case: Case) -> Iterator[Group]:
    """How the emergency stands that came; nothing where none did."""
    found = case.emergency
    if found is None or case.position is not Position.REQUESTED:
        return
    lines = [line for line in _standing(found) if line.value not in (None, "", ())]
    yield Group(N_("The emergency, and the call-back"), tuple(lines))


def _standing(found: Emergency) -> Iterator[Line]:
    barred = N_("Nothing may be disclosed") if found.is_barred else N_("A call-back confirmed it")
    yield Line(N_("So that"), barred, "word")
    yield Line(N_("Held against it"), tuple(HELD[one] for one in found.held), "words")
    yield Line(N_("Let go on by"), found.admitted_by)
    yield Line(N_("To know"), tuple(HELD[one] for one in found.notes), "words")
    yield Line(N_("Approved by"), found.approvers, "list")
    if found.call is not None:
        yield Line(N_("Called back"), RESULTS[found.call.result], "word")
        yield Line(N_("By"), found.call.by)
        yield Line(N_("On"), Instant.from_seconds(found.call.at).day, "day")
        yield Line(N_("Number of the directory"), found.call.number)
        yield Line(N_("Who answered"), found.call.reached)
    yield Line(N_("Checked by"), found.checked_by)
    yield Line(N_("Afterwards"), OUTCOMES[found.word], "word")
    yield Line(N_("Review due"), found.review_due, "day", "40(14)")


SAID: Final = (e.EmergencyOpened, e.CalledBack, e.CallBackChecked, e.AuthorityNotified, e.EmergencyReviewed)
"""Events whose fields are said in words."""


def said(event: e.Event) -> Iterator[Line]:
    """What an event of an emergency says beyond its name."""
    match event:
        case e.EmergencyOpened():
            yield Line(N_("Approved by"), event.approvers, "list")
            yield Line(N_("Held against it"), tuple(HELD[one] for one in event.held), "words")
            yield Line(N_("To know"), tuple(HELD[one] for one in event.notes), "words")
            yield Line(N_("Review due"), event.review_due, "day", "40(14)")
        case e.CalledBack():
            yield Line(N_("Result"), RESULTS[event.result], "word")
            yield Line(N_("Number of the directory"), event.number)
            yield Line(N_("Who answered"), event.reached)
            yield Line(N_("Text"), event.text, "long")
        case e.AuthorityNotified():
            yield Line(N_("To"), event.to)
            yield Line(N_("About"), ABOUT[event.about], "word")
        case e.EmergencyReviewed():
            yield Line(N_("Outcome"), OUTCOMES[event.outcome], "word")
            yield Line(N_("Reasons"), event.reasons, "long")
        case e.CallBackChecked():
            yield Line(N_("May it go on"), N_("Yes") if event.confirmed else N_("No"), "word")
            yield Line(N_("Reasons"), event.reasons, "long")
        case _:
            return
