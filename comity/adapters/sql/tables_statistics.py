"""Statistics as they were published."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from comity.adapters.sql.tables import metadata

statistics = Table(
    "statistics",
    metadata,
    Column("period", String, primary_key=True, comment="2026-Q4, 2026 or 2026-11"),
    Column("data", LargeBinary, nullable=False, comment="the release, as it is hashed"),
    Column("idx", Integer, nullable=False, comment="our public statement"),
    Column("published", Integer, nullable=False),
)
