"""Emergencies that came, by authority, and notices to us of emergencies in our State's name."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from comity.adapters.sql.tables import metadata

emergency = Table(
    "emergency",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("peer", String, nullable=False),
    Column("at", Integer, nullable=False, comment="when it came"),
    Column("text_sha256", String, nullable=False, comment="digest of what it was justified with"),
    Column("review_due", Integer, nullable=False, comment="POSIX seconds; policy"),
    Column("outcome", String, nullable=False, comment="open, confirmed or unconfirmed"),
    Column("waits", Boolean, nullable=False, comment="for a named person's decision"),
    Index("emergency_peer", "peer", "at"),
    Index("emergency_text", "text_sha256"),
)

emergency_notice = Table(
    "emergency_notice",
    metadata,
    Column("message", String, primary_key=True),
    Column("sender", String, nullable=False, comment="the requested State's authority, which tells us"),
    Column("at", Integer, nullable=False),
    Column("about", String, nullable=False, comment="received, denied or unconfirmed"),
    Column("asked_by", String, nullable=False, comment="the node that asked in our State's name"),
    Column("key", String, nullable=False, comment="id of the key that signed"),
    Column("their_case", String, nullable=False),
    Column("asker_case", String, nullable=False),
    Column("came", Integer, nullable=False, comment="when the emergency came to them"),
    Column("idx", Integer, nullable=False, comment="our log entry for the notice"),
    Column("seen_by", String, nullable=False, comment="who of ours looked into it; empty while nobody has"),
)
