"""Tokens and webhooks of the JSON interface in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from comity.adapters.sql.tables_interface import token, webhook
from comity.base.instants import Instant
from comity.workflows.token_store import Scope, Token, Webhook, WebhookState


class SqlTokens:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, value: Token) -> None:
        self._connection.execute(
            insert(token).values(
                id=value.id,
                name=value.name,
                digest=value.digest,
                scopes=" ".join(sorted(value.scopes)),
                people=" ".join(value.people),
                roles=" ".join(sorted(value.roles)),
                made_at=value.made_at.seconds,
                made_by=value.made_by,
                expires=value.expires.seconds,
                last_used=_seconds(value.last_used),
                revoked=_seconds(value.revoked),
            )
        )

    def get(self, token_id: str) -> Token | None:
        row = self._connection.execute(select(token).where(token.c.id == token_id)).first()
        return _token(row) if row else None

    def all(self) -> Sequence[Token]:
        return [_token(row) for row in self._connection.execute(select(token).order_by(token.c.row))]

    def touch(self, token_id: str, at: Instant) -> None:
        self._connection.execute(update(token).where(token.c.id == token_id).values(last_used=at.seconds))

    def revoke(self, token_id: str, at: Instant) -> None:
        self._connection.execute(update(token).where(token.c.id == token_id).values(revoked=at.seconds))


def _token(row: Any) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        digest=row.digest,
        scopes=frozenset(Scope(one) for one in row.scopes.split()),
        people=tuple(row.people.split()),
        roles=frozenset(row.roles.split()),
        made_at=Instant.from_seconds(row.made_at),
        made_by=row.made_by,
        expires=Instant.from_seconds(row.expires),
        last_used=_instant(row.last_used),
        revoked=_instant(row.revoked),
    )


class SqlWebhooks:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, value: Webhook) -> None:
        self._connection.execute(insert(webhook).values(**_columns(value)))

    def get(self, webhook_id: str) -> Webhook | None:
        row = self._connection.execute(select(webhook).where(webhook.c.id == webhook_id)).first()
        return _webhook(row) if row else None

    def all(self) -> Sequence[Webhook]:
        return [_webhook(row) for row in self._connection.execute(select(webhook).order_by(webhook.c.row))]

    def claim(self, now: Instant, *, size: int, lease_until: Instant, most: int) -> Sequence[Webhook]:
        due = (
            select(webhook.c.row)
            .where(webhook.c.state == WebhookState.ACTIVE)
            .where(webhook.c.cursor < size)
            .where(or_(webhook.c.next_attempt.is_(None), webhook.c.next_attempt <= now.seconds))
            .where(webhook.c.lease_until <= now.seconds)
            .order_by(webhook.c.row)
            .limit(most)
        )
        claimed = update(webhook).where(webhook.c.row.in_(due)).values(lease_until=lease_until.seconds)
        rows = self._connection.execute(claimed.returning(webhook)).all()
        return [_webhook(row) for row in sorted(rows, key=lambda row: row.row)]

    def put(self, value: Webhook) -> None:
        self._connection.execute(update(webhook).where(webhook.c.id == value.id).values(**_columns(value)))

    def remove(self, webhook_id: str) -> None:
        self._connection.execute(delete(webhook).where(webhook.c.id == webhook_id))


def _columns(value: Webhook) -> dict[str, Any]:
    return {
        "id": value.id,
        "token": value.token,
        "url": value.url,
        "kinds": " ".join(value.kinds),
        "made_at": value.made_at.seconds,
        "cursor": value.cursor,
        "state": value.state,
        "attempts": value.attempts,
        "next_attempt": _seconds(value.next_attempt),
        "lease_until": 0,
        "failing_since": _seconds(value.failing_since),
        "reason": value.reason,
    }


def _webhook(row: Any) -> Webhook:
    return Webhook(
        id=row.id,
        token=row.token,
        url=row.url,
        kinds=tuple(row.kinds.split()),
        made_at=Instant.from_seconds(row.made_at),
        cursor=row.cursor,
        state=WebhookState(row.state),
        attempts=row.attempts,
        next_attempt=_instant(row.next_attempt),
        failing_since=_instant(row.failing_since),
        reason=row.reason,
    )


def _seconds(at: Instant | None) -> int | None:
    return None if at is None else at.seconds


def _instant(seconds: int | None) -> Instant | None:
    return None if seconds is None else Instant.from_seconds(seconds)
