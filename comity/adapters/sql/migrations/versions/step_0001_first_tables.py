"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "case_event",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="from 1, gapless within a case"),
        sa.Column("event", sa.LargeBinary(), nullable=False, comment="the event's JSON, exactly as linked"),
        sa.Column("head", sa.LargeBinary(), nullable=False, comment="digest joining it to all before"),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_case_event_case_id")),
    )
    op.create_table(
        "channel",
        sa.Column("id", sa.String(), nullable=False, comment="random, 128 bits"),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("sent_seq", sa.Integer(), nullable=False),
        sa.Column(
            "sent_prev", sa.String(), nullable=False, comment="digest of our last envelope, hex; empty before the first"
        ),
        sa.Column("received_seq", sa.Integer(), nullable=False),
        sa.Column("received_prev", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "peer", name=op.f("uq_channel_case_id")),
    )
    op.create_table(
        "custody",
        sa.Column("package", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.LargeBinary(), nullable=False, comment="the signed act"),
        sa.PrimaryKeyConstraint("package", "number"),
    )
    op.create_table(
        "directory",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="the signed list"),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("trusted_by", sa.String(), nullable=False),
        sa.Column("trusted_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("state"),
    )
    op.create_table(
        "inbox",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("ct", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("doc_sha256", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("sender", "id", name=op.f("uq_inbox_sender")),
    )
    op.create_index("inbox_state", "inbox", ["state"], unique=False)
    op.create_table(
        "log_entry",
        sa.Column("idx", sa.Integer(), autoincrement=False, nullable=False, comment="place in the log, from 0"),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("stat", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("stat_salt", sa.LargeBinary(), nullable=False),
        sa.Column("body_salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("idx"),
    )
    op.create_index("log_case", "log_entry", ["case_id"], unique=False)
    op.create_table(
        "log_key",
        sa.Column(
            "scope", sa.String(), nullable=False, comment="case:<id> or period:<year-month>; destroying it erases"
        ),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.create_table(
        "log_signed",
        sa.Column(
            "one", sa.Integer(), sa.CheckConstraint("one = 1", name=op.f("ck_log_signed_single")), nullable=False
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("one"),
    )
    op.create_table(
        "outbox",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False, comment="envelope header, as hashed"),
        sa.Column("ct", sa.LargeBinary(), nullable=False, comment="envelope ciphertext: a retry sends these bytes"),
        sa.Column("document", sa.LargeBinary(), nullable=False, comment="the JWS inside"),
        sa.Column("package", sa.String(), nullable=False, comment="evidence to bring first, or empty"),
        sa.Column("expires", sa.Integer(), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )
    op.create_index("outbox_due", "outbox", ["state", "next_attempt"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("row", sa.LargeBinary(), nullable=False, comment="receipt row JSON"),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("next_attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("receipt_due", "receipt", ["done", "next_attempt"], unique=False)
    op.create_index("receipt_message", "receipt", ["peer", "message_id"], unique=False)
    op.create_table(
        "witnessed",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False, comment="checkpoint with our cosignature"),
        sa.PrimaryKeyConstraint("origin"),
    )
