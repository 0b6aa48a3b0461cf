"""The one row that whoever writes to a PostgreSQL database locks first. SQLite has a lock of its own for that."""

from sqlalchemy import CheckConstraint, Column, Integer, Table

from comity.adapters.sql.tables import metadata

writer = Table(
    "writer",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1", name="single"), primary_key=True),
)
