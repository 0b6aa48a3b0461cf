"""What the people of a node do next where a case stands, and which way it goes where chance draws it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Final

from comity.cases import machine
from comity.cases.case import Case, Position
from comity.simulate import emergencies
from comity.simulate.plan import Shares

SETTLE: Final = "settle doubt"
WAIT_OF: Final[Mapping[str, str]] = {"object": "confirm", "refuse": "answer objection"}
"""The waits of plan.WAITS that go by another name."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What people see of the world at a case. random: of this case and state; is_known: whether they, or those who
    asked them, know that it was asked for; is_ours_alone: whether it was opened beside an emergency, so that the other
    State has no such case and cannot be consulted in it."""

    today: date
    shares: Shares
    random: Random
    is_known: bool = True
    is_ours_alone: bool = False


def next_step(case: Case, sight: Sight) -> str:
    """What this node's people do next; '' where it is for others to act. What is in doubt is settled first."""
    step = emergencies.next_step(case, sight.today, is_known=sight.is_known) or _next_step(case, sight)
    return SETTLE if step and case.doubts else step


def _next_step(case: Case, sight: Sight) -> str:
    match case.position:
        case Position.REQUESTING:
            return _asking(case)
        case Position.REQUESTED:
            return "order preservation" if sight.is_ours_alone and str(case.state) == "objected" else _asked(case)
        case Position.PROVIDER:
            return _ordered(case, sight.shares, sight.random)


def _asking(case: Case) -> str:
    if any(not one.is_ours and not one.answer for one in case.consultations):
        return "reply"
    match str(case.state):
        case "draft":
            urgent = case.request is not None and case.request.urgent
            return "urgent approve" if urgent else "approve"
        case "information asked":
            return "supply"
        case "evidence arrived" | "withdrawn with evidence arrived":
            return "accept"
        case "withdrawn with evidence held":
            return "destroy"
        case "evidence accepted":
            return "examine"
        case _:
            return ""


def _asked(case: Case) -> str:
    if any(one.is_ours and not one.answer for one in case.consultations):
        return ""
    if machine.awaits_lifting(case):
        return "lift"
    match case.procedure, str(case.state):
        case "preservation", "requested" | "information asked":
            return "order preservation"
        case "preservation" | "stored_data", "objected":
            return "refuse" if case.has_consulted else "answer objection"
        case "stored_data", "requested":
            return "decide"
        case "stored_data", "granted":
            return "order production"
        case "stored_data", "evidence arrived" | "withdrawn with evidence arrived":
            return "accept"
        case "stored_data", "withdrawn with evidence held":
            return "destroy"
        case "stored_data", "evidence accepted":
            return "release"
        case _:
            return ""


def _ordered(case: Case, shares: Shares, random: Random) -> str:
    match case.procedure, str(case.state):
        case "preservation", "ordered":
            return "object" if random.random() < shares.objected else "confirm"
        case "stored_data", "ordered":
            return "object" if random.random() < shares.objected else "seal"
        case "stored_data", "sealed":
            return "release"
        case _, "order lifted":
            return "let go"
        case _:
            return ""
