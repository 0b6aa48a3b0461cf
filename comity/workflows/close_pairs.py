"""At the end of a period both ends of every pair put the same value into their logs (transparency.pairs), idle or not.

The node whose id comes first begins, or the one without an address: it draws the salt, writes its own value, sends its
statement; the other computes its own from its own records, writes that, and answers with it. Neither takes the other's
figures. Where they differ both values stand in public, and each holds what the other signed.

When it is late either may begin, and the other may have done so without an answer, while one of the two was off the
net: whoever has no value yet asks first for the other's salt, without one of its own, since two salts give two values.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import ComityError, Malformed
from comity.base.ids import NodeId, state_of
from comity.base.parsing import read_json
from comity.exchange.directory import Entity, Use
from comity.exchange.message import Role
from comity.exchange.problems import ExchangeProblem
from comity.transparency.pairs import (
    CLOSE,
    PairStatement,
    due_from,
    end_of,
    last_due,
    late_after,
    make_statement,
    open_statement,
    sign_statement,
    start_of,
    value_of,
)
from comity.workflows.call_peer import call
from comity.workflows.count_exchanged import count_exchanged
from comity.workflows.log_stores import PairClose
from comity.workflows.office import Office, directory
from comity.workflows.poll_peers import calls_out
from comity.workflows.record import state_publicly
from comity.workflows.sound_alarm import sound_also
from comity.workflows.stores import Transaction

MEDIA_TYPE: Final = "application/comity-pair+json"
LIMIT: Final = 128 * 1024
ALARM: Final = "pair"
_SALT_BYTES: Final = 32


class PairMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What crosses: the salt, base64url, and the sender's signed statement."""

    salt: str
    statement: str


def peers_of(office: Office, entities: Sequence[Entity]) -> tuple[str, ...]:
    """The registered peers a period is closed with: every authority, and an authority's own State's providers."""
    here, own = office.role, office.state

    def is_peer(one: Entity) -> bool:
        if one.id == office.node or Role.WITNESS in (here, one.role):
            return False
        both_authorities = here is Role.AUTHORITY and one.role is Role.AUTHORITY
        return both_authorities or (here is not one.role and state_of(NodeId(one.id)) == own)

    return tuple(sorted(one.id for one in entities if is_peer(one)))


def close_due(office: Office) -> int:
    """Close the last period with every peer it is not closed with yet, as far as it is for us to begin; how many."""
    return close_period(office, last_due(office.clock.now()))


def close_period(office: Office, period: str) -> int:
    """The same for a month that is due: one that was missed is closed later all the same."""
    with office.store.snapshot() as tx:
        known = directory(tx)
        peers = peers_of(office, known.all())
    closed = 0
    for peer in peers:
        try:
            closed += _close(office, period, known.entity(NodeId(peer)))
        except ComityError:
            continue  # it does not answer: again next time; what is ours stands in the log already
    return closed


def _close(office: Office, period: str, peer: Entity) -> bool:
    """Whether something was done."""
    ours_to_begin = _is_ours_to_begin(office, period, peer)
    with office.store.snapshot() as tx:
        close = tx.pairs.get(period, peer.id)
        statement = _statement(office, tx, period, peer.id) if close is None and ours_to_begin else None
    if statement is not None:
        salt = _salt_there(office, peer, statement) or office.randomness.bytes(_SALT_BYTES)
        close = _enter(office, peer.id, statement, salt)
    if close is None or close.theirs:
        return False
    body = to_json(PairMessage(b64u(close.salt), close.ours.decode("ascii")))
    answer = call(office, peer, "POST", "/v1/pairs", MEDIA_TYPE, body)
    said = read_json(answer.body, PairMessage, limit=LIMIT, what="the peer's statement")
    _take(office, peer, period, said)
    return True


def _salt_there(office: Office, peer: Entity, statement: PairStatement) -> bytes:
    """The salt of the value that the peer has written without us; b'' where it has none or does not answer."""
    if late_after(statement.period) >= office.clock.now():
        return b""
    signed = sign_statement(statement, office.keys.signer(Use.AUTHORITY))
    try:
        answer = call(office, peer, "POST", "/v1/pairs", MEDIA_TYPE, to_json(PairMessage("", signed.decode("ascii"))))
        salt = from_b64u(read_json(answer.body, PairMessage, limit=LIMIT, what="the peer's statement").salt)
    except ComityError:
        return b""
    return salt if len(salt) == _SALT_BYTES else b""


