"""People with passkeys, their sessions and drafts; the JSON interface; what the log keeps beside its entries."""

import sqlalchemy as sa
from alembic import op

from comity.adapters.sql.log import SqlLog

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _directory()
    _exchange()
    _people()
    _interface()
    _log()
    _readings()


def _directory() -> None:
    """Who compared the fingerprint of a State's roots."""
    op.create_table(
        "directory_confirmed",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.BLOB(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("state", "fingerprint", "person"),
    )


def _exchange() -> None:
    """How each peer has answered."""
    op.create_table(
        "peer_line",
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, comment="in a row; 0 after an answer"),
        sa.Column("closed_until", sa.Integer(), nullable=False, comment="nothing is sent before then"),
        sa.Column("last_answer", sa.Integer(), comment="when it last answered"),
        sa.Column(
            "skew", sa.Integer(), nullable=False, comment="its clock less ours, in seconds, when it last answered"
        ),
        sa.Column("reason", sa.String(), nullable=False, comment="the code of the last failure"),
        sa.PrimaryKeyConstraint("peer"),
    )


def _people() -> None:
    """People, invitations, passkeys, sessions, challenges, drafts, and what changed among people."""
    op.create_table(
        "person",
        sa.Column("id", sa.String(), nullable=False, comment="pseudonym"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False, comment="in order, a space between"),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column(
            "subject", sa.String(), nullable=False, comment="issuer and subject of the identity provider, or empty"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("person_subject", "person", ["subject"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("key", sa.BLOB(), nullable=False, comment="digest of what the link holds"),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("invited_by", sa.String(), nullable=False),
        sa.Column("expires", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
        sa.UniqueConstraint("key", name=op.f("uq_invitation_key")),
    )
    op.create_table(
        "passkey",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.BLOB(), nullable=False, comment="credential id"),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("public_key", sa.BLOB(), nullable=False, comment="COSE"),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False, comment="0 before the first time"),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id", name=op.f("uq_passkey_id")),
    )
    op.create_index("passkey_person", "passkey", ["person"], unique=False)
    op.create_table(
        "signed_in",
        sa.Column("key", sa.BLOB(), nullable=False, comment="digest of the cookie's value"),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("secret", sa.BLOB(), nullable=False, comment="form tokens are made from it"),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("signed_in_person", "signed_in", ["person"], unique=False)
    op.create_table(
        "challenge",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("key", sa.BLOB(), nullable=False, comment="digest of the challenge"),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False, comment="a session's key or a person"),
        sa.Column("data", sa.BLOB(), nullable=False),
        sa.Column("expires", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("key", name=op.f("uq_challenge_key")),
    )
    op.create_table(
        "draft",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fields", sa.BLOB(), nullable=False, comment="JSON: names to lists of texts"),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", "kind"),
    )
    op.create_table(
        "people_event",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="from 1, gapless"),
        sa.Column("event", sa.BLOB(), nullable=False, comment="the event's JSON, exactly as linked"),
        sa.Column("head", sa.BLOB(), nullable=False, comment="digest joining it to all before"),
        sa.PrimaryKeyConstraint("number"),
    )


def _interface() -> None:
    """Tokens and webhooks of the JSON interface."""
    op.create_table(
        "token",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.BLOB(), nullable=False, comment="SHA-256 of its text; the text is not kept"),
        sa.Column("scopes", sa.String(), nullable=False, comment="with a space between"),
        sa.Column("people", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("made_at", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("expires", sa.Integer(), nullable=False),
        sa.Column("last_used", sa.Integer(), comment="to the minute"),
        sa.Column("revoked", sa.Integer()),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id", name="uq_token_id"),
    )
    op.create_table(
        "webhook",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kinds", sa.String(), nullable=False, comment="of events, with a space between; empty for all"),
        sa.Column("made_at", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False, comment="the first log entry it was not told of"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt", sa.Integer(), comment="none: at once"),
        sa.Column("lease_until", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.Integer()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("id", name="uq_webhook_id"),
    )


def _log() -> None:
    """What the log keeps beside its entries. Of a log that has full tiles already, the hashes over them are made."""
    op.create_table(
        "log_subtree",
        sa.Column("level", sa.Integer(), nullable=False, comment="1: over 256 entries, 2: over 65,536, ..."),
        sa.Column("idx", sa.Integer(), nullable=False),
        sa.Column("hash", sa.BLOB(), nullable=False),
        sa.PrimaryKeyConstraint("level", "idx"),
    )
    op.create_table(
        "log_edge",
        sa.Column("one", sa.Integer(), sa.CheckConstraint("one = 1", name=op.f("ck_log_edge_single")), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "nodes",
            sa.BLOB(),
            nullable=False,
            comment="the roots of the full subtrees the tree is made of, smallest first",
        ),
        sa.PrimaryKeyConstraint("one"),
    )
    op.create_table(
        "log_signer",
        sa.Column("name", sa.String(), nullable=False, comment="which private key: log-2, log-3, ..."),
        sa.Column("vkey", sa.String(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False, comment="index of the statement key-add"),
        sa.Column("added_at", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Integer(), nullable=True, comment="index of the statement key-retire, if it was"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "log_alarm",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind"),
    )
    op.create_table(
        "log_seen",
        sa.Column("origin", sa.String(), nullable=False, comment="another node's log"),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.BLOB(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False, comment="when a witness first said so"),
        sa.Column("note", sa.BLOB(), nullable=False, comment="the checkpoint as it was seen"),
        sa.PrimaryKeyConstraint("origin", "size", "root"),
    )
    op.create_table(
        "log_proof",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("idx", sa.Integer(), nullable=False, comment="the entry in the peer's log"),
        sa.Column("entry", sa.BLOB(), nullable=False),
        sa.Column("proof", sa.BLOB(), nullable=False, comment="the tlog-proof, with its opening"),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "peer"),
    )
    op.create_table(
        "log_missing",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False, comment="what was wrong with the answer, or that none came"),
        sa.Column("idx", sa.Integer(), nullable=False, comment="our public statement that says so"),
        sa.PrimaryKeyConstraint("message_id", "peer"),
    )
    op.create_table(
        "pair_close",
        sa.Column("period", sa.String(), nullable=False, comment="a month: 2026-11"),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("salt", sa.BLOB(), nullable=False, comment="known to the two of the pair"),
        sa.Column("ours", sa.BLOB(), nullable=False, comment="our statement, signed"),
        sa.Column("theirs", sa.BLOB(), nullable=False, comment="the peer's, signed; empty until it came"),
        sa.Column("idx", sa.Integer(), nullable=False, comment="our public entry"),
        sa.PrimaryKeyConstraint("period", "peer"),
    )
    op.create_index("pair_close_peer", "pair_close", ["peer"], unique=False)
    op.create_table(
        "case_erased",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("idx", sa.Integer(), nullable=False, comment="our public statement"),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.drop_index("log_case", "log_entry")
    op.create_index("log_case", "log_entry", ["case_id"], unique=False, sqlite_where=sa.text("case_id <> ''"))
    SqlLog(op.get_bind()).rebuild()


def _readings() -> None:
    """Who looked at what, letters that were printed, receipts that peers gave us."""
    op.create_table(
        "access",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False, comment="read, exported or printed"),
        sa.Column("case_id", sa.String(), nullable=False, comment="empty for a page about all cases"),
        sa.Column("page", sa.String(), nullable=False, comment="its path, without what was asked"),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_table(
        "letter",
        sa.Column(
            "code_sha256",
            sa.BLOB(),
            nullable=False,
            comment="digest of the check code; the code itself is not kept",
        ),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("idx", sa.Integer(), nullable=False, comment="the log entry that the code leads to"),
        sa.Column("at", sa.Integer(), nullable=False, comment="when it was sent or came"),
        sa.Column("requesting", sa.String(), nullable=False, comment="State code"),
        sa.Column("requested", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False, comment="the case's procedure"),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("printed", sa.Integer(), nullable=False, comment="when it was first printed"),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("code_sha256"),
    )
    op.create_index("letter_case", "letter", ["case_id"], unique=False)
    op.create_table(
        "kept_receipt",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column(
            "data",
            sa.BLOB(),
            nullable=False,
            comment="the peer's signature over its batch, our row and the path between",
        ),
        sa.PrimaryKeyConstraint("message_id", "status"),
    )
