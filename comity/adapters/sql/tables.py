"""The tables. Times are POSIX seconds; digests 32 bytes; ids text. Rowid tables, time-ordered ids: inserts go last.

The columns are as wide on PostgreSQL as on SQLite: importing `portable` sees to it.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)

import comity.adapters.sql.portable  # noqa: F401 - before the first column is made

REVISION = "0003"
"""The migration step that makes exactly these tables."""

metadata = MetaData(
    naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s"}
)

case_event = Table(
    "case_event",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("case_id", String, nullable=False),
    Column("number", Integer, nullable=False, comment="from 1, gapless within a case"),
    Column("event", LargeBinary, nullable=False, comment="the event's JSON, exactly as linked"),
    Column("head", LargeBinary, nullable=False, comment="digest joining it to all before"),
    UniqueConstraint("case_id", "number"),
)

channel = Table(
    "channel",
    metadata,
    Column("id", String, primary_key=True, comment="random, 128 bits"),
    Column("case_id", String, nullable=False),
    Column("peer", String, nullable=False),
    Column("sent_seq", Integer, nullable=False),
    Column("sent_prev", String, nullable=False, comment="digest of our last envelope, hex; empty before the first"),
    Column("received_seq", Integer, nullable=False),
    Column("received_prev", String, nullable=False),
    UniqueConstraint("case_id", "peer"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("peer", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("case_id", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("header", LargeBinary, nullable=False, comment="envelope header, as hashed"),
    Column("ct", LargeBinary, nullable=False, comment="envelope ciphertext: a retry sends these bytes"),
    Column("document", LargeBinary, nullable=False, comment="the JWS inside"),
    Column("package", String, nullable=False, comment="evidence to bring first, or empty"),
    Column("expires", Integer, nullable=False),
    Column("queued", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("code", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt", Integer, nullable=False),
    Column("lease_until", Integer, nullable=False),
    Index("outbox_due", "state", "next_attempt"),
    Index("outbox_case", "case_id", "peer"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("sender", String, nullable=False),
    Column("id", String, nullable=False),
    Column("header", LargeBinary, nullable=False),
    Column("ct", LargeBinary, nullable=False),
    Column("at", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("code", String, nullable=False),
    Column("doc_sha256", String, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("case_id", String, nullable=False),
    Column("priority", Integer, nullable=False, server_default="0", comment="as its header says; 0 routine"),
    Column("lease_until", Integer, nullable=False, server_default="0", comment="somebody opens it until then"),
    UniqueConstraint("sender", "id"),
    Index("inbox_state", "state"),
    Index("inbox_case", "case_id", "sender"),
)

receipt = Table(
    "receipt",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("peer", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("row", LargeBinary, nullable=False, comment="receipt row JSON"),
    Column("done", Integer, nullable=False),
    Column("next_attempt", Integer, nullable=False),
    Column("lease_until", Integer, nullable=False),
    Index("receipt_due", "done", "next_attempt"),
    Index("receipt_message", "peer", "message_id"),
)

log_entry = Table(
    "log_entry",
    metadata,
    Column("idx", Integer, primary_key=True, autoincrement=False, comment="place in the log, from 0"),
    Column("entry", LargeBinary, nullable=False),
    Column("case_id", String, nullable=False),
    Column("event", Integer, nullable=False),
    Column("stat", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("stat_salt", LargeBinary, nullable=False),
    Column("body_salt", LargeBinary, nullable=False),
    Index("log_case", "case_id", sqlite_where=text("case_id <> ''"), postgresql_where=text("case_id <> ''")),
)

log_key = Table(
    "log_key",
    metadata,
    Column("scope", String, primary_key=True, comment="case:<id> or period:<year-month>; destroying it erases"),
    Column("key", LargeBinary, nullable=False),
)

log_signed = Table(
    "log_signed",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1", name="single"), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
)

witnessed = Table(
    "witnessed",
    metadata,
    Column("origin", String, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False, comment="checkpoint with our cosignature"),
)

directory = Table(
    "directory",
    metadata,
    Column("state", String, primary_key=True),
    Column("data", LargeBinary, nullable=False, comment="the signed list"),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("trusted_by", String, nullable=False),
    Column("trusted_at", Integer, nullable=False),
)

custody = Table(
    "custody",
    metadata,
    Column("package", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("act", LargeBinary, nullable=False, comment="the signed act"),
    PrimaryKeyConstraint("package", "number"),
)
