"""After a backup was restored: ask each peer what it has, and only then send to it again.

A number of a channel that was used since the backup would be used twice, for another message: the peer would refuse it
for ever. So `dispatch` sends nothing to a peer that was not asked yet. What the peer sent since, it brings again; what
we sent since and know no more, it gives back, for a person to read: nothing of it is entered by software.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.encoding import to_json
from comity.base.errors import ComityError, NotFound
from comity.base.ids import NodeId, state_of
from comity.base.instants import Instant
from comity.exchange import channel_ends
from comity.exchange import document as documents
from comity.exchange.channel_ends import After, Ask, End, Ends, Own
from comity.exchange.checks import ChannelEnd
from comity.exchange.directory import Entity, Use
from comity.exchange.message import Role
from comity.workflows.access import permit
from comity.workflows.call_peer import call
from comity.workflows.freeze_case import HELD
from comity.workflows.office import Office, directory, directory_of
from comity.workflows.resume_store import LostDocument, Unasked
from comity.workflows.stores import Transaction

ALARM: Final = "restored"
"""The alarm that stands until every peer was asked; its word in the log's state."""
_AT_ONCE: Final = channel_ends.MOST


@dataclass(frozen=True, slots=True)
class Resumed:
    """What one peer said: in how many channels we go on after it, in how many it brings messages again, and how many
    documents of ours it gave back."""

    peer: str
    channels: int
    brought: int
    lost: int


@dataclass(frozen=True, slots=True)
class Round:
    """What was asked, and who could not be: with the code of why."""

    resumed: tuple[Resumed, ...]
    failed: tuple[tuple[str, str], ...]


def resume(office: Office) -> Round:
    """Ask every peer that was not asked yet. One that does not answer holds up no other."""
    with office.store.transaction() as tx:
        waiting = tx.resume.unasked()
        known = directory(tx) if waiting else None
    done: list[Resumed] = []
    failed: list[tuple[str, str]] = []
    for one in waiting:
        try:
            entity = known.entity(NodeId(one.peer)) if known else None
            if entity is not None and _exchanges_with(office, entity):
                done.append(_ask(office, entity))
            else:
                _settle(office, one.peer)
        except ComityError as error:
            failed.append((one.peer, error.code))
    if waiting:
        _sound(office, [name for name, _ in failed])
    return Round(tuple(done), tuple(failed))


def resume_quietly(office: Office) -> int:
    """As `resume`, for a worker; how many answered."""
    return len(resume(office).resumed)


def waive(office: Office, person: str, peer: str) -> None:
    """A person says that nothing was sent to a peer since the backup, or that both sides have put it right by hand.
    Raises NotFound where it is not waited for."""
    permit(office, person, "keep the log")
    with office.store.transaction() as tx:
        if not tx.resume.is_unasked(peer):
            raise NotFound("this peer is not waited for", where=peer, hint="see: comity exchange resume")
        tx.resume.asked(peer, office.clock.now(), by=person)
        left = tx.resume.unasked()
    _sound(office, [one.peer for one in left])


def waiting(office: Office) -> Sequence[Unasked]:
    """The peers that were not asked yet since a backup was restored here."""
    with office.store.transaction() as tx:
        return tx.resume.unasked()


def lost(office: Office, person: str) -> Sequence[LostDocument]:
    """The documents of ours that peers gave back: each is a step that the case file here does not show."""
    permit(office, person, "keep the log")
    with office.store.transaction() as tx:
        return tx.resume.lost()


def _ask(office: Office, peer: Entity) -> Resumed:
    ends = list(_all_ends(office, peer))
    with office.store.transaction() as tx:
        ours = {one.channel: tx.channels.get(one.channel) for one in ends}
    mine = {one: known for one, known in ours.items() if known is not None and known.peer == peer.id}
    behind = [After(one.channel, mine[one.channel].sent.seq if one.channel in mine else 0) for one in ends]
    want = [gap for gap, one in zip(behind, ends, strict=True) if one.got > gap.seq]
    given = [own for some in _parts(want) for own in _lost_of(office, peer, some)]
    begun_here = {own.channel for own in given if own.channel not in mine and own.seq == 1}
    bring = [
        After(one.channel, mine[one.channel].received.seq if one.channel in mine else 0)
        for one in ends
        if one.channel not in begun_here  # a case that we began and have no more: its answers would find none
        and one.sent > (mine[one.channel].received.seq if one.channel in mine else 0)
    ]
    for some in _parts(bring):
        _exchange(office, peer, Ask(after=_LAST, bring=some))
    moved = [one for one in ends if one.channel in mine and one.got > mine[one.channel].sent.seq]
    now = office.clock.now()
    with office.store.transaction() as tx:
        for one in moved:
            tx.channels.set_sent(one.channel, ChannelEnd(one.got, one.prev))
        for own in given:
            tx.resume.keep(LostDocument(peer.id, own.channel, own.seq, own.id, own.document.encode()))
        tx.resume.asked(peer.id, now)
    return Resumed(peer.id, len(moved), len(bring), len(given))


_LAST: Final = "\x7f"
"""After every channel's id: no ends are asked for."""


def _all_ends(office: Office, peer: Entity) -> Iterator[End]:
    after = ""
    while True:
        page = _exchange(office, peer, Ask(after=after))
        yield from page.ends
        if not page.more or not page.ends:
            return
        after = page.ends[-1].channel


