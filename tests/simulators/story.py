"""The story in stages, each played once by the real workflows and copied for every test that begins there."""

from collections.abc import Callable
from functools import cache
from typing import Final

from comity.cases.case import Case
from comity.evidence.sealing import Sealed
from comity.treaty.request import Request
from comity.workflows import (
    ask_information,
    consult_peer,
    decide_request,
    draft_request,
    examine_evidence,
    freeze_case,
    hand_over,
    lift_order,
    order_provider,
    postpone_request,
    seal_evidence,
    withdraw_request,
)
from tests.simulators.packages import MemoryPackage, tree
from tests.simulators.world import PROVIDER, XB, SmallWorld, new_world, preservation, production

FILES: Final = {"access.log": b"192.0.2.7 - GET /invest\n" * 400, "notes/holder.txt": b"holder of the account\n"}
HOW: Final = "export of the access logs (generated for the exercise)"
LAW: Final = "Electronic Evidence Act of XB, section 4 (invented)"


def draft(world: SmallWorld, request: Request, *, follows: str = "") -> Case:
    return draft_request.draft(world.xa.office, "anna", request, XB, follows=follows)


def approve(world: SmallWorld, case: Case) -> Case:
    return draft_request.approve(world.xa.office, "bo", case.id)


def ask(world: SmallWorld, request: Request, *, follows: str = "") -> tuple[Case, Case]:
    """Draft, approve and deliver a request: the case at XA and the case at XB."""
    ours = approve(world, draft(world, request, follows=follows))
    world.settle()
    return world.xa.case(ours.id), world.xb.case_of(ours.id)


def order(world: SmallWorld, theirs: Case, *, days: int | None = None) -> Case:
    """Order the provider."""
    return order_provider.order(
        world.xb.office, "dan", theirs.id, provider=PROVIDER, legal_basis=LAW, reasons="a request of XA", days=days
    )


def grant(world: SmallWorld, theirs: Case) -> Case:
    return decide_request.grant(world.xb.office, "rita", theirs.id, reasons="fraud in both States")


def ask_by_hand(world: SmallWorld, theirs: Case) -> Case:
    """XB's lawyer asks for named things."""
    return ask_information.ask(
        world.xb.office,
        "olga",
        theirs.id,
        missing=("the invoice of the account",),
        text="The holder cannot be told apart.",
    )


def grant_in_part(world: SmallWorld, theirs: Case) -> Case:
    """Of what was asked for, only its first measure."""
    return decide_request.grant(
        world.xb.office,
        "rita",
        theirs.id,
        reasons="fraud in both States",
        scope=theirs.measures[:1],
        left_out="The other data: more than the matter needs (art. 40(21)(c)).",
    )


def consult(world: SmallWorld, theirs: Case, about: str = "postponement") -> Case:
    """XB asks XA, before it decides."""
    return consult_peer.consult(
        world.xb.office, "olga", theirs.id, about=about, text="A trial here is open on the same account until spring."
    )


def reply_at_xa(world: SmallWorld, ours: Case) -> Case:
    return consult_peer.reply(world.xa.office, "bo", ours.id, text="Subscriber information would do until then.")


def postpone(world: SmallWorld, theirs: Case, days: int = 60) -> Case:
    """After a consultation that was answered."""
    look_again = world.xb.clock.now().plus_days(days).day
    return postpone_request.postpone(
        world.xb.office, "rita", theirs.id, reasons="Our own trial on the same account.", look_again=look_again
    )


def withdraw(world: SmallWorld, ours: Case) -> Case:
    return withdraw_request.withdraw(world.xa.office, "bo", ours.id, reasons="The suspect confessed.")


def lift(world: SmallWorld, theirs: Case) -> Case:
    return lift_order.lift(world.xb.office, "dan", theirs.id, reasons="The request was withdrawn.")


def freeze(world: SmallWorld, theirs: Case) -> Case:
    """XB's oversight stops its case."""
    return freeze_case.freeze(
        world.xb.office, "otto", theirs.id, reasons="A complaint says that this is about a journalist."
    )


def seal(world: SmallWorld, at_provider: Case, files: dict[str, bytes] | None = None) -> tuple[Case, Sealed]:
    return seal_evidence.seal_evidence(world.provider.office, "lee", at_provider.id, tree(files or FILES), how=HOW)


def release_by_provider(world: SmallWorld, at_provider: Case) -> Case:
    return hand_over.release(world.provider.office, "lee", at_provider.id, reason="as ordered")


def accept_at_xb(world: SmallWorld, theirs: Case) -> Case:
    return hand_over.accept(world.xb.office, "olga", theirs.id, reason="checked")


def release_by_xb(world: SmallWorld, theirs: Case) -> Case:
    return hand_over.release(world.xb.office, "dan", theirs.id, reason="for the request of XA")


def accept_at_xa(world: SmallWorld, ours: Case) -> Case:
    return hand_over.accept(world.xa.office, "bo", ours.id, reason="checked")


def examine(world: SmallWorld, ours: Case, out: MemoryPackage) -> Case:
    return examine_evidence.examine(world.xa.office, "anna", ours.id, out, purpose="investigation 2026-0417")[0]


def decided_at_xa(world: SmallWorld, request: Request) -> tuple[Case, Case]:
    """A request that turns on expression, decided and approved at XA: the case at XA and the case at XB."""
    ours = draft(world, request)
    by_rose(world, ours)
    approve(world, ours)
    world.settle()
    return world.xa.case(ours.id), world.xb.case_of(ours.id)


