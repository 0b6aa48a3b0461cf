"""Layer 2, the document: what a court sees. A JWS over exact JSON bytes, by the sender's authority key.

`typ` = `comity-doc+jws`; payload <= 192 KiB. It names sender, recipient, channel and place in it, so that it cannot be
sent on as if to another, and those must equal its envelope's header.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import Malformed
from comity.base.mode import Mode
from comity.base.parsing import as_we_write, read_json
from comity.crypto import jws
from comity.crypto.signatures import Signer
from comity.exchange.envelope import VERSION
from comity.exchange.message import KINDS, Body
from comity.exchange.other_version import read_versioned
from comity.exchange.problems import ExchangeProblem

TYP: Final = "comity-doc+jws"
PAYLOAD_LIMIT: Final = 192 * 1024
JWS_LIMIT: Final = 260 * 1024
LONGEST_LIFE_DAYS: Final = 30

B = TypeVar("B", bound=Body)


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of an attached file, fetched by its digest."""

    sha256: str
    size: int


class AttachedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of a sealed package and the parts it is made of, in order."""

    name: str
    size: int
    parts: tuple[Part, ...]


class Actor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who acted, by pseudonym and role, and the second person who approved, where the kind needs one."""

    id: str
    role: str
    approved_by: str = ""


class InReplyTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The document answered: its message id and the SHA-256 of its JWS."""

    id: str
    sha256: str


class LogPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the sender's own log holds this document's entry."""

    origin: str
    index: int


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """The payload. `from_` is written `from`; times are POSIX seconds; `case` is the sender's own reference."""

    v: int
    id: str
    mode: Mode
    from_: str = msgspec.field(name="from")
    to: str
    iat: int
    exp: int
    channel: str
    seq: int
    prev: str
    case: str
    kind: str
    actor: Actor
    log: LogPlace
    in_reply_to: InReplyTo | None = None
    attachments: tuple[AttachedFile, ...] = ()
    body: msgspec.Raw

    def read_body(self, kind: type[B]) -> B:
        """The body as `kind`'s struct, which must be the one its tag stands for. Raises ExchangeProblem."""
        known = KINDS.get(self.kind)
        if known is None or known.body is not kind:
            raise ExchangeProblem("version", f"a message of kind {self.kind!r} is not known here")
        if isinstance(self.plain_body, kind):
            return self.plain_body
        try:
            return read_json(bytes(self.body), kind, limit=PAYLOAD_LIMIT, what=f"the {self.kind} message")
        except Malformed as error:
            where = f"body.{error.where}" if error.where else "body"
            raise ExchangeProblem("invalid-field", error.what, where=where) from None

    @cached_property
    def plain_body(self) -> Body | None:
        """The body, where it is spelt as we write it; else, or where its kind is not known, None."""
        known = KINDS.get(self.kind)
        return as_we_write(bytes(self.body), known.body) if known else None

    def any_body(self) -> Body:
        """The body as its tag says."""
        known = KINDS.get(self.kind)
        if known is None:
            raise ExchangeProblem("version", f"a message of kind {self.kind!r} is not known here")
        return self.read_body(known.body)


@dataclass(frozen=True)
class Signed:
    """A document and the very bytes that were signed. Without slots, so that they are hashed once."""

    document: Document
    token: bytes

    @cached_property
    def digest(self) -> Digest:
        """SHA-256 of the JWS."""
        return Digest.of(self.token)

    @property
    def answered(self) -> InReplyTo:
        """How a reply names this document."""
        return InReplyTo(self.document.id, str(self.digest))


def body_bytes(body: Body) -> msgspec.Raw:
    """A body as the JSON that goes into a document."""
    return msgspec.Raw(to_json(body))


def sign(document: Document, signer: Signer) -> Signed:
    """Sign a document with the sender's authority key. Raises TooLarge when it would not be accepted anywhere."""
    payload = to_json(document)
    if len(payload) > PAYLOAD_LIMIT:
        raise ExchangeProblem("too-large", f"the document is {len(payload)} bytes; the limit is {PAYLOAD_LIMIT}")
    return Signed(document, jws.sign_compact(payload, signer, TYP))


def kid_of(token: bytes) -> str:
    """Which key a JWS says it is signed with, before that is checked."""
    return jws.read_header(token, limit=JWS_LIMIT).kid


def verify(token: bytes, public: bytes) -> Signed:
    """The document, if `public` signed it. Raises BadSignature, TooLarge, Malformed, or ExchangeProblem for one of
    another version's fields."""
    payload = jws.verify_compact(token, public, TYP, limit=JWS_LIMIT)
    plain = as_we_write(payload, Document) if len(payload) <= PAYLOAD_LIMIT else None
    if plain is not None and plain.plain_body is not None:
        return Signed(plain, token)
    return Signed(read_versioned(payload, Document, VERSION, limit=PAYLOAD_LIMIT, what="the document"), token)
