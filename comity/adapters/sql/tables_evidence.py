"""Evidence on its way: the parts that peers brought, and how far our own have come."""

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, String, Table

from comity.adapters.sql.tables import metadata

part_come = Table(
    "part_come",
    metadata,
    Column("channel", String, nullable=False),
    Column("digest", String, nullable=False, comment="its name, hex"),
    Column("case_id", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("at", Integer, nullable=False, comment="when it was last brought"),
    PrimaryKeyConstraint("channel", "digest"),
    Index("part_come_case", "case_id"),
    Index("part_come_digest", "digest"),
)

transfer = Table(
    "transfer",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("done", Integer, nullable=False, comment="bytes that the peer acknowledged"),
    Column("total", Integer, nullable=False),
    Column("at", Integer, nullable=False),
)
