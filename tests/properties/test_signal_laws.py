"""Signals read from what a process keeps are those that are counted from nothing, whatever happened in between."""

from dataclasses import replace
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.base.ids import CaseId, StateCode, uuid7
from comity.base.instants import Instant
from comity.cases import events as e
from comity.crypto import jws
from comity.crypto.signatures import Ed25519Signer
from comity.exchange import document
from comity.exchange.envelope import Envelope
from comity.exchange.receipt import Status
from comity.oversight.signals.asked import Asked, asked_of
from comity.oversight.signals.every import read_all, within_window
from comity.oversight.signals.signal import Reading
from comity.simulate import matters
from comity.simulate.asking import Ways, courses
from comity.simulate.matters import Matter
from comity.simulate.memory_database import copy_database
from comity.transparency.moves import RECOVERY
from comity.workflows import erase_case, record
from comity.workflows.every_case import of_every_case
from comity.workflows.known_requests import KnownRequests
from comity.workflows.office import Office
from comity.workflows.stores import Incoming, Leaf, Transaction
from tests.simulators.story import at
from tests.simulators.world import XA, XB

WAYS = Ways(repeated=0.5, emergency=0.3, unconfirmed=0.5, questioned=0.4, secret=0.7, renewed=0.5)
KEYS = [Ed25519Signer(bytes([number]) * 32) for number in range(2)]
SEALED = Envelope(b"{}", b"sealed")
_DAY = 86_400


def afresh(office: Office) -> tuple[int, tuple[Reading, ...]]:
    """Every case there is, read and counted."""

    def asked(tx: Transaction, case_id: str) -> Asked | None:
        happened = [e.read(data) for data, _ in tx.cases.events(case_id)]
        begun = happened[0]
        came = tx.inbox.get(begun.peer, begun.message) if isinstance(begun, e.Received) else None
        key = "" if came is None or not came.document else document.kid_of(came.document)
        return asked_of(case_id, office.node, happened, office.clock.now(), key)

    found = [one for one in of_every_case(office, asked) if one is not None]
    inside = within_window(sorted(found, key=lambda one: (one.at, one.case)), office.clock.now())
    return len(inside), read_all(inside)


