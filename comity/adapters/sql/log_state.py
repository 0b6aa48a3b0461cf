"""What the log keeps beside its entries: alarms, later keys, checkpoints and proofs of other logs, closed periods."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Subquery, and_, case, delete, func, insert, or_, select, update

from comity.adapters.sql.made_between import made_between
from comity.adapters.sql.portable import upsert
from comity.adapters.sql.statements import add_new
from comity.adapters.sql.tables import case_event, inbox, log_entry, log_key, outbox
from comity.adapters.sql.tables_log import (
    case_erased,
    log_alarm,
    log_missing,
    log_proof,
    log_seen,
    log_signer,
    pair_close,
)
from comity.base.digests import Digest
from comity.base.instants import Instant
from comity.exchange.receipt import Status
from comity.workflows.log_stores import Alarm, Erased, HeldProof, LogSigner, MissingProof, PairClose, Seen
from comity.workflows.stores import OutboxState

_TAKEN = (OutboxState.DELIVERED, OutboxState.STORED)
_RECEIPTED = (OutboxState.STORED, OutboxState.DELIVERED, OutboxState.REJECTED)


class SqlAlarms:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sound(self, kind: str, what: str, at: Instant) -> None:
        query = upsert(self._connection, log_alarm).values(kind=kind, since=at.seconds, what=what)
        self._connection.execute(query.on_conflict_do_update(index_elements=["kind"], set_={"what": what}))

    def clear(self, kind: str) -> None:
        self._connection.execute(delete(log_alarm).where(log_alarm.c.kind == kind))

    def all(self) -> Sequence[Alarm]:
        rows = self._connection.execute(select(log_alarm).order_by(log_alarm.c.since, log_alarm.c.kind))
        return [Alarm(row.kind, row.what, Instant.from_seconds(row.since)) for row in rows]


class SqlLogSigners:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> Sequence[LogSigner]:
        rows = self._connection.execute(select(log_signer).order_by(log_signer.c.added, log_signer.c.name))
        return [
            LogSigner(row.name, row.vkey, row.added, Instant.from_seconds(row.added_at), row.retired) for row in rows
        ]

    def put(self, signer: LogSigner) -> None:
        values = {"vkey": signer.vkey, "added": signer.added, "retired": signer.retired}
        query = upsert(self._connection, log_signer).values(
            name=signer.name, added_at=signer.added_at.seconds, **values
        )
        self._connection.execute(query.on_conflict_do_update(index_elements=["name"], set_=values))


class SqlSeen:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def remember(self, origin: str, seen: Seen) -> None:
        values = {"origin": origin, "size": seen.size, "root": seen.root.value, "at": seen.at.seconds}
        query = upsert(self._connection, log_seen).values(note=seen.note, **values)
        earlier = case((log_seen.c.at < query.excluded.at, log_seen.c.at), else_=query.excluded.at)
        self._connection.execute(
            query.on_conflict_do_update(index_elements=["origin", "size", "root"], set_={"at": earlier})
        )

    def last_without(self, origin: str, index: int) -> Instant | None:
        query = select(func.max(log_seen.c.at)).where(log_seen.c.origin == origin).where(log_seen.c.size <= index)
        at = self._connection.execute(query).scalar()
        return None if at is None else Instant.from_seconds(at)


class SqlProofs:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, proof: HeldProof) -> None:
        values = {"idx": proof.index, "entry": proof.entry, "proof": proof.proof, "at": proof.at.seconds}
        query = upsert(self._connection, log_proof).values(message_id=proof.message_id, peer=proof.peer, **values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["message_id", "peer"], set_=values))

    def get(self, message_id: str, peer: str) -> HeldProof | None:
        query = select(log_proof).where(log_proof.c.message_id == message_id).where(log_proof.c.peer == peer)
        row = self._connection.execute(query).first()
        if row is None:
            return None
        return HeldProof(row.message_id, row.peer, row.idx, row.entry, row.proof, Instant.from_seconds(row.at))

    def miss(self, missing: MissingProof) -> None:
        values = {"message_id": missing.message_id, "peer": missing.peer, "code": missing.code, "idx": missing.index}
        add_new(self._connection, log_missing, values)

    def missing(self) -> Sequence[MissingProof]:
        rows = self._connection.execute(select(log_missing).order_by(log_missing.c.idx))
        return [MissingProof(row.message_id, row.peer, row.code, row.idx) for row in rows]

    def missed(self, message_id: str, peer: str) -> str:
        query = select(log_missing.c.code).where(log_missing.c.message_id == message_id)
        return self._connection.execute(query.where(log_missing.c.peer == peer)).scalar() or ""

    def wanted(
        self, after: Instant, before: Instant, most: int, *, without: Sequence[str] = ()
    ) -> Sequence[tuple[str, str]]:
        all_of = _exchanged(after)
        proven = select(log_proof.c.message_id).where(log_proof.c.message_id == all_of.c.id)
        missed = select(log_missing.c.message_id).where(log_missing.c.message_id == all_of.c.id)
        query = select(all_of.c.id, all_of.c.peer).where(all_of.c.at < before.seconds)
        query = query.where(~proven.exists()).where(~missed.exists()).where(all_of.c.peer.not_in(without))
        query = query.order_by(all_of.c.at, all_of.c.id).limit(most)
        return [(row.id, row.peer) for row in self._connection.execute(query)]

    def owed(self, after: Instant, code: str, most: int) -> Sequence[tuple[str, str]]:
        one = log_missing.c
        proven = select(log_proof.c.message_id).where(log_proof.c.message_id == one.message_id)
        sent = select(outbox.c.id).where(outbox.c.id == one.message_id).where(outbox.c.peer == one.peer)
        sent = sent.where(outbox.c.state.in_(_TAKEN)).where(outbox.c.queued >= after.seconds)
        came = select(inbox.c.id).where(inbox.c.id == one.message_id).where(inbox.c.sender == one.peer)
        came = came.where(inbox.c.state == Status.DELIVERED).where(inbox.c.at >= after.seconds)
        query = select(one.message_id, one.peer).where(one.code == code).where(~proven.exists())
        query = query.where(or_(sent.exists(), came.exists())).order_by(one.idx.desc()).limit(most)
        return [(row.message_id, row.peer) for row in self._connection.execute(query)]


def _exchanged(after: Instant) -> Subquery:
    """What was sent and taken, or came and was entered, since then: id, peer, at."""
    sent = select(outbox.c.id, outbox.c.peer, outbox.c.queued.label("at")).where(outbox.c.state.in_(_TAKEN))
    sent = sent.where(outbox.c.queued >= after.seconds)
    sent = sent.where(outbox.c.next_attempt >= after.seconds)  # never before it was queued: by it they are found
    came = select(inbox.c.id, inbox.c.sender, inbox.c.at).where(inbox.c.state == Status.DELIVERED)
    return sent.union_all(came.where(inbox.c.at >= after.seconds)).subquery()


class SqlPairs:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, close: PairClose) -> None:
        values = {"salt": close.salt, "ours": close.ours, "theirs": close.theirs, "idx": close.index}
        query = upsert(self._connection, pair_close).values(period=close.period, peer=close.peer, **values)
        self._connection.execute(query.on_conflict_do_update(index_elements=["period", "peer"], set_=values))

    def get(self, period: str, peer: str) -> PairClose | None:
        query = select(pair_close).where(pair_close.c.period == period).where(pair_close.c.peer == peer)
        row = self._connection.execute(query).first()
        return _close(row) if row else None

    def exchanged(self, peer: str, start: Instant, end: Instant) -> tuple[Sequence[Digest], Sequence[Digest]]:
        went = and_(outbox.c.peer == peer, outbox.c.state.in_(_RECEIPTED))
        sent = made_between(self._connection, outbox, went, start, end)
        came = made_between(self._connection, inbox, inbox.c.sender == peer, start, end)
        return [digest for _, digest in sent], [digest for _, digest in came]


def _close(row: Any) -> PairClose:
    return PairClose(row.period, row.peer, row.salt, row.ours, row.theirs, row.idx)


class SqlErasures:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def erase(self, case_id: str) -> int:
        execute = self._connection.execute
        execute(delete(log_key).where(log_key.c.scope == f"case:{case_id}"))
        of_case = (log_entry.c.case_id == case_id) & (log_entry.c.case_id != "")  # as its index has it
        gone = update(log_entry).where(of_case).values(body=b"", body_salt=b"")
        entries = execute(gone).rowcount
        execute(delete(case_event).where(case_event.c.case_id == case_id))
        for mail in (outbox, inbox):
            messages = select(mail.c.id).where(mail.c.case_id == case_id)
            execute(delete(log_proof).where(log_proof.c.message_id.in_(messages)))
            execute(update(mail).where(mail.c.case_id == case_id).values(document=b"", ct=b""))
        return int(entries)

    def put(self, erased: Erased) -> None:
        values = {"case_id": erased.case_id, "at": erased.at.seconds, "by": erased.by}
        self._connection.execute(insert(case_erased).values(basis=erased.basis, idx=erased.index, **values))

    def get(self, case_id: str) -> Erased | None:
        row = self._connection.execute(select(case_erased).where(case_erased.c.case_id == case_id)).first()
        return Erased(row.case_id, Instant.from_seconds(row.at), row.by, row.basis, row.idx) if row else None
