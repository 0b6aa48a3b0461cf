"""What this node keeps and until when; what is due is deleted with a proof, or kept longer by a named person.

A case, a package, a preserved copy each have their own way to end, which leaves its proof: the public statement of an
erasure, the last act of custody, the provider's word. What is the node's own (who looked, who left, questions that a
signal opened, forms that were begun, sessions) is deleted by `sweep`, at a person's hand, and a public statement says
what and how much, never whose.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from typing import Final

from comity.base.errors import Malformed, OutOfOrder
from comity.base.instants import Instant
from comity.cases import events
from comity.cases.case import Case
from comity.cases.deadlines import Basis
from comity.cases.retention import Item, Policy, items_of
from comity.workflows.access import permit
from comity.workflows.every_case import of_every_case
from comity.workflows.office import Office
from comity.workflows.people_record import PeopleChange, changes_in, record_change
from comity.workflows.people_sessions import ends_at
from comity.workflows.record import load, record, state_publicly
from comity.workflows.require import require_reasons
from comity.workflows.stores import Transaction

STATEMENT: Final = "retention"
ACCESS, LEFT, SESSION, FORM = "access record", "person who left", "session", "form begun"
QUESTION: Final = "question on a signal"
FORM_DAYS: Final = 30
"""How long a form that somebody began is kept for them: policy of this program."""
MOST_YEARS: Final = 30
_BY_SWEEP: Final = "sweep: comity retention sweep"


def items(office: Office) -> tuple[Item, ...]:
    """Everything that is kept, what ends first on top."""
    of_cases = [one for found in of_every_case(office, partial(_of_case, office.retention)) for one in found]
    with office.store.snapshot() as tx:
        return tuple(sorted([*of_cases, *_of_the_node(office, tx)]))


def items_of_case(office: Office, case: Case) -> tuple[Item, ...]:
    """What is kept of one case."""
    with office.store.transaction() as tx:
        return items_of(case, _last_day(tx, case.id), office.retention)


def due(found: Iterable[Item], today: date) -> tuple[Item, ...]:
    """Those whose end has passed: somebody deletes them, or keeps them longer."""
    return tuple(one for one in found if one.is_due(today))


def _of_case(policy: Policy, tx: Transaction, case_id: str) -> tuple[Item, ...]:
    return items_of(load(tx, case_id), _last_day(tx, case_id), policy)


def _last_day(tx: Transaction, case_id: str) -> date:
    return Instant.from_seconds(max(events.read(data).at for data, _ in tx.cases.events(case_id))).day


def _of_the_node(office: Office, tx: Transaction) -> Iterator[Item]:
    policy = office.retention
    oldest = tx.accesses.oldest()
    if oldest is not None:
        until = Instant.from_seconds(oldest).plus_days(policy.access_days).day
        yield Item(until, ACCESS, "the oldest", Basis.POLICY, "24(2)", _BY_SWEEP)
    for person, left in _left(tx):
        yield Item(left.plus_days(policy.people_days).day, LEFT, person, Basis.POLICY, "36(2)", _BY_SWEEP)
    for one in tx.signal_questions.all():
        if one.is_open:
            last, ends = Instant.from_seconds(one.due), "answer it: comity oversight answer"
        else:
            last, ends = Instant.from_seconds(one.answered_at).plus_days(policy.question_days), _BY_SWEEP
        yield Item(last.day, QUESTION, one.id, Basis.POLICY, "24(2), 36(2)", ends)
    for session in tx.sessions.all():
        yield Item(ends_at(session).day, SESSION, session.person, Basis.POLICY, "24(2)", "ends by itself")
    begun = tx.sessions.oldest_draft()
    if begun is not None:
        until = Instant.from_seconds(begun).plus_days(FORM_DAYS).day
        yield Item(until, FORM, "the oldest", Basis.POLICY, "36(2)", _BY_SWEEP)


def _left(tx: Transaction) -> Iterator[tuple[str, Instant]]:
    """The people who were suspended and not let in again, and since when. Who once oversaw is one of them too."""
    last: dict[str, PeopleChange] = {one.person: one for one in changes_in(tx)}
    for person in tx.people.all():
        change = last.get(person.id)
        if not person.active and change is not None and change.what == "suspended":
            yield person.id, Instant.from_seconds(change.at)


def keep_longer(office: Office, person: str, case_id: str, *, item: str, until: date, reasons: str) -> Case:
    """Keep an item of a case until a later day, with reasons. Preserved copies are the order's: it is renewed instead.

    Raises Malformed for a day that is too far, OutOfOrder for an item that the case does not have.
    """
    role = permit(office, person, "keep_longer")
    why = require_reasons(reasons)
    now = office.clock.now()
    if until > now.plus_days(365 * MOST_YEARS).day:
        hint = "an earlier day; it can be kept longer then"
        raise Malformed(f"more than {MOST_YEARS} years", where="until", hint=hint)
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        found = {one.what: one for one in items_of(case, _last_day(tx, case_id), office.retention)}
        if item not in found:
            kept = ", ".join(found) or "nothing"
            raise OutOfOrder(f"the case has no item {item!r}", hint=f"kept of it: {kept}")
        if found[item].basis is not Basis.POLICY:
            raise OutOfOrder("how long copies are preserved the order says", hint="the order is renewed for more")
        if until <= found[item].until:
            raise OutOfOrder(f"it is kept until {found[item].until} already", where="until", hint="name a later day")
        event = events.RetentionExtended(at=now.seconds, by=person, item=item, until=until, reasons=why, role=role)
        return record(office, tx, case, event)


def sweep(office: Office, person: str) -> dict[str, int]:
    """Delete what is the node's own and past its end; how many of each kind. A public statement says it."""
    permit(office, person, "sweep")
    policy, now = office.retention, office.clock.now()
    with office.store.transaction() as tx:
        gone = {ACCESS: tx.accesses.drop_before(now.plus_days(-policy.access_days).seconds)}
        left = [who for who, since in _left(tx) if since.plus_days(policy.people_days).day < now.day]
        for who in left:
            tx.people.forget(who)
            record_change(office, tx, "forgotten", by=person, person=who)
        gone[LEFT] = len(left)
        gone[QUESTION] = tx.signal_questions.drop_answered_before(now.plus_days(-policy.question_days).seconds)
        gone[FORM] = tx.sessions.drop_drafts_before(now.plus_days(-FORM_DAYS).seconds)
        over = [one for one in tx.sessions.all() if ends_at(one) < now]
        for one in over:
            tx.sessions.end(one.key)
        gone[SESSION] = len(over)
        if any(gone.values()):
            state_publicly(office, tx, STATEMENT, {"deleted": {name: count for name, count in gone.items() if count}})
    office.store.scrub()
    return gone
