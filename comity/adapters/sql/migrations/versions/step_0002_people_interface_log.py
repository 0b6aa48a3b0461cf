"""People with passkeys, their sessions and drafts; the JSON interface; what the log keeps beside its entries."""

import json

import sqlalchemy as sa
from alembic import op

from comity.adapters.sql.log import SqlLog

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _directory()
    _exchange()
    _peers()
    _people()
    _interface()
    _log()
    _log_moves()
    _readings()
    _writer()
    _resume()
    _emergencies()
    _evidence()
    _statistics()
    _signals()
    _work()
    _case_index()


def _case_index() -> None:
    """What is looked up across cases. Those that are here come due at once, and are entered anew when looked at."""
    op.create_table(
        "case_index",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("their_case", sa.String(), nullable=False, comment="empty in a case of our own"),
        sa.Column(
            "due", sa.String(), comment="the first day something of it may run out, YYYY-MM-DD; null: nothing does"
        ),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("case_index_due", "case_index", ["due"])
    op.create_index("case_index_theirs", "case_index", ["peer", "their_case"])
    connection = op.get_bind()
    firsts = connection.execute(sa.text("SELECT case_id, event FROM case_event WHERE number = 1")).fetchall()
    for case_id, event in firsts:
        said = json.loads(bytes(event))
        row = {"case": case_id, "peer": said["peer"], "theirs": said.get("their_case", ""), "due": "0001-01-01"}
        connection.execute(sa.text("INSERT INTO case_index VALUES (:case, :peer, :theirs, :due)"), row)


def _log_moves() -> None:
    """Entries that got new places when the log was recovered."""
    op.create_table(
        "log_move",
        sa.Column(
            "first",
            sa.Integer(),
            primary_key=True,
            autoincrement=False,
            comment="where the first of them stands now",
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("was", sa.Integer(), nullable=False, comment="where it stood until the log was recovered"),
    )


def _directory() -> None:
    """Who compared the fingerprint of a State's roots."""
    op.create_table(
        "directory_confirmed",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
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


def _emergencies() -> None:
    """Emergencies that came, by authority, and notices to us of emergencies in our State's name."""
    op.create_table(
        "emergency",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False, comment="when it came"),
        sa.Column("text_sha256", sa.String(), nullable=False, comment="digest of what it was justified with"),
        sa.Column("review_due", sa.Integer(), nullable=False, comment="POSIX seconds; policy"),
        sa.Column("outcome", sa.String(), nullable=False, comment="open, confirmed or unconfirmed"),
        sa.Column("waits", sa.Boolean(), nullable=False, comment="for a named person's decision"),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("emergency_peer", "emergency", ["peer", "at"], unique=False)
    op.create_index("emergency_text", "emergency", ["text_sha256"], unique=False)
    op.create_table(
        "emergency_notice",
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False, comment="the requested State's authority, which tells us"),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False, comment="received, denied or unconfirmed"),
        sa.Column("asked_by", sa.String(), nullable=False, comment="the node that asked in our State's name"),
        sa.Column("key", sa.String(), nullable=False, comment="id of the key that signed"),
        sa.Column("their_case", sa.String(), nullable=False),
        sa.Column("asker_case", sa.String(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False, comment="when the emergency came to them"),
        sa.Column("idx", sa.Integer(), nullable=False, comment="our log entry for the notice"),
        sa.Column("seen_by", sa.String(), nullable=False, comment="who of ours looked into it; empty while nobody has"),
        sa.PrimaryKeyConstraint("message"),
    )


def _peers() -> None:
    """Credit and suspension of peers, the urgent lane, and every directory that was seen."""
    op.create_table(
        "peer_credit",
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("routine", sa.Integer(), nullable=False, comment="how many more routine envelopes it said it takes"),
        sa.Column("urgent", sa.Integer(), nullable=False, comment="how many more of the others"),
        sa.Column("until", sa.Integer(), nullable=False, comment="after then it is no longer heeded"),
        sa.PrimaryKeyConstraint("peer"),
    )
    op.create_table(
        "peer_suspended",
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("peer"),
    )
    op.create_table(
        "directory_history",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False, comment="digest of what the roots signed"),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="the signed list"),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.String(),
            nullable=False,
            comment="adopted, or forked: refused, for another of that number came first",
        ),
        sa.PrimaryKeyConstraint("state", "sequence", "sha256"),
    )
    op.add_column(
        "inbox",
        sa.Column(
            "priority", sa.Integer(), nullable=False, server_default="0", comment="as its header says; 0 routine"
        ),
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
        sa.Column("key", sa.LargeBinary(), nullable=False, comment="digest of what the link holds"),
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
        sa.Column("id", sa.LargeBinary(), nullable=False, comment="credential id"),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False, comment="COSE"),
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
        sa.Column("key", sa.LargeBinary(), nullable=False, comment="digest of the cookie's value"),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False, comment="form tokens are made from it"),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("signed_in_person", "signed_in", ["person"], unique=False)
    op.create_table(
        "challenge",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False, comment="digest of the challenge"),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False, comment="a session's key or a person"),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("expires", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("row"),
        sa.UniqueConstraint("key", name=op.f("uq_challenge_key")),
    )
    op.create_table(
        "draft",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=False, comment="JSON: names to lists of texts"),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", "kind"),
    )
    op.create_table(
        "people_event",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="from 1, gapless"),
        sa.Column("event", sa.LargeBinary(), nullable=False, comment="the event's JSON, exactly as linked"),
        sa.Column("head", sa.LargeBinary(), nullable=False, comment="digest joining it to all before"),
        sa.PrimaryKeyConstraint("number"),
    )


