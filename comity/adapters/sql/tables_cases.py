"""What is looked up across cases without reading them: a case by what the peer calls it, and what runs out when."""

from sqlalchemy import Column, Index, String, Table

from comity.adapters.sql.tables import metadata

case_index = Table(
    "case_index",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("peer", String, nullable=False),
    Column("their_case", String, nullable=False, comment="empty in a case of our own"),
    Column("due", String, comment="the first day something of it may run out, YYYY-MM-DD; null: nothing does"),
)
Index("case_index_due", case_index.c.due)
Index("case_index_theirs", case_index.c.peer, case_index.c.their_case)
