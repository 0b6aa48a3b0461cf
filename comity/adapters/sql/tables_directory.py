"""Who compared the fingerprint of a State's roots, before its directory is trusted."""

from sqlalchemy import BLOB, Column, Integer, PrimaryKeyConstraint, String, Table

from comity.adapters.sql.tables import metadata

directory_confirmed = Table(
    "directory_confirmed",
    metadata,
    Column("state", String, nullable=False),
    Column("fingerprint", BLOB, nullable=False),
    Column("person", String, nullable=False),
    Column("at", Integer, nullable=False),
    PrimaryKeyConstraint("state", "fingerprint", "person"),
)
