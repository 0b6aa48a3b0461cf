"""Erase a case: destroy the key that hides its log entries, and with it everything that says what they stand for.

The entries stay in the log, as noise: nobody can tell them from pads any more, nor can we. The statistics stay
auditable, for their rows are hidden by the period's key, which holds no identity. Both ends say publicly that something
was erased, and on which basis, never what.

What this cannot reach: the counterpart's own copy, proofs with an opening that were handed out, older backups, evidence
packages and printed letters. Whether a case may be erased, and when it must be, is for a person and the law to say.
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from comity.base.encoding import to_json
from comity.base.errors import ComityError, Malformed, NotFound, OutOfOrder
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.cases import events, machine
from comity.cases.case import Case
from comity.exchange.directory import Entity
from comity.transparency.pairs import LATE_DAYS
from comity.workflows.access import permit
from comity.workflows.call_peer import call
from comity.workflows.log_stores import Erased
from comity.workflows.office import Office, directory
from comity.workflows.record import load, state_publicly
from comity.workflows.stores import Transaction

STATEMENT: Final = "erased"
PEER_STATEMENT: Final = "erased-by-peer"
WAIT_DAYS: Final = 31 + LATE_DAYS
"""After the last event of a case: by then every period in which it exchanged something is closed. Policy."""
MEDIA_TYPE: Final = "application/comity-erasure+json"
LIMIT: Final = 16 * 1024
_BASIS_LIMIT: Final = 500


class ErasureNotice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a counterpart is told: the channel the two had in the case, and the basis in words."""

    channel: str
    basis: str


@dataclass(frozen=True, slots=True)
class Done:
    """`entries` are noise now; `told`: the counterparts that have been told; `not_told`: those that did not answer."""

    entries: int
    index: int
    told: tuple[str, ...]
    not_told: tuple[str, ...]


def erase(office: Office, person: str, case_id: str, basis: str) -> Done:
    """Erase a case that is over. basis: the legal basis in words, without a name: it stands in public.

    Raises OutOfOrder while the case is open or a period of its messages is not closed yet, NotPermitted, NotFound; and
    Unavailable where it is erased and its peers are told, but the database's files could not be cleared of it.
    """
    permit(office, person, "erase")
    if not 0 < len(basis.strip()) <= _BASIS_LIMIT:
        raise Malformed("an erasure has a basis", where="basis", hint=f"the law, at most {_BASIS_LIMIT} letters")
    now = office.clock.now()
    with office.store.transaction() as tx:
        if tx.erasures.get(case_id) is not None:
            raise NotFound("this case was erased", hint="its public statement is in the log")
        case = load(tx, case_id)
        last = Instant.from_seconds(max(events.read(data).at for data, _ in tx.cases.events(case_id)))
        _check_over(case, last, now)
        channels = _channels(tx, case_id)
        entries = tx.erasures.erase(case_id)
        tx.known_cases.forget(case_id)
        index = state_publicly(office, tx, STATEMENT, {"entries": entries, "basis": basis})
        tx.erasures.put(Erased(case_id, now, person, basis, index))
    told = {peer.id: _tell(office, peer, channel, basis) for peer, channel in channels}
    office.store.scrub()
    return Done(entries, index, tuple(one for one in told if told[one]), tuple(one for one in told if not told[one]))


def _channels(tx: Transaction, case_id: str) -> list[tuple[Entity, str]]:
    """The peers the case was exchanged with, and by which channel."""
    found = [(entity, tx.channels.of_case(case_id, entity.id)) for entity in directory(tx).all()]
    return [(entity, channel.id) for entity, channel in found if channel is not None]


def _check_over(case: Case, last: Instant, now: Instant) -> None:
    if not machine.has_ended(case):
        raise OutOfOrder("the case is not over", hint="something may still happen to it: see comity case show")
    if now < last.plus_days(WAIT_DAYS):
        raise OutOfOrder(
            f"its last period may not be closed before {last.plus_days(WAIT_DAYS)}",
            hint="erase it then: until that the two ends could not agree on what they exchanged",
        )


def _tell(office: Office, peer: Entity, channel: str, basis: str) -> bool:
    try:
        call(office, peer, "POST", "/v1/erasures", MEDIA_TYPE, to_json(ErasureNotice(channel, basis)))
    except ComityError:
        return False  # a person is told so, and may tell the peer by another way
    return True


def enter_notice(office: Office, peer: Entity, data: bytes) -> None:
    """A peer has erased its side: said in our log too, without a name. Raises Malformed, NotFound."""
    notice = read_json(data, ErasureNotice, limit=LIMIT, what="the notice of an erasure")
    if len(notice.basis) > _BASIS_LIMIT:
        raise Malformed("the basis is too long", where="basis", hint=f"at most {_BASIS_LIMIT} letters")
    with office.store.transaction() as tx:
        channel = tx.channels.get(notice.channel)
        if channel is None or channel.peer != peer.id:
            raise NotFound("no case with that peer has this channel", hint="nothing was written")
        state_publicly(office, tx, PEER_STATEMENT, {"peer": peer.id, "basis": notice.basis})
