"""Tables of who looked at what, of letters that were printed, and of the receipts that peers gave us."""

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table

from comity.adapters.sql.tables import metadata

access = Table(
    "access",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("person", String, nullable=False),
    Column("what", String, nullable=False, comment="read, exported or printed"),
    Column("case_id", String, nullable=False, comment="empty for a page about all cases"),
    Column("page", String, nullable=False, comment="its path, without what was asked"),
)

letter = Table(
    "letter",
    metadata,
    Column(
        "code_sha256", LargeBinary, primary_key=True, comment="digest of the check code; the code itself is not kept"
    ),
    Column("case_id", String, nullable=False),
    Column("event", Integer, nullable=False),
    Column("idx", Integer, nullable=False, comment="the log entry that the code leads to"),
    Column("at", Integer, nullable=False, comment="when it was sent or came"),
    Column("requesting", String, nullable=False, comment="State code"),
    Column("requested", String, nullable=False),
    Column("kind", String, nullable=False, comment="the case's procedure"),
    Column("mode", String, nullable=False),
    Column("printed", Integer, nullable=False, comment="when it was first printed"),
    Column("by", String, nullable=False),
    Index("letter_case", "case_id"),
)

kept_receipt = Table(
    "kept_receipt",
    metadata,
    Column("message_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column(
        "data", LargeBinary, nullable=False, comment="the peer's signature over its batch, our row and the path between"
    ),
    PrimaryKeyConstraint("message_id", "status"),
)