def _is_ours_to_begin(office: Office, period: str, peer: Entity) -> bool:
    """The first of the two, or whoever is not late; but one without an address, whom nobody can ask, always begins."""
    if not peer.endpoint:
        return False
    return calls_out(office) or office.node < peer.id or late_after(period) < office.clock.now()


def _enter(office: Office, peer: str, statement: PairStatement, salt: bytes) -> PairClose:
    """The value of our own statement into our log, unless the period was closed meanwhile."""
    period = statement.period
    token = sign_statement(statement, office.keys.signer(Use.AUTHORITY))
    fields: dict[str, object] = {
        "node": office.node,
        "peer": peer,
        "period": period,
        "value": value_of(statement, salt),
    }
    with office.store.transaction() as tx:
        close = tx.pairs.get(period, peer)
        if close is None:
            close = PairClose(period, peer, salt, token, b"", state_publicly(office, tx, CLOSE, fields))
            tx.pairs.put(close)
        return close


def _statement(office: Office, tx: Transaction, period: str, peer: str) -> PairStatement:
    """From our own records. It reads all that was exchanged with the peer, and so in a snapshot: what comes while it
    reads comes too late for it, as what comes a moment after the value was written."""
    sent, came = tx.pairs.exchanged(peer, start_of(period), end_of(period))
    asked, asked_of_us = count_exchanged(tx, peer, start_of(period), end_of(period))
    return make_statement(office.mode, period, office.node, peer, sent, came, asked=asked, asked_of_us=asked_of_us)


def enter_statement(office: Office, peer: Entity, data: bytes) -> bytes:
    """A peer closes a period with us: our own statement, once our own value stands in our log. Without a salt it only
    asks for ours.

    Raises Malformed, BadSignature; ExchangeProblem not-allowed before the period is over for both, not-found for one
    who asks where no value of ours stands.
    """
    said = read_json(data, PairMessage, limit=LIMIT, what="the pair message")
    salt = from_b64u(said.salt)
    if salt and len(salt) != _SALT_BYTES:
        raise Malformed("a pair's salt is 32 bytes", where="salt", hint="draw it anew for each period")
    theirs = _opened(office, peer, said)
    if due_from(theirs.period) > office.clock.now():
        raise ExchangeProblem("not-allowed", "messages of this period may still be under way")
    with office.store.snapshot() as tx:
        if peer.id not in peers_of(office, directory(tx).all()):
            raise ExchangeProblem("not-allowed", "no period is closed between these two")
        close = tx.pairs.get(theirs.period, peer.id)
        if close is None and not salt:
            raise ExchangeProblem("not-found", "no value of ours stands for this period")
        statement = _statement(office, tx, theirs.period, peer.id) if close is None else None
    if statement is not None:
        close = _enter(office, peer.id, statement, salt)
    assert close is not None
    if salt:
        _take(office, peer, theirs.period, said)
    return to_json(PairMessage(b64u(close.salt), close.ours.decode("ascii")))


def _opened(office: Office, peer: Entity, said: PairMessage) -> PairStatement:
    token = said.statement.encode("ascii", "replace")
    statement = open_statement(token, peer.key(Use.AUTHORITY, office.clock.now()).public_bytes)
    if {statement.first, statement.second} != {office.node, peer.id} or statement.mode is not office.mode:
        raise ExchangeProblem("not-allowed", "a statement about another pair, or of the other mode")
    return statement


def _take(office: Office, peer: Entity, period: str, said: PairMessage) -> None:
    """Keep what the peer signed; an alarm where it is not what we have."""
    theirs = _opened(office, peer, said)
    if theirs.period != period:
        raise ExchangeProblem("not-allowed", "a statement about another period")
    with office.store.transaction() as tx:
        close = tx.pairs.get(period, peer.id)
        if close is None or close.theirs:
            return
        tx.pairs.put(_with(close, said.statement.encode("ascii", "replace")))
        own = open_statement(close.ours, office.keys.signer(Use.AUTHORITY).public)
        if own != theirs or from_b64u(said.salt) != close.salt:
            sound_also(tx, ALARM, f"{period} with {peer.id} does not match", office.clock.now())


def _with(close: PairClose, theirs: bytes) -> PairClose:
    return PairClose(close.period, close.peer, close.salt, close.ours, theirs, close.index)
