"""Who compared the fingerprint of a State's roots, before its directory is trusted."""

from sqlalchemy import Column, Integer, LargeBinary, PrimaryKeyConstraint, String, Table

from comity.adapters.sql.tables import metadata

directory_confirmed = Table(
    "directory_confirmed",
    metadata,
    Column("state", String, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("person", String, nullable=False),
    Column("at", Integer, nullable=False),
    PrimaryKeyConstraint("state", "fingerprint", "person"),
)