class Desk:
    """XB, where things happen; its database as it was put by; and what a process keeps of it."""

    def __init__(self, seed: int) -> None:
        world = at("new").copy()
        self.office, self.clock = world.nodes[XB].office, world.nodes[XB].clock
        self.drawn = Random(seed)
        self.put_by = copy_database(self.office.store)  # type: ignore[arg-type]
        self.known = KnownRequests()
        self.told: dict[str, list[e.Event]] = {}

    def begins(self) -> None:
        drawn, now = self.drawn, self.clock.now()
        made = Instant.from_seconds(now.seconds - drawn.randrange(40 * _DAY))
        requester = StateCode(drawn.choice(("XA", "XC")))
        matter = Matter(1, requester, StateCode("XB"), matters.draw_kind(drawn, 0.3), False, False, True, False)
        for happened in courses(matter, WAYS, made, drawn):
            case_id = CaseId(uuid7(now, drawn.randbytes(10)))
            begun, *rest = happened
            assert isinstance(begun, e.Received)
            with self.office.store.transaction() as tx:
                record.begin(self.office, tx, case_id, begun)
                token = jws.sign_compact(b"{}", drawn.choice(KEYS), document.TYP)
                tx.inbox.add(
                    Incoming(begun.peer, begun.message, SEALED, now, Status.DELIVERED, document=token, case_id=case_id)
                )
            self.told[case_id] = rest

    def sends(self) -> None:
        """A request of our own, which counts once it is sent."""
        now = self.clock.now()
        case_id = CaseId(uuid7(now, self.drawn.randbytes(10)))
        matter = Matter(1, StateCode("XA"), StateCode("XB"), matters.SERIOUS[0], False, False, True, False)
        (begun, *_), *_ = courses(matter, replace(WAYS, emergency=0.0), now, self.drawn)
        assert isinstance(begun, e.Received)
        request = msgspec.structs.replace(begun.request, requesting="XB", requested="XA")
        drafted = e.Drafted(
            at=now.seconds, by="dan", mode=self.office.mode, procedure="stored_data", peer=XA, request=request
        )
        with self.office.store.transaction() as tx:
            case = record.begin(self.office, tx, case_id, drafted)
        message = uuid7(now, self.drawn.randbytes(10))
        self.told[case_id] = [
            e.Approved(at=now.seconds, by="olga", request_sha256=case.request_sha256),
            e.Sent(at=now.seconds, by="olga", message=message, doc_sha256="0" * 64),
        ]

    def goes_on(self) -> None:
        with self.office.store.transaction() as tx:
            for case_id in self.drawn.sample(tx.cases.ids(), min(2, len(tx.cases.ids()))):
                done = len(tx.cases.events(case_id)) - 1
                for event in self.told[case_id][done : done + 1]:
                    record.record(self.office, tx, record.load(tx, case_id), event)

    def is_mended(self) -> None:
        """Its reasons are those of another request."""
        with self.office.store.transaction() as tx:
            cases = [record.load(tx, case_id) for case_id in tx.cases.ids()]
            asked = [one for one in cases if one.state == "information asked"]
            if asked:
                case, other = self.drawn.choice(asked), self.drawn.choice(cases)
                assert case.request is not None and other.request is not None
                given = e.InformationGiven(
                    at=self.clock.now().seconds,
                    by=case.peer,
                    request=msgspec.structs.replace(case.request, facts=other.request.facts),
                    message=uuid7(self.clock.now(), self.drawn.randbytes(10)),
                    doc_sha256="0" * 64,
                )
                record.record(self.office, tx, case, given)
                done = len(tx.cases.events(case.id)) - 1
                self.told[case.id][done - 1] = given

    def is_erased(self) -> None:
        with self.office.store.transaction() as tx:
            if ids := tx.cases.ids():
                case_id = self.drawn.choice(ids)
                tx.erasures.erase(case_id)
                tx.known_cases.forget(case_id)
                record.state_publicly(self.office, tx, erase_case.STATEMENT, {"entries": 1, "basis": "law"})

    def time_passes(self) -> None:
        self.clock.at = self.clock.now().plus_days(self.drawn.choice((1, 5, 40, 200)))

    def the_clock_is_put_back(self) -> None:
        self.clock.at = self.clock.now().plus_days(-self.drawn.choice((1, 30)))

    def is_put_by(self) -> None:
        self.put_by = copy_database(self.office.store)  # type: ignore[arg-type]

    def is_restored(self) -> None:
        self.office = replace(self.office, store=copy_database(self.put_by))

    def is_restored_and_recovered(self) -> None:
        """The entries are taken back, and not what happened in the cases."""
        with self.office.store.transaction() as tx:
            entries = tx.log.entries(0, tx.log.size())
        self.is_restored()
        with self.office.store.transaction() as tx:
            start = tx.log.size()
            if entries[:start] == tx.log.entries(0, start) and len(entries) > start:
                tx.log.replace_from(start, [Leaf(n, entries[n]) for n in range(start, len(entries))])
                record.state_publicly(self.office, tx, RECOVERY, {"from": start, "to": len(entries), "moved": 0})

    def somebody_looks(self) -> None:
        assert self.known.read(self.office, self.clock.now()) == afresh(self.office)


STEPS = {
    Desk.begins: 10,
    Desk.goes_on: 15,
    Desk.somebody_looks: 6,
    Desk.sends: 2,
    Desk.is_mended: 3,
    Desk.is_erased: 2,
    Desk.time_passes: 2,
    Desk.the_clock_is_put_back: 1,
    Desk.is_put_by: 1,
    Desk.is_restored: 1,
    Desk.is_restored_and_recovered: 1,
}
"""What may happen, and how often."""


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(1, 250))
def test_what_is_kept_says_what_counting_afresh_says(seed: int, steps: int) -> None:
    desk = Desk(seed)
    for step in desk.drawn.choices([*STEPS], [*STEPS.values()], k=steps):
        step(desk)
    desk.somebody_looks()
