"""Signed receipts: these bytes, received at this time, and what became of them.

Two for each message: `stored` (on our disk) and then `delivered` or `rejected` (opened, checked, entered in the case).
The sender stops only at the second. One signature covers a batch: rows are the leaves of an RFC 9162 tree and the
signed part carries its root, so that one row can be shown with its path and without the others.

Where messages of a channel are missing that later ones wait for, the signed part names them (`missing`), and their
sender brings them again.

Wire: {"jws":<typ comity-receipt+jws over Signature>,"rows":[b64u of a Row's JSON, ...]}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadSignature, Malformed
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.crypto import jws, merkle
from comity.crypto.signatures import Signer
from comity.exchange.other_version import read_versioned, refuse_version
from comity.exchange.receipt_code import ReceiptCode

TYP: Final = "comity-receipt+jws"
MEDIA_TYPE: Final = "application/comity-receipts+json"
LIMIT: Final = 512 * 1024
_VERSION: Final = 1


class Status(StrEnum):
    STORED = "stored"
    DELIVERED = "delivered"
    REJECTED = "rejected"


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One message: its id, the envelope's digest, what became of it, the document's digest once opened, and for
    `rejected` the problem's code, with the field at fault if it is known (`receipt_code`). `at` is POSIX seconds."""

    id: str
    envelope_sha256: str
    status: Status
    at: int
    doc_sha256: str = ""
    code: ReceiptCode = ""


class Missing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Places of a channel that were not filled, though later ones came."""

    channel: str
    seqs: tuple[int, ...]


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What is signed: who answers whom, when, and the root over the rows."""

    v: int
    mode: Mode
    by: str
    to: str
    at: int
    size: int
    root: str
    missing: tuple[Missing, ...] = ()


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    jws: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipts:
    """A verified batch of receipts, with the rows as the bytes that were hashed."""

    signature: Signature
    token: bytes
    row_bytes: tuple[bytes, ...]
    rows: tuple[Row, ...]


def issue(
    rows: Sequence[Row],
    *,
    by: str,
    to: str,
    mode: Mode,
    at: Instant,
    signer: Signer,
    missing: Sequence[Missing] = (),
) -> bytes:
    """Sign receipts for `rows` with the receipt key; the wire bytes."""
    row_bytes = [to_json(row) for row in rows]
    root = merkle.root_over(row_bytes)
    signature = Signature(
        v=_VERSION,
        mode=mode,
        by=by,
        to=to,
        at=at.seconds,
        size=len(row_bytes),
        root=str(root),
        missing=tuple(missing),
    )
    token = jws.sign_compact(to_json(signature), signer, TYP)
    return to_json(_Wire(token.decode("ascii"), tuple(b64u(row) for row in row_bytes)))


def kid_of(data: bytes) -> str:
    """The key a batch of receipts says it is signed with."""
    wire = read_json(data, _Wire, limit=LIMIT, what="the receipts")
    return jws.read_header(wire.jws.encode("ascii", "replace"), limit=LIMIT).kid


def verify(data: bytes, public: bytes) -> Receipts:
    """The receipts, if `public` signed them and every row is under the root. Raises BadSignature or Malformed."""
    wire = read_json(data, _Wire, limit=LIMIT, what="the receipts")
    token = wire.jws.encode("ascii", "replace")
    payload = jws.verify_compact(token, public, TYP, limit=LIMIT)
    signature = read_versioned(payload, Signature, _VERSION, limit=LIMIT, what="the receipts' signature")
    row_bytes = tuple(from_b64u(row) for row in wire.rows)
    if signature.v != _VERSION:
        refuse_version(signature.v, _VERSION, "the receipts' signature")
    if not row_bytes:
        raise Malformed("receipts without a row", hint="ask the peer again")
    root = merkle.root_over(row_bytes)
    if signature.size != len(row_bytes) or signature.root != str(root):
        raise BadSignature("the rows are not the ones that were signed", hint="ask the peer again")
    rows = tuple(read_json(row, Row, limit=LIMIT, what="a receipt") for row in row_bytes)
    for row in rows:
        Digest.from_hex(row.envelope_sha256)
        Instant.from_seconds(row.at)
    return Receipts(signature, token, row_bytes, rows)