def by_rose(world: SmallWorld, ours: Case) -> Case:
    """XA's reviewer decides that a request that turns on expression goes on."""
    return decide_request.decide(
        world.xa.office,
        "rose",
        ours.id,
        rule="screens.expression",
        in_favour=True,
        decision="it may go on",
        reasons="fraud only",
    )


def by_reviewer(world: SmallWorld, theirs: Case, rule: str) -> Case:
    """XB's reviewer decides that it goes on."""
    return decide_request.decide(
        world.xb.office,
        "rita",
        theirs.id,
        rule=rule,
        in_favour=True,
        decision="it may go on",
        reasons="about money, not speech",
    )


def quarter() -> SmallWorld:
    """Six requests of XA to XB in a quarter that is over, 2026-Q4, and every log published."""
    world = new_world()
    for _ in range(6):
        approve(world, draft(world, preservation()))
    world.settle()
    world.pass_days(44)
    world.publish()
    return world


def case_at(world: SmallWorld, node: str, procedure: str) -> Case:
    """The only case of a procedure at `xa`, `xb` or `provider`."""
    found: list[Case] = [one for one in getattr(world, node).cases() if one.procedure == procedure]
    assert len(found) == 1, f"{len(found)} cases of {procedure} at {node}"
    return found[0]


def _drafted() -> SmallWorld:
    world = new_world()
    draft(world, preservation())
    return world


def _asked() -> SmallWorld:
    world = at("drafted")
    approve(world, case_at(world, "xa", "preservation"))
    world.settle()
    return world


def _ordered() -> SmallWorld:
    world = at("asked")
    order(world, case_at(world, "xb", "preservation"))
    world.settle()
    return world


def _preserved() -> SmallWorld:
    world = at("ordered")
    order_provider.confirm_preserved(world.provider.office, "lee", case_at(world, "provider", "preservation").id)
    world.settle()
    return world


def _production_asked() -> SmallWorld:
    world = at("preserved")
    ask(world, production(), follows=case_at(world, "xa", "preservation").id)
    return world


def _granted() -> SmallWorld:
    world = at("production asked")
    grant(world, case_at(world, "xb", "stored_data"))
    world.settle()
    return world


def _production_ordered() -> SmallWorld:
    world = at("granted")
    order(world, case_at(world, "xb", "stored_data"))
    world.settle()
    return world


def _sealed() -> SmallWorld:
    world = at("production ordered")
    seal(world, case_at(world, "provider", "stored_data"))
    return world


def _arrived_at_xb() -> SmallWorld:
    world = at("sealed")
    release_by_provider(world, case_at(world, "provider", "stored_data"))
    world.settle()
    return world


def _accepted_at_xb() -> SmallWorld:
    world = at("arrived at XB")
    accept_at_xb(world, case_at(world, "xb", "stored_data"))
    world.settle()
    return world


def _arrived_at_xa() -> SmallWorld:
    world = at("accepted at XB")
    release_by_xb(world, case_at(world, "xb", "stored_data"))
    world.settle()
    return world


def _accepted_at_xa() -> SmallWorld:
    world = at("arrived at XA")
    accept_at_xa(world, case_at(world, "xa", "stored_data"))
    world.settle()
    return world


def _examined() -> SmallWorld:
    world = at("accepted at XA")
    examine(world, case_at(world, "xa", "stored_data"), MemoryPackage())
    world.settle()
    return world


def _asked_by_hand() -> SmallWorld:
    world = at("production asked")
    ask_by_hand(world, case_at(world, "xb", "stored_data"))
    world.settle()
    return world


def _narrowed() -> SmallWorld:
    world = at("production asked")
    grant_in_part(world, case_at(world, "xb", "stored_data"))
    world.settle()
    return world


def _consulting() -> SmallWorld:
    world = at("production asked")
    consult(world, case_at(world, "xb", "stored_data"))
    world.settle()
    return world


def _consulted() -> SmallWorld:
    world = at("consulting")
    reply_at_xa(world, case_at(world, "xa", "stored_data"))
    world.settle()
    return world


def _postponed() -> SmallWorld:
    world = at("consulted")
    postpone(world, case_at(world, "xb", "stored_data"))
    world.settle()
    return world


def _frozen() -> SmallWorld:
    world = at("granted")
    freeze(world, case_at(world, "xb", "stored_data"))
    world.settle()
    return world


def _withdrawn() -> SmallWorld:
    world = at("preserved")
    withdraw(world, case_at(world, "xa", "preservation"))
    world.settle()
    return world


def _lifted() -> SmallWorld:
    world = at("withdrawn")
    lift(world, case_at(world, "xb", "preservation"))
    world.settle()
    return world


STAGES: Final[dict[str, Callable[[], SmallWorld]]] = {
    "new": new_world,
    "drafted": _drafted,
    "asked": _asked,
    "ordered": _ordered,
    "preserved": _preserved,
    "production asked": _production_asked,
    "granted": _granted,
    "production ordered": _production_ordered,
    "sealed": _sealed,
    "arrived at XB": _arrived_at_xb,
    "accepted at XB": _accepted_at_xb,
    "arrived at XA": _arrived_at_xa,
    "accepted at XA": _accepted_at_xa,
    "examined": _examined,
    "asked by hand": _asked_by_hand,
    "narrowed": _narrowed,
    "consulting": _consulting,
    "consulted": _consulted,
    "postponed": _postponed,
    "frozen": _frozen,
    "withdrawn": _withdrawn,
    "lifted": _lifted,
}


@cache
def _played(stage: str) -> SmallWorld:
    return STAGES[stage]()


def at(stage: str) -> SmallWorld:
    """A world of one's own in which the story has come so far."""
    return _played(stage).copy()