def _interface() -> None:
    """Tokens and webhooks of the JSON interface."""
    op.create_table(
        "token",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of its text; the text is not kept"),
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
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "idx"),
    )
    op.create_table(
        "log_edge",
        sa.Column("one", sa.Integer(), sa.CheckConstraint("one = 1", name=op.f("ck_log_edge_single")), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "nodes",
            sa.LargeBinary(),
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
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False, comment="when a witness first said so"),
        sa.Column("note", sa.LargeBinary(), nullable=False, comment="the checkpoint as it was seen"),
        sa.PrimaryKeyConstraint("origin", "size", "root"),
    )
    op.create_table(
        "log_proof",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("idx", sa.Integer(), nullable=False, comment="the entry in the peer's log"),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False, comment="the tlog-proof, with its opening"),
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
        sa.Column("salt", sa.LargeBinary(), nullable=False, comment="known to the two of the pair"),
        sa.Column("ours", sa.LargeBinary(), nullable=False, comment="our statement, signed"),
        sa.Column("theirs", sa.LargeBinary(), nullable=False, comment="the peer's, signed; empty until it came"),
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
    of_cases = sa.text("case_id <> ''")
    op.create_index("log_case", "log_entry", ["case_id"], sqlite_where=of_cases, postgresql_where=of_cases)
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
            sa.LargeBinary(),
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
            sa.LargeBinary(),
            nullable=False,
            comment="the peer's signature over its batch, our row and the path between",
        ),
        sa.PrimaryKeyConstraint("message_id", "status"),
    )


def _writer() -> None:
    """The row that a transaction on PostgreSQL locks before it writes."""
    writer = op.create_table(
        "writer",
        sa.Column("one", sa.Integer(), sa.CheckConstraint("one = 1", name=op.f("ck_writer_single")), nullable=False),
        sa.PrimaryKeyConstraint("one"),
    )
    op.bulk_insert(writer, [{"one": 1}])


def _evidence() -> None:
    """Evidence on its way: the parts that peers brought, and how far our own have come."""
    op.create_table(
        "part_come",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False, comment="its name, hex"),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False, comment="when it was last brought"),
        sa.PrimaryKeyConstraint("channel", "digest"),
    )
    op.create_index("part_come_case", "part_come", ["case_id"], unique=False)
    op.create_index("part_come_digest", "part_come", ["digest"], unique=False)
    op.create_table(
        "transfer",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False, comment="bytes that the peer acknowledged"),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )


def _statistics() -> None:
    """Statistics as they were published."""
    op.create_table(
        "statistics",
        sa.Column("period", sa.String(), nullable=False, comment="2026-Q4, 2026 or 2026-11"),
        sa.Column("data", sa.LargeBinary(), nullable=False, comment="the release, as it is hashed"),
        sa.Column("idx", sa.Integer(), nullable=False, comment="our public statement"),
        sa.Column("published", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period"),
    )


def _signals() -> None:
    """Questions that a signal opened."""
    op.create_table(
        "signal_question",
        sa.Column("id", sa.String(), nullable=False, comment="UUIDv7"),
        sa.Column("signal", sa.String(), nullable=False),
        sa.Column("requester", sa.String(), nullable=False, comment="the node whose requests it is about"),
        sa.Column("asked_by", sa.String(), nullable=False, comment="of oversight"),
        sa.Column("asked_of", sa.String(), nullable=False, comment="the person who must answer"),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False, comment="POSIX seconds; policy"),
        sa.Column("reading", sa.LargeBinary(), nullable=False, comment="what the signal was read from, as JSON"),
        sa.Column("text", sa.Text(), nullable=False, comment="what oversight asks"),
        sa.Column("answered_at", sa.Integer(), nullable=False, comment="0 while nobody has"),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("signal_question_asked_of", "signal_question", ["asked_of", "answered_at"], unique=False)


def _resume() -> None:
    """What a restored node does not know yet."""
    op.create_table(
        "resume_peer",
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("backup_at", sa.Integer(), nullable=False, comment="what was done since then is not here"),
        sa.Column("asked_at", sa.Integer(), comment="nothing is sent to the peer before"),
        sa.Column(
            "asked_by", sa.String(), nullable=False, comment="who said by hand that nothing is missing, or empty"
        ),
        sa.PrimaryKeyConstraint("peer"),
    )
    op.create_table(
        "lost_document",
        sa.Column("peer", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column(
            "document", sa.LargeBinary(), nullable=False, comment="as we signed and sent it; the peer gave it back"
        ),
        sa.PrimaryKeyConstraint("peer", "channel", "seq"),
    )


def _work() -> None:
    """How the processes of a node share its work."""
    op.create_table(
        "node_lock",
        sa.Column("name", sa.String(), nullable=False, comment="what is held; who holds it has the row locked"),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "turn",
        sa.Column("name", sa.String(), nullable=False, comment="what is done from time to time, by one process"),
        sa.Column("next_at", sa.Integer(), nullable=False, comment="POSIX seconds"),
        sa.Column(
            "lease_until", sa.Integer(), nullable=False, comment="by then it is done, or another process does it"
        ),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "process",
        sa.Column("id", sa.String(), nullable=False, comment="chance"),
        sa.Column("kind", sa.String(), nullable=False, comment="serve or work"),
        sa.Column("began", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False, comment="when it last said that it lives"),
        sa.Column("mark", sa.String(), nullable=False, comment="what it wrote last, to read it again"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column(
        "inbox",
        sa.Column(
            "lease_until", sa.Integer(), nullable=False, server_default="0", comment="somebody opens it until then"
        ),
    )
