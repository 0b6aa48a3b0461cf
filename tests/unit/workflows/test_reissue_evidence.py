"""More readers for a case's evidence: the act, the event and the log entry are one step."""

import pytest

from comity.base.errors import NotPermitted, OutOfOrder
from comity.cases.events import EvidenceReissued
from comity.crypto.age import new_identity, recipient_of
from comity.evidence.opening import open_sealed
from comity.workflows import reissue_evidence
from comity.workflows.custody_chain import chain_of_case
from tests.simulators.failing import fail_at_every_call
from tests.simulators.packages import MemoryPackage, chance
from tests.simulators.story import at, case_at
from tests.simulators.world import XA, SmallWorld

WHY = "the trial court reads it"
READER = new_identity(chance)


def reissue(world: SmallWorld, sink: MemoryPackage, node: str = "xa", sealed_for: str = "XA/court") -> object:
    case = case_at(world, node, "stored_data")
    person = {"xa": "bo", "xb": "olga"}[node]
    office = getattr(world, node).office
    to = [recipient_of(READER)]
    return reissue_evidence.reissue(office, person, case.id, sink, to=to, sealed_for=sealed_for, reasons=WHY)


def test_a_court_is_let_in_and_the_case_the_custody_and_the_log_say_so() -> None:
    world = at("accepted at XA")
    sink = MemoryPackage()
    before = case_at(world, "xa", "stored_data")
    reissue(world, sink)
    case = case_at(world, "xa", "stored_data")
    event = world.xa.events(case.id)[-1]
    assert isinstance(event, EvidenceReissued)
    assert (event.package, event.sealed_for, event.readers, event.reasons) == (case.package, "XA/court", 1, WHY)
    assert (case.state, case.package) == (before.state, before.package)
    assert len(world.xa.leaves(case.id)) == len(world.xa.events(case.id))
    with world.xa.office.store.transaction() as tx:
        chain = chain_of_case(tx, case)
    act = chain.custody.acts[-1]
    assert (act.act, act.made, act.reason, chain.custody.holder) == ("reissue", event.made, WHY, XA)
    key = world.xa.office.keys.signer("authority").public
    out = MemoryPackage()
    open_sealed(sink, READER, out, signer_key=key, sealer_key=chain.sealer_key)
    assert any(name.startswith("data/") for name in out.files)


def test_it_is_all_recorded_or_nothing() -> None:
    world = at("accepted at XA")
    assert fail_at_every_call(world, XA, lambda: reissue(world, MemoryPackage())) > 5


def test_another_state_is_not_let_in_so() -> None:
    world = at("accepted at XA")
    with pytest.raises(NotPermitted, match="another State"):
        reissue(world, MemoryPackage(), sealed_for="XC/central-authority")


def test_who_does_not_hold_it_lets_nobody_in() -> None:
    world = at("accepted at XA")
    before = world.xb.dump()
    with pytest.raises(OutOfOrder):
        reissue(world, MemoryPackage(), node="xb", sealed_for="XB/court")
    assert world.xb.dump() == before
