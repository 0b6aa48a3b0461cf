"""Whom we take messages from, how many they take from us, and every directory that was put in force or seen here."""

from sqlalchemy import Column, Integer, LargeBinary, PrimaryKeyConstraint, String, Table

from comity.adapters.sql.tables import metadata

peer_credit = Table(
    "peer_credit",
    metadata,
    Column("peer", String, primary_key=True),
    Column("routine", Integer, nullable=False, comment="how many more routine envelopes it said it takes"),
    Column("urgent", Integer, nullable=False, comment="how many more of the others"),
    Column("until", Integer, nullable=False, comment="after then it is no longer heeded"),
)

peer_suspended = Table(
    "peer_suspended",
    metadata,
    Column("peer", String, primary_key=True),
    Column("by", String, nullable=False),
    Column("at", Integer, nullable=False),
    Column("reasons", String, nullable=False),
)

directory_history = Table(
    "directory_history",
    metadata,
    Column("state", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("sha256", String, nullable=False, comment="digest of what the roots signed"),
    Column("data", LargeBinary, nullable=False, comment="the signed list"),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("by", String, nullable=False),
    Column("at", Integer, nullable=False),
    Column(
        "kind", String, nullable=False, comment="adopted, or forked: refused, for another of that number came first"
    ),
    PrimaryKeyConstraint("state", "sequence", "sha256"),
)
