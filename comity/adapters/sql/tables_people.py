"""The tables of people who sign in. Times are POSIX seconds; keys are SHA-256 digests of what only a browser holds."""

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table

from comity.adapters.sql.tables import metadata

person = Table(
    "person",
    metadata,
    Column("id", String, primary_key=True, comment="pseudonym"),
    Column("name", String, nullable=False),
    Column("roles", String, nullable=False, comment="in order, a space between"),
    Column("active", Integer, nullable=False),
    Column("since", Integer, nullable=False),
    Column("subject", String, nullable=False, comment="issuer and subject of the identity provider, or empty"),
    Index("person_subject", "subject"),
)

invitation = Table(
    "invitation",
    metadata,
    Column("person", String, primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True, comment="digest of what the link holds"),
    Column("name", String, nullable=False),
    Column("roles", String, nullable=False),
    Column("invited_by", String, nullable=False),
    Column("expires", Integer, nullable=False),
)

passkey = Table(
    "passkey",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", LargeBinary, nullable=False, unique=True, comment="credential id"),
    Column("person", String, nullable=False),
    Column("public_key", LargeBinary, nullable=False, comment="COSE"),
    Column("sign_count", Integer, nullable=False),
    Column("name", String, nullable=False),
    Column("added", Integer, nullable=False),
    Column("used", Integer, nullable=False, comment="0 before the first time"),
    Index("passkey_person", "person"),
)

signed_in = Table(
    "signed_in",
    metadata,
    Column("key", LargeBinary, primary_key=True, comment="digest of the cookie's value"),
    Column("person", String, nullable=False),
    Column("secret", LargeBinary, nullable=False, comment="form tokens are made from it"),
    Column("begun", Integer, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("how", String, nullable=False),
    Index("signed_in_person", "person"),
)

challenge = Table(
    "challenge",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True, comment="digest of the challenge"),
    Column("purpose", String, nullable=False),
    Column("owner", String, nullable=False, comment="a session's key or a person"),
    Column("data", LargeBinary, nullable=False),
    Column("expires", Integer, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("person", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("fields", LargeBinary, nullable=False, comment="JSON: names to lists of texts"),
    Column("updated", Integer, nullable=False),
    PrimaryKeyConstraint("person", "kind"),
)

people_event = Table(
    "people_event",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="from 1, gapless"),
    Column("event", LargeBinary, nullable=False, comment="the event's JSON, exactly as linked"),
    Column("head", LargeBinary, nullable=False, comment="digest joining it to all before"),
)
