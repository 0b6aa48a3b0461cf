"""What the log keeps beside its entries: hashes of full tiles, its keys, alarms, what was seen of other logs."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table

from comity.adapters.sql.tables import metadata

log_subtree = Table(
    "log_subtree",
    metadata,
    Column("level", Integer, nullable=False, comment="1: over 256 entries, 2: over 65,536, ..."),
    Column("idx", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("level", "idx"),
)

log_edge = Table(
    "log_edge",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1", name="single"), primary_key=True),
    Column("size", Integer, nullable=False),
    Column(
        "nodes",
        LargeBinary,
        nullable=False,
        comment="the roots of the full subtrees the tree is made of, smallest first",
    ),
)

log_signer = Table(
    "log_signer",
    metadata,
    Column("name", String, primary_key=True, comment="which private key: log-2, log-3, ..."),
    Column("vkey", String, nullable=False),
    Column("added", Integer, nullable=False, comment="index of the statement key-add"),
    Column("added_at", Integer, nullable=False),
    Column("retired", Integer, comment="index of the statement key-retire, if it was"),
)

log_move = Table(
    "log_move",
    metadata,
    Column("first", Integer, primary_key=True, autoincrement=False, comment="where the first of them stands now"),
    Column("count", Integer, nullable=False),
    Column("was", Integer, nullable=False, comment="where it stood until the log was recovered"),
)

log_alarm = Table(
    "log_alarm",
    metadata,
    Column("kind", String, primary_key=True),
    Column("since", Integer, nullable=False),
    Column("what", String, nullable=False),
)

log_seen = Table(
    "log_seen",
    metadata,
    Column("origin", String, nullable=False, comment="another node's log"),
    Column("size", Integer, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("at", Integer, nullable=False, comment="when a witness first said so"),
    Column("note", LargeBinary, nullable=False, comment="the checkpoint as it was seen"),
    PrimaryKeyConstraint("origin", "size", "root"),
)

log_proof = Table(
    "log_proof",
    metadata,
    Column("message_id", String, nullable=False),
    Column("peer", String, nullable=False),
    Column("idx", Integer, nullable=False, comment="the entry in the peer's log"),
    Column("entry", LargeBinary, nullable=False),
    Column("proof", LargeBinary, nullable=False, comment="the tlog-proof, with its opening"),
    Column("at", Integer, nullable=False),
    PrimaryKeyConstraint("message_id", "peer"),
)

log_missing = Table(
    "log_missing",
    metadata,
    Column("message_id", String, nullable=False),
    Column("peer", String, nullable=False),
    Column("code", String, nullable=False, comment="what was wrong with the answer, or that none came"),
    Column("idx", Integer, nullable=False, comment="our public statement that says so"),
    PrimaryKeyConstraint("message_id", "peer"),
)

pair_close = Table(
    "pair_close",
    metadata,
    Column("period", String, nullable=False, comment="a month: 2026-11"),
    Column("peer", String, nullable=False),
    Column("salt", LargeBinary, nullable=False, comment="known to the two of the pair"),
    Column("ours", LargeBinary, nullable=False, comment="our statement, signed"),
    Column("theirs", LargeBinary, nullable=False, comment="the peer's, signed; empty until it came"),
    Column("idx", Integer, nullable=False, comment="our public entry"),
    PrimaryKeyConstraint("period", "peer"),
    Index("pair_close_peer", "peer"),
)

case_erased = Table(
    "case_erased",
    metadata,
    Column("case_id", String, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("by", String, nullable=False),
    Column("basis", String, nullable=False),
    Column("idx", Integer, nullable=False, comment="our public statement"),
)
