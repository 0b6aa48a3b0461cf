"""What is known of each peer's line: whether it answers, and how far its clock is from ours."""

from sqlalchemy import Column, Integer, String, Table

from comity.adapters.sql.tables import metadata

peer_line = Table(
    "peer_line",
    metadata,
    Column("peer", String, primary_key=True),
    Column("failures", Integer, nullable=False, comment="in a row; 0 after an answer"),
    Column("closed_until", Integer, nullable=False, comment="nothing is sent before then"),
    Column("last_answer", Integer, comment="when it last answered"),
    Column("skew", Integer, nullable=False, comment="its clock less ours, in seconds, when it last answered"),
    Column("reason", String, nullable=False, comment="the code of the last failure"),
)
