"""A notice that an emergency came in our State's name: kept, logged, and told to the people of the central authority.

It belongs to no case of ours. Whether the request was ours, a person finds out; nothing is answered by itself.
"""

from typing import Final

from comity.base.digests import Digest
from comity.base.errors import NotFound
from comity.base.ids import state_of
from comity.base.instants import Instant
from comity.exchange import document as documents
from comity.exchange.checks import ChannelEnd
from comity.exchange.directory import Entity
from comity.exchange.envelope import Envelope
from comity.exchange.message import EmergencyNoticeBody
from comity.exchange.problems import ExchangeProblem
from comity.workflows.access import permit
from comity.workflows.emergency_store import EmergencyNotice, EmergencyRow
from comity.workflows.office import Office
from comity.workflows.record import log_step
from comity.workflows.sound_alarm import sound_also
from comity.workflows.stores import Channel, Transaction

ALARM: Final = "emergency-notice"
STEP: Final = "emergency_notice"
SEEN: Final = "emergency_notice_seen"
_AT_ONCE: Final = 200


def enter_notice(
    office: Office,
    tx: Transaction,
    signed: documents.Signed,
    sender: Entity,
    envelope: Envelope,
    body: EmergencyNoticeBody,
) -> None:
    """Keep the notice. Raises ExchangeProblem where it is about another State than ours."""
    if body.sender[:2] != office.state or state_of(office.node) == sender.id[:2]:
        raise ExchangeProblem("invalid-field", "the notice is about another State's authority", where="body.sender")
    document, now = signed.document, office.clock.now()
    index = log_step(office, tx, STEP, signed.digest, now, doc_sha256=str(signed.digest), envelope=envelope)
    if tx.channels.get(document.channel) is None:  # a channel of notices alone, which is no case's
        tx.channels.add(Channel(document.channel, document.id, document.from_, ChannelEnd(), ChannelEnd()))
    tx.emergencies.note(
        EmergencyNotice(
            message=document.id,
            sender=sender.id,
            at=now,
            about=body.about,
            asked_by=body.sender,
            key=body.key,
            their_case=body.case,
            asker_case=body.their_case,
            came=Instant.from_seconds(body.came),
            index=index,
        )
    )
    sound_also(tx, ALARM, f"{sender.id} has word of an emergency of {body.sender}: {body.about}", now)


def notices(office: Office) -> tuple[EmergencyNotice, ...]:
    """What was told us, newest first."""
    with office.store.transaction() as tx:
        return tuple(tx.emergencies.notices(_AT_ONCE))


def emergencies(office: Office) -> tuple[EmergencyRow, ...]:
    """Emergencies that came, newest first."""
    with office.store.transaction() as tx:
        return tuple(tx.emergencies.newest(_AT_ONCE))


def saw(office: Office, person: str, message: str) -> None:
    """Say that a person looked into a notice; the alarm rests once all were. Raises NotFound."""
    permit(office, person, "see_notice")
    now = office.clock.now()
    with office.store.transaction() as tx:
        found = tx.emergencies.notice(message)
        if found is None:
            raise NotFound("no notice has this number", hint="see: comity emergency notices")
        if not found.seen_by:
            tx.emergencies.saw(message, person)
            log_step(office, tx, SEEN, Digest.of(f"{message}\0{person}".encode()), now)
        if all(one.seen_by for one in tx.emergencies.notices(_AT_ONCE)):
            tx.alarms.clear(ALARM)


def doubt_notices(office: Office, tx: Transaction, sender: str) -> None:
    """Notices came under a key that is not believed any more: people look at them once more. They hold nothing up."""
    sound_also(tx, ALARM, f"{sender}: notices came under a key that was revoked since", office.clock.now())