def _lost_of(office: Office, peer: Entity, want: tuple[After, ...]) -> Iterator[Own]:
    """Our own documents, each shown to be by our signature on it."""
    left = {one.channel: one.seq for one in want}
    while left:
        page = _exchange(office, peer, Ask(after=_LAST, lost=tuple(After(*one) for one in left.items())))
        for own in page.own:
            if own.channel in left and _is_ours(office, own):
                yield own
                left[own.channel] = max(left[own.channel], own.seq)
        if not page.rest or not page.own:
            return


def _is_ours(office: Office, own: Own) -> bool:
    token = own.document.encode()
    try:
        with office.store.transaction() as tx:
            us = directory_of(tx, office.node).entity(office.node)
        keys = [key for key in us.keys if key.use is Use.AUTHORITY and key.kid == documents.kid_of(token)]
        found = documents.verify(token, keys[0].public_bytes).document if keys else None
    except ComityError:
        return False
    return found is not None and (found.from_, found.channel, found.seq) == (office.node, own.channel, own.seq)


def _exchange(office: Office, peer: Entity, ask: Ask) -> Ends:
    answer = call(office, peer, "POST", channel_ends.PATH, channel_ends.ASK_TYPE, to_json(ask))
    public = peer.key(Use.RECEIPT, office.clock.now()).public_bytes
    return channel_ends.open_ends(answer.body, public, by=peer.id, to=office.node, mode=office.mode, after=ask.after)


def _parts(all_of: Sequence[After]) -> Iterator[tuple[After, ...]]:
    for start in range(0, len(all_of), _AT_ONCE):
        yield tuple(all_of[start : start + _AT_ONCE])


def _exchanges_with(office: Office, peer: Entity) -> bool:
    """Whether messages can have gone between us: with a witness never, with a provider within its State alone. Most
    providers abroad do not know us, and would have to be waived one by one."""
    is_at_home = state_of(NodeId(peer.id)) == office.state
    return peer.role is not Role.WITNESS and (is_at_home or Role.PROVIDER not in (peer.role, office.role))


def _settle(office: Office, peer: str) -> None:
    with office.store.transaction() as tx:
        tx.resume.asked(peer, office.clock.now())


def _sound(office: Office, left: Sequence[str]) -> None:
    with office.store.transaction() as tx:
        if left:
            tx.alarms.sound(ALARM, f"not asked yet since the backup: {', '.join(left)}", office.clock.now())
        else:
            tx.alarms.clear(ALARM)


def answer(office: Office, peer: Entity, data: bytes) -> bytes:
    """What a restored peer asks, answered and signed. Raises Malformed. What it asks us to bring is due at once."""
    ask = channel_ends.read_ask(data)
    now = office.clock.now()
    with office.store.transaction() as tx:
        page = _ends(tx, peer, ask.after, now.plus_seconds(1)) if ask.after != _LAST else []
        own, rest = _own_of(tx, peer, ask.lost)
        for gap in ask.bring:
            for message in tx.outbox.of_channel(peer.id, gap.channel):
                if message.envelope.read_header().seq > gap.seq and message.code != HELD:
                    tx.outbox.hasten(message.id, now)
    found = Ends(
        mode=office.mode,
        by=office.node,
        to=peer.id,
        at=now.seconds,
        after=ask.after,
        ends=tuple(page[: channel_ends.MOST]),
        more=len(page) > channel_ends.MOST,
        own=tuple(own),
        rest=rest,
    )
    return channel_ends.sign(found, office.keys.signer(Use.RECEIPT))


def _ends(tx: Transaction, peer: Entity, after: str, soon: Instant) -> list[End]:
    """One more than a page holds of the channels after one. What was stored and not opened yet counts: it is ours to
    enter, and its number is used."""
    known = tx.channels.with_peer(peer.id, after=after, most=channel_ends.MOST + 1)
    ends = {one.id: End(one.id, one.received.seq, one.received.prev, one.sent.seq) for one in known}
    stored = [(one.envelope.read_header(), one.envelope.digest) for one in tx.inbox.early(peer.id, soon)]
    for header, digest in sorted(stored, key=lambda pair: pair[0].seq):
        if header.channel <= after:
            continue
        end = ends.get(header.channel, End(header.channel, 0, "", 0))
        if (header.seq, header.prev) == (end.got + 1, end.prev):
            ends[header.channel] = End(end.channel, header.seq, str(digest), end.sent)
    return sorted((one for one in ends.values() if one.got or one.sent), key=lambda one: one.channel)


def _own_of(tx: Transaction, peer: Entity, wanted: Sequence[After]) -> tuple[list[Own], int]:
    """The peer's own documents after the numbers it names, as many as an answer holds; how many found no room."""
    own: list[Own] = []
    room, rest = channel_ends.DOCUMENTS_LIMIT, 0
    for gap in wanted:
        for message in tx.inbox.opened_in(peer.id, gap.channel):
            seq = message.envelope.read_header().seq
            if seq <= gap.seq:
                continue
            room -= len(message.document) + 256
            if room < 0:
                rest += 1
            else:
                own.append(Own(gap.channel, seq, message.id, message.document.decode("ascii")))
    return own, rest
