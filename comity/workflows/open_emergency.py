"""An emergency that came: what is held against it, the notice to the asking State's own central authority, the count.

Everything is in the transaction of the request's own entry, so that no emergency stands unbarred for a moment. Nothing
here refuses: what is odd is held for a named person, and said to those who keep the node. The counts are policy.
"""

from typing import Final

from comity.base.digests import Digest
from comity.base.ids import NodeId, StateCode, state_of
from comity.cases import emergency as of_policy
from comity.cases import events
from comity.cases.case import Case
from comity.exchange import document as documents
from comity.exchange.directory import Directory, Entity
from comity.exchange.look_alikes import look_alikes
from comity.exchange.message import EmergencyNoticeBody, RequestBody
from comity.exchange.replies import elsewhere
from comity.treaty.request import Request
from comity.treaty.urgency import emergency_text, is_emergency
from comity.workflows.dispatch import AUTOMATIC, Letter, post
from comity.workflows.emergency_store import EmergencyRow
from comity.workflows.office import Office, directory
from comity.workflows.preserve_meanwhile import preserve_meanwhile
from comity.workflows.record import record
from comity.workflows.sound_alarm import sound_also
from comity.workflows.stores import Transaction

ALARM: Final = "emergency"
OVERDUE: Final = "emergency-review"
DENIED: Final = "emergency-denied"
"""The alarm for what has happened, and stands until a person has looked into it: the one above rests by itself."""
_DAY_SECONDS: Final = 86_400


def open_emergency(
    office: Office,
    tx: Transaction,
    case: Case,
    signed: documents.Signed,
    sender: Entity,
    notes: tuple[str, ...],
    *,
    before: Request | None = None,
) -> Case:
    """Bar the case until a call-back is confirmed. notes: what the checks of its approvals left to know; before: the
    request that this one mends.

    A request that is no emergency, or tells the same and asks for the same as before, is left as it is.
    """
    request = case.request
    if request is None or not is_emergency(request):
        return case
    text = str(Digest.of(emergency_text(request).encode()))
    asks_the_same = before is not None and before.measures == request.measures
    if case.emergency is not None and case.emergency.text_sha256 == text and asks_the_same:
        return case
    now = office.clock.now()
    known = directory(tx)
    held = _held(office, tx, case, request, known, sender, text)
    central = known.central_authority(StateCode(state_of(NodeId(case.peer))))
    also: tuple[str, ...] = (of_policy.NO_NUMBER,) if not sender.telephone else ()
    also += (of_policy.NO_CENTRAL_AUTHORITY,) if central is None else ()
    event = events.EmergencyOpened(
        at=now.seconds,
        by=AUTOMATIC.id,
        key=documents.kid_of(signed.token),
        approvers=tuple(one.person for one in signed.document.read_body(RequestBody).approvals),
        text_sha256=text,
        review_due=now.plus_days(of_policy.REVIEW_DAYS).day,
        held=held,
        notes=(*notes, *also),
    )
    if case.emergency is None:
        preserve_meanwhile(office, tx, case, str(signed.digest))
    case = record(office, tx, case, event)
    due = now.plus_days(of_policy.REVIEW_DAYS)
    tx.emergencies.put(EmergencyRow(case.id, case.peer, now, text, due, waits=bool(held)))
    if held:
        sound_also(tx, ALARM, f"{case.peer}: {', '.join(held).replace('_', ' ')}", now)
    return case if central is None or central.id == case.peer else notify(office, tx, case, central.id, "received")


def _held(
    office: Office, tx: Transaction, case: Case, request: Request, known: Directory, sender: Entity, text: str
) -> tuple[str, ...]:
    """What a named person must decide on before anything can be disclosed, in the order of the policy's words."""
    now = office.clock.now()
    day, year = now.plus_seconds(-_DAY_SECONDS), now.plus_days(-of_policy.UNCONFIRMED_DAYS)
    is_new = tx.emergencies.get(case.id) is None
    others = [one for one in known.all() if one.id not in (sender.id, office.node)]
    about = [name for sought in request.measures for name in sought.identifiers]
    found = {
        of_policy.OVER_BUDGET: tx.emergencies.since(case.peer, day) + is_new > of_policy.BUDGET_A_DAY,
        of_policy.PAUSED: tx.emergencies.unconfirmed(case.peer, year, now) >= of_policy.UNCONFIRMED_MOST,
        of_policy.REUSED_TEXT: any(one.case_id != case.id for one in tx.emergencies.with_text(text)),
        of_policy.REPLY_ELSEWHERE: bool(elsewhere(words_of(request), sender, about)),
        of_policy.LOOK_ALIKE: bool(look_alikes([sender], others)),
    }
    return tuple(name for name in of_policy.HELD if found[name])


def words_of(request: Request) -> tuple[str, ...]:
    """The request's own words in which somebody may ask to be answered elsewhere."""
    return (
        *(request.authority, request.conducting_authority, request.subject, request.facts, request.purpose),
        *(request.necessity, request.source, request.note, request.deadline_reasons, request.emergency),
        *(request.emergency_person, request.emergency_imminence, request.emergency_averts),
        request.emergency_minimum,
        *(text for sought in request.measures for text in (sought.data, sought.relation, sought.procedure)),
    )


def notify(office: Office, tx: Transaction, case: Case, to: str, about: str) -> Case:
    """Tell the asking State's central authority, without content: which case, when, and by which key."""
    emergency, row = case.emergency, tx.emergencies.get(case.id)
    now = office.clock.now()
    body = EmergencyNoticeBody(
        about=about,
        sender=case.peer,
        key=emergency.key if emergency else "",
        case=case.id,
        their_case=case.their_case,
        came=(row.at if row else now).seconds,
    )
    letter = Letter(kind="emergency.notice", body=body, actor=AUTOMATIC, peer=to, priority=1, apart=True)
    return post(
        office,
        tx,
        case,
        letter,
        lambda message, digest: events.AuthorityNotified(
            at=now.seconds, by=AUTOMATIC.id, about=about, to=to, message=message, doc_sha256=digest
        ),
    )


def tell_central_authority(office: Office, tx: Transaction, case: Case, about: str) -> Case:
    """As `notify`, to whoever the directory names; where it names nobody a person has to, and an alarm says so."""
    central = directory(tx).central_authority(StateCode(state_of(NodeId(case.peer))))
    if central is None:
        sound_also(tx, DENIED, f"{case.peer}: no central authority is listed to be told", office.clock.now())
        return case
    return notify(office, tx, case, central.id, about)


def settle(tx: Transaction, case: Case) -> None:
    """Keep the count in step with the case, and let the alarm rest once nothing waits."""
    row = tx.emergencies.get(case.id)
    if row is None or case.emergency is None:
        return
    waits = case.emergency.awaits_decision and not case.emergency.denied and case.state not in ("refused", "withdrawn")
    tx.emergencies.put(
        EmergencyRow(
            row.case_id, row.peer, row.at, row.text_sha256, row.review_due, outcome=case.emergency.word, waits=waits
        )
    )
    if not tx.emergencies.waiting():
        tx.alarms.clear(ALARM)


def sound_overdue(office: Office) -> int:
    """Alarm while an emergency stands open past its review; how many do. A review is a person's, never a clock's."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        late = tx.emergencies.overdue(now)
        if late:
            tx.alarms.sound(OVERDUE, f"{len(late)} past the review that was due, the first of {late[0].peer}", now)
        else:
            tx.alarms.clear(OVERDUE)
        return len(late)
