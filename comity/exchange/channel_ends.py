"""After a backup was restored: a node asks a peer how far their channels have come, so that no number is given twice.

    POST /v1/channels   Ask, signed as every request of a node is (crypto.request_signature)
    answer              a JWS (typ comity-channels+jws) by the peer's receipt key over Ends

The peer says for each channel of the two, in the order of their ids, what it last got and how far it has sent; what it
sent and the asker has no more (`bring`), it sends again, the same bytes; and it gives back documents that the asker
itself signed and sent (`lost`), which are its own. A page holds at most `MOST` channels: the next is after the last.
"""

from typing import Annotated, Final

import msgspec

from comity.base.encoding import to_json
from comity.base.errors import Malformed
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.crypto import jws
from comity.crypto.signatures import Signer

PATH: Final = "/v1/channels"
TYP: Final = "comity-channels+jws"
ASK_TYPE: Final = "application/json"
MEDIA_TYPE: Final = "application/jose"
ASK_LIMIT: Final = 64 * 1024
LIMIT: Final = 3 * 1024 * 1024
"""Of an answer, in bytes: below what a courier takes."""
MOST: Final = 200
DOCUMENTS_LIMIT: Final = 2 * 1024 * 1024
_VERSION: Final = 1

_Id = Annotated[str, msgspec.Meta(max_length=64)]
_Number = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class After(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of a channel is not here: all after this number."""

    channel: _Id
    seq: _Number


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`after`: the last channel of the page before, or empty."""

    v: int = _VERSION
    after: _Id = ""
    bring: Annotated[tuple[After, ...], msgspec.Meta(max_length=MOST)] = ()
    lost: Annotated[tuple[After, ...], msgspec.Meta(max_length=MOST)] = ()


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One channel, as the peer has it: the last number and digest it got from the asker, and the last it sent."""

    channel: _Id
    got: _Number
    prev: str
    sent: _Number


class Own(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document of the asker's own, as it signed it."""

    channel: _Id
    seq: _Number
    id: str
    document: str


class Ends(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is signed. `more`: there are channels after the last; `rest`: documents that found no room."""

    v: int = _VERSION
    mode: Mode
    by: str
    to: str
    at: int
    after: str
    ends: Annotated[tuple[End, ...], msgspec.Meta(max_length=MOST)]
    more: bool
    own: tuple[Own, ...] = ()
    rest: int = 0


def read_ask(data: bytes) -> Ask:
    """Raises Malformed."""
    found = read_json(data, Ask, limit=ASK_LIMIT, what="the question about channels")
    if found.v != _VERSION:
        raise Malformed("a version of the question that is not known here", hint=f"this is version {_VERSION}")
    return found


def sign(ends: Ends, signer: Signer) -> bytes:
    return jws.sign_compact(to_json(ends), signer, TYP)


def open_ends(data: bytes, public: bytes, *, by: str, to: str, mode: Mode, after: str) -> Ends:
    """The answer of `by` to our question. Raises BadSignature, or Malformed where it answers another question."""
    payload = jws.verify_compact(data, public, TYP, limit=LIMIT * 2)
    found = read_json(payload, Ends, limit=LIMIT, what="the answer about channels")
    if (found.v, found.by, found.to, found.mode, found.after) != (_VERSION, by, to, mode, after):
        raise Malformed("the answer is not to this question", hint="ask again; see the peer's address")
    return found
