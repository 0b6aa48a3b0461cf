"""What a node speaks, as it says so at `/.well-known/comity`: a JWS (typ comity-version+jws) by its receipt key.

It helps an operator to find out why two nodes do not understand each other. It is never trusted for keys or addresses:
those stand in the directory.
"""

from typing import Final

import msgspec

from comity.base.encoding import to_json
from comity.base.errors import Malformed
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.crypto import hpke, jws
from comity.crypto.signatures import Signer
from comity.exchange.envelope import BATCH_LIMIT, BATCH_MOST, ENVELOPE_LIMIT, VERSION
from comity.exchange.message import KINDS

PATH: Final = "/.well-known/comity"
TYP: Final = "comity-version+jws"
MEDIA_TYPE: Final = "application/jose"
LIMIT: Final = 64 * 1024


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """In bytes, but `batch_envelopes`."""

    batch: int
    batch_envelopes: int
    envelope: int


class Speaks(msgspec.Struct, frozen=True, forbid_unknown_fields=False, kw_only=True):
    """The versions, suites and kinds a node takes, its limits, and the sequence of its own State's directory (0 where
    it has none). A field that a later version adds is passed over."""

    node: str
    mode: Mode
    at: int
    versions: tuple[int, ...]
    suites: tuple[int, ...]
    kinds: tuple[str, ...]
    limits: Limits
    directory: int = 0


def describe(node: str, mode: Mode, now: Instant, directory: int) -> Speaks:
    """What this release speaks."""
    return Speaks(
        node=node,
        mode=mode,
        at=now.seconds,
        versions=(VERSION,),
        suites=(hpke.SUITE,),
        kinds=tuple(KINDS),
        limits=Limits(BATCH_LIMIT, BATCH_MOST, ENVELOPE_LIMIT),
        directory=directory,
    )


def sign(speaks: Speaks, signer: Signer) -> bytes:
    return jws.sign_compact(to_json(speaks), signer, TYP)


def open_version(data: bytes, public: bytes, node: str) -> Speaks:
    """What `node` says it speaks. Raises BadSignature, or Malformed where another node said it."""
    payload = jws.verify_compact(data, public, TYP, limit=LIMIT)
    found = read_json(payload, Speaks, limit=LIMIT, what="the version document")
    if found.node != node:
        raise Malformed(f"the version document is of {found.node}", hint=f"asked was {node}: check its address")
    return found
