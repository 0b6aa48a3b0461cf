"""The people of the world at work: `take` does a step, each decision by the real workflow and under a name.

What the rules leave to a person is decided first, in favour, with a reason. Which step it is, `what_next` says.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from comity.cases.case import Case, Position
from comity.simulate import emergencies
from comity.simulate.matters import Matter, mended, production
from comity.simulate.memory_packages import MemoryPackage, tree
from comity.simulate.nodes import Node
from comity.simulate.plan import Shares
from comity.simulate.what_next import SETTLE, Sight
from comity.treaty.assess import Side
from comity.treaty.request import Request
from comity.treaty.terms import Role
from comity.workflows import (
    ask_information,
    consult_peer,
    decide_request,
    destroy_evidence,
    doubts,
    draft_request,
    examine_evidence,
    hand_over,
    lift_order,
    order_provider,
    seal_evidence,
    withdraw_request,
)
from comity.workflows.assess_request import assess_request
from comity.workflows.office import Office

LAW: Final = "Electronic Evidence Act, section 4 (invented)"
DECIDERS: Final = {
    Role.DUTY_OFFICER: "officer-2",
    Role.CASE_LAWYER: "lawyer-1",
    Role.REVIEWER: "reviewer-1",
    Role.REQUESTED_AUTHORITY: "reviewer-1",
}
"""Who decides what a finding leaves to a role. None of them drafts."""
PROVIDER: Final = "hosting-company"
"""The provider of every State."""
_EVIDENCE_BYTES: Final = 1500


def settle_findings(office: Office, case: Case) -> Case:
    """Decide, one by one, what the rules leave to a person; nobody decides on what they wrote."""
    side = Side.REQUESTING if case.position is Position.REQUESTING else Side.REQUESTED
    request = case.mended or case.request
    if request is None:
        return case
    for finding in assess_request(office, request, side).decisions:
        if finding.rule not in case.decided:
            case = decide_request.decide(
                office,
                "lawyer-2" if DECIDERS[finding.who] == case.mended_by else DECIDERS[finding.who],
                case.id,
                rule=finding.rule,
                in_favour=True,
                decision="it may go on",
                reasons="Read with the file; nothing stands against it.",
            )
    return case


def draft(node: Node, request: Request, peer: str, *, follows: str = "") -> Case:
    """A new request of ours."""
    return draft_request.draft(node.office, "officer-1", request, peer, follows=follows)


def follow(node: Node, case: Case, matter: Matter) -> Case:
    """The request for assistance that follows a preservation."""
    request = production(matter, node.clock.now().day)
    return draft(node, request, case.peer, follows=case.id)


@dataclass(frozen=True, slots=True)
class Turn:
    """A person's turn at a case, and what they see."""

    office: Office
    case: Case
    sight: Sight

    @property
    def shares(self) -> Shares:
        return self.sight.shares

    @property
    def random(self) -> Random:
        return self.sight.random


def take(step: str, turn: Turn) -> Case:
    """Do a step. Raises what the workflow raises."""
    if step in emergencies.STEPS:
        if step == "second approve":
            settle_findings(turn.office, turn.case)
        call = emergencies.Call(turn.sight.is_known, turn.random)
        return emergencies.take(step, turn.office, turn.case, call)
    return _STEPS[step](turn)


def _approve(turn: Turn) -> Case:
    case = settle_findings(turn.office, turn.case)
    return draft_request.approve(turn.office, "lawyer-2", case.id)


def _supply(turn: Turn) -> Case:
    case = turn.case
    if case.request is not None and case.mended is None:
        case = draft_request.supply(turn.office, "lawyer-1", case.id, mended(case.request))
    settle_findings(turn.office, case)
    return draft_request.approve(turn.office, "officer-2", case.id)


def _order(turn: Turn) -> Case:
    case = settle_findings(turn.office, turn.case)
    return order_provider.order(
        turn.office,
        "officer-1",
        case.id,
        provider=f"{turn.office.state}/{PROVIDER}",
        legal_basis=LAW,
        reasons=f"A request of State {case.peer[:2]}.",
        days=90 if case.procedure == "preservation" else None,
    )


def _decide(turn: Turn) -> Case:
    """Grant; or first ask for more, once; or consult, and then refuse or grant. An emergency is not made to wait."""
    case, shares, way = turn.case, turn.shares, turn.random.random()
    if case.emergency is not None:
        return _grant(turn)
    if case.has_consulted:
        return _refuse(turn) if way < shares.refused / (shares.refused + shares.consulted) else _grant(turn)
    if way < shares.refused + shares.consulted:
        return _consult(turn)
    was_asked = case.request is not None and bool(case.request.note)
    if way < shares.refused + shares.consulted + shares.asked_for_more and not was_asked:
        return _ask(turn)
    return _grant(turn)


