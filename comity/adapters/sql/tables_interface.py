"""The tables of the JSON interface: its tokens, and whom it tells of events. Times are POSIX seconds."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from comity.adapters.sql.tables import metadata

token = Table(
    "token",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of its text; the text is not kept"),
    Column("scopes", String, nullable=False, comment="with a space between"),
    Column("people", String, nullable=False),
    Column("roles", String, nullable=False),
    Column("made_at", Integer, nullable=False),
    Column("made_by", String, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("last_used", Integer, comment="to the minute"),
    Column("revoked", Integer),
)

webhook = Table(
    "webhook",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("token", String, nullable=False),
    Column("url", String, nullable=False),
    Column("kinds", String, nullable=False, comment="of events, with a space between; empty for all"),
    Column("made_at", Integer, nullable=False),
    Column("cursor", Integer, nullable=False, comment="the first log entry it was not told of"),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt", Integer, comment="none: at once"),
    Column("lease_until", Integer, nullable=False),
    Column("failing_since", Integer),
    Column("reason", String, nullable=False),
)
