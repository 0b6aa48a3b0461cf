"""What a node that nobody can reach from outside asks of its peers, and is given: the same bytes as a push brings.

    asked: {"v":1,"wait":25,"most":128,"taken":["<message id>", ...]}
    given: {"v":1,"batch":null or a batch,"receipts":null or receipts,"parts":[{"channel":..,"digest":..,"size":..}]}

The batch is that of `POST /v1/envelopes` and the receipts are those of `POST /v1/receipts`, to the byte. `parts`: of
the evidence that the batch's messages name, to be fetched before they are entered.

An answer has no request signature, so the header `comity-given` signs it: a JWS by the giver's transport key over
{"v":1,"by":..,"to":..,"at":..,"sha256":<digest of the body>}. What was changed on the way is so never taken for it.
"""

from typing import Annotated, Final, Literal

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import BadSignature
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.crypto import jws
from comity.crypto.signatures import Signer
from comity.exchange.envelope import BATCH_LIMIT, BATCH_MOST

ASKED_TYPE: Final = "application/comity-mailbox+json"
TYP: Final = "comity-mailbox+jws"
SEAL_HEADER: Final = "comity-given"
SKEW_SECONDS: Final = 300
_SEAL_LIMIT: Final = 4096
PATH: Final = "/v1/mailbox"
ASKED_LIMIT: Final = 16 * 1024
GIVEN_LIMIT: Final = BATCH_LIMIT
LONGEST_WAIT_SECONDS: Final = 25

_Count = Annotated[int, msgspec.Meta(ge=0, le=BATCH_MOST)]
_Id = Annotated[str, msgspec.Meta(max_length=64)]


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`wait`: how many seconds an empty answer may be held back; `most`: how many envelopes are taken now; `taken`: the
    messages whose second receipts were given before, and are entered."""

    v: Literal[1] = 1
    wait: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_WAIT_SECONDS)] = 0
    most: _Count = BATCH_MOST
    taken: Annotated[tuple[_Id, ...], msgspec.Meta(max_length=BATCH_MOST)] = ()


class PartName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of evidence: at `/v1/mailbox/parts/<channel>/<digest>`."""

    channel: str
    digest: str
    size: int


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`batch` and `receipts`: JSON as it was written, or null."""

    v: Literal[1] = 1
    batch: msgspec.Raw = msgspec.Raw(b"null")
    receipts: msgspec.Raw = msgspec.Raw(b"null")
    parts: tuple[PartName, ...] = ()

    @property
    def batch_bytes(self) -> bytes:
        """b'' where none is given."""
        return _bytes(self.batch)

    @property
    def receipt_bytes(self) -> bytes:
        return _bytes(self.receipts)

    @property
    def is_empty(self) -> bool:
        return not self.batch_bytes and not self.receipt_bytes


def _bytes(raw: msgspec.Raw) -> bytes:
    data = bytes(raw)
    return b"" if data == b"null" else data


def format_asked(asked: Asked) -> bytes:
    return to_json(asked)


def parse_asked(data: bytes) -> Asked:
    """Raises TooLarge or Malformed."""
    return read_json(data, Asked, limit=ASKED_LIMIT, what="the question to the mailbox")


def format_given(given: Given) -> bytes:
    return to_json(given)


def parse_given(data: bytes) -> Given:
    """Raises TooLarge or Malformed; what is in it is read where it is used."""
    return read_json(data, Given, limit=GIVEN_LIMIT, what="the mailbox")


class Seal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who gave which bytes to whom, and when (POSIX seconds)."""

    v: Literal[1] = 1
    by: str
    to: str
    at: int
    sha256: str


def seal_given(data: bytes, *, by: str, to: str, at: Instant, signer: Signer) -> str:
    """The header's value for an answer."""
    seal = Seal(by=by, to=to, at=at.seconds, sha256=str(Digest.of(data)))
    return jws.sign_compact(to_json(seal), signer, TYP).decode("ascii")


def kid_of(token: str) -> str:
    """The transport key an answer says it is signed with. Raises Malformed."""
    return jws.read_header(token.encode("ascii", "replace"), limit=_SEAL_LIMIT).kid


def open_given(data: bytes, token: str, public: bytes, *, by: str, to: str, now: Instant) -> Given:
    """The answer, if it is what `by` gave to `to` just now. Raises BadSignature, TooLarge or Malformed."""
    payload = jws.verify_compact(token.encode("ascii", "replace"), public, TYP, limit=_SEAL_LIMIT)
    seal = read_json(payload, Seal, limit=_SEAL_LIMIT, what="the mailbox's signature")
    is_ours = (seal.by, seal.to, seal.sha256) == (by, to, str(Digest.of(data)))
    if not is_ours or abs(seal.at - now.seconds) > SKEW_SECONDS:
        raise BadSignature("the answer is not what the peer gave us now", hint="ask again; see both clocks")
    return parse_given(data)
