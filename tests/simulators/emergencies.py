"""An emergency in the small world: XA has the right and a number in the directory, and each person their part."""

from collections.abc import Callable
from typing import Final

import msgspec

from comity.cases.case import Case
from comity.exchange.directory import Entity, StateList, Use, open_list, sign_list
from comity.treaty.request import Request
from comity.treaty.terms import Risk
from comity.workflows import call_back, decide_request, draft_request
from tests.simulators.world import XA, XB, Node, SmallWorld, new_world, production, share_directories

NUMBER: Final = "+999 1 555 0100"
"""XA's, as its State's list has it."""


def emergency_request(**changes: object) -> Request:
    """A request for stored data because somebody's life is at risk."""
    urgent = msgspec.structs.replace(
        production(),
        urgent=True,
        emergency="A child was taken this morning; the taker writes from this account.",
        emergency_risks=(Risk.LIFE,),
        emergency_person="a girl of nine years",
        emergency_imminence="The last message names tonight.",
        emergency_averts="The address of the last log-in says where they are.",
        emergency_minimum="Only the log-ins of today, of this one account.",
    )
    return msgspec.structs.replace(urgent, **changes)


def relist(world: SmallWorld, state: str, change: Callable[[StateList], StateList]) -> None:
    """A State issues its next list, changed, and everybody takes it."""
    keeper = {"XA": world.xa, "XB": world.xb, "XC": world.witness}[state]
    with keeper.office.store.transaction() as tx:
        old = tx.directory.get(state)
        assert old is not None
        value = open_list(old).value
        new = msgspec.structs.replace(change(value), sequence=value.sequence + 1)
        signed = sign_list(new, [keeper.keys.root])
        tx.directory.put(state, signed.data, fingerprint=signed.fingerprint, by="test", at=keeper.clock.now())
    share_directories(world)


def changed(value: StateList, node: str, change: Callable[[Entity], Entity]) -> StateList:
    entities = tuple(change(one) if one.id == node else one for one in value.entities)
    return msgspec.structs.replace(value, entities=entities)


def with_right(one: Entity) -> Entity:
    """The node with the right to claim an emergency, and with a number."""
    keys = tuple(
        msgspec.structs.replace(key, rights=("emergency",)) if key.use is Use.AUTHORITY else key for key in one.keys
    )
    return msgspec.structs.replace(one, keys=keys, telephone=NUMBER)


def ready_world() -> SmallWorld:
    """XA may claim emergencies."""
    world = new_world()
    relist(world, "XA", lambda value: changed(value, XA, with_right))
    return world


def drafted(world: SmallWorld, request: Request | None = None) -> Case:
    """Bo's draft, which Anna says is an emergency."""
    ours = draft_request.draft(world.xa.office, "bo", request or emergency_request(), XB)
    return is_one(world.xa, "anna", ours)


def is_one(node: Node, person: str, case: Case) -> Case:
    """A duty officer decides that a life is at risk."""
    return decide_request.decide(
        node.office,
        person,
        case.id,
        rule="screens.emergency",
        in_favour=True,
        decision="it is an emergency",
        reasons="a child was taken, and a day is named",
    )


def ask_at_once(world: SmallWorld, request: Request | None = None) -> tuple[Case, Case]:
    """Bo drafts, Anna decides that it is one, she and Rose approve, and it is delivered: the case at XA and at XB."""
    ours = drafted(world, request)
    draft_request.approve(world.xa.office, "anna", ours.id)
    draft_request.approve(world.xa.office, "rose", ours.id)
    world.settle()
    return world.xa.case(ours.id), at_xb(world, ours)


def at_xb(world: SmallWorld, ours: Case) -> Case:
    """XB's case for a request of XA."""
    (found,) = (one for one in world.xb.cases() if one.their_case == ours.id and one.procedure == "stored_data")
    return found


def called(world: SmallWorld, theirs: Case, result: str = "confirmed", by: str = "dan") -> Case:
    return call_back.call_back(
        world.xb.office,
        by,
        theirs.id,
        result=result,
        reached="Ines Example, duty desk of XA" if result != "unreached" else "",
        text="I asked whether they know of case and child, and for both approvers by name.",
    )


def checked(world: SmallWorld, theirs: Case, *, confirmed: bool = True, by: str = "olga") -> Case:
    return call_back.check_call(world.xb.office, by, theirs.id, confirmed=confirmed, reasons="the number is theirs")
