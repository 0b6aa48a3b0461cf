"""Questions that a signal opened."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from comity.adapters.sql.tables import metadata

signal_question = Table(
    "signal_question",
    metadata,
    Column("id", String, primary_key=True, comment="UUIDv7"),
    Column("signal", String, nullable=False),
    Column("requester", String, nullable=False, comment="the node whose requests it is about"),
    Column("asked_by", String, nullable=False, comment="of oversight"),
    Column("asked_of", String, nullable=False, comment="the person who must answer"),
    Column("at", Integer, nullable=False),
    Column("due", Integer, nullable=False, comment="POSIX seconds; policy"),
    Column("reading", LargeBinary, nullable=False, comment="what the signal was read from, as JSON"),
    Column("text", Text, nullable=False, comment="what oversight asks"),
    Column("answered_at", Integer, nullable=False, comment="0 while nobody has"),
    Column("answer", Text, nullable=False),
    Index("signal_question_asked_of", "asked_of", "answered_at"),
)
