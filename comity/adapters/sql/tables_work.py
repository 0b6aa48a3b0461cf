"""How the processes of a node share its work: what one holds alone, whose turn it is, and who is at work."""

from sqlalchemy import Column, Integer, String, Table

from comity.adapters.sql.tables import metadata

node_lock = Table(
    "node_lock",
    metadata,
    Column("name", String, primary_key=True, comment="what is held; who holds it has the row locked"),
)

turn = Table(
    "turn",
    metadata,
    Column("name", String, primary_key=True, comment="what is done from time to time, by one process"),
    Column("next_at", Integer, nullable=False, comment="POSIX seconds"),
    Column("lease_until", Integer, nullable=False, comment="by then it is done, or another process does it"),
)

process = Table(
    "process",
    metadata,
    Column("id", String, primary_key=True, comment="chance"),
    Column("kind", String, nullable=False, comment="serve or work"),
    Column("began", Integer, nullable=False),
    Column("seen", Integer, nullable=False, comment="when it last said that it lives"),
    Column("mark", String, nullable=False, comment="what it wrote last, to read it again"),
)
