"""What a restored node does not know yet: which peers are still to be asked, and its own documents that it lost."""

from sqlalchemy import Column, Integer, LargeBinary, PrimaryKeyConstraint, String, Table

from comity.adapters.sql.tables import metadata

resume_peer = Table(
    "resume_peer",
    metadata,
    Column("peer", String, primary_key=True),
    Column("backup_at", Integer, nullable=False, comment="what was done since then is not here"),
    Column("asked_at", Integer, comment="nothing is sent to the peer before"),
    Column("asked_by", String, nullable=False, comment="who said by hand that nothing is missing, or empty"),
)

lost_document = Table(
    "lost_document",
    metadata,
    Column("peer", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("id", String, nullable=False),
    Column("document", LargeBinary, nullable=False, comment="as we signed and sent it; the peer gave it back"),
    PrimaryKeyConstraint("peer", "channel", "seq"),
)