def _ask(turn: Turn) -> Case:
    missing = ("the invoice of the account",)
    return ask_information.ask(turn.office, "lawyer-1", turn.case.id, missing=missing, text="The holder is not clear.")


def _consult(turn: Turn) -> Case:
    text = "A trial is open here on the same account, or the provider objected; what do you need most?"
    if turn.case.emergency is not None:
        text = "Your duty desk knew nothing of this emergency; who asked for it?"
    return consult_peer.consult(turn.office, "lawyer-1", turn.case.id, about="refusal", text=text)


def _refuse(turn: Turn) -> Case:
    denied = turn.case.emergency is not None
    return decide_request.refuse(
        turn.office,
        "reviewer-1",
        turn.case.id,
        ground="essential interests",
        citation="40(21)(b)",
        reasons="Those who are said to have asked know nothing of it."
        if denied
        else "Our own trial on the same account would be harmed, as we told each other.",
    )


def _grant(turn: Turn) -> Case:
    case = settle_findings(turn.office, turn.case)
    reasons = "An offence in both States, and proportionate."
    return decide_request.grant(turn.office, "reviewer-1", case.id, reasons=reasons)


def _object(turn: Turn) -> Case:
    reasons = "The order names no account of ours; which one is meant?"
    return order_provider.object_to_order(turn.office, "legal-1", turn.case.id, ground="overbroad", reasons=reasons)


def _confirm(turn: Turn) -> Case:
    return order_provider.confirm_preserved(turn.office, "legal-1", turn.case.id)


def _seal(turn: Turn) -> Case:
    lines = b"192.0.2.7 - GET /account\n" * (_EVIDENCE_BYTES // 25)
    sealed, _ = seal_evidence.seal_evidence(
        turn.office, "legal-1", turn.case.id, tree({"access.log": lines}), how="export of the access logs (generated)"
    )
    return sealed


def _release(turn: Turn) -> Case:
    person = "legal-1" if turn.case.position is Position.PROVIDER else "officer-1"
    return hand_over.release(turn.office, person, turn.case.id, reason="as ordered")


def _accept(turn: Turn) -> Case:
    return hand_over.accept(turn.office, "lawyer-1", turn.case.id, reason="checked")


def _examine(turn: Turn) -> Case:
    return examine_evidence.examine(
        turn.office, "officer-1", turn.case.id, MemoryPackage(), purpose=f"investigation of case {turn.case.id[:8]}"
    )[0]


def _reply(turn: Turn) -> Case:
    return consult_peer.reply(
        turn.office, "lawyer-1", turn.case.id, text="The login times would do; the rest can wait."
    )


def _lift(turn: Turn) -> Case:
    return lift_order.lift(turn.office, "officer-1", turn.case.id, reasons="The request no longer stands.")


def _let_go(turn: Turn) -> Case:
    return lift_order.let_go(turn.office, "legal-1", turn.case.id, text="The copies kept for the order were deleted.")


def _destroy(turn: Turn) -> Case:
    return destroy_evidence.destroy(
        turn.office, "reviewer-1", turn.case.id, reasons="The request was withdrawn.", copies="There are none."
    )


def _settle(turn: Turn) -> Case:
    """The other side, asked by telephone, says that it sent what came under the key that was stolen."""
    person = "legal-1" if turn.case.position is Position.PROVIDER else "reviewer-1"
    return doubts.settle(turn.office, person, turn.case.id, keep=True, reasons="Asked by telephone: it is theirs.")


def _withdraw(turn: Turn) -> Case:
    return withdraw_request.withdraw(turn.office, "lawyer-1", turn.case.id, reasons="The suspect confessed.")


_STEPS: Final[Mapping[str, Callable[[Turn], Case]]] = {
    "approve": _approve,
    "urgent approve": _approve,
    "supply": _supply,
    "order preservation": _order,
    "order production": _order,
    "decide": _decide,
    "answer objection": _consult,
    "refuse": _refuse,
    "object": _object,
    "confirm": _confirm,
    "seal": _seal,
    "release": _release,
    "accept": _accept,
    "examine": _examine,
    "reply": _reply,
    "lift": _lift,
    "let go": _let_go,
    "destroy": _destroy,
    "withdraw": _withdraw,
    SETTLE: _settle,
}
