"""One receipt shown without the others of its batch: the peer's signature, the row, and the path from it to the root.

    {"jws":<typ comity-receipt+jws over Signature>,"row":b64u of the row's JSON,"index":<from 0>,"path":[b64u, ...]}

A batch speaks of messages of several cases. Who is shown one case's receipts learns nothing of the others.
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadProof, BadSignature
from comity.base.parsing import read_json
from comity.crypto import jws, merkle
from comity.exchange.receipt import TYP, Receipts, Row, Signature

LIMIT: Final = 64 * 1024


class _Alone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    jws: str
    row: str
    index: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceiptAlone:
    """A receipt that holds: what the peer signed of the batch, and the row."""

    signature: Signature
    row: Row


def alone(receipts: Receipts, number: int) -> bytes:
    """Row `number`, from 0, of a batch that was verified."""
    leaves = [merkle.leaf_hash(row) for row in receipts.row_bytes]
    path = tuple(b64u(beside.value) for beside in merkle.inclusion_path(leaves, number))
    return to_json(_Alone(receipts.token.decode("ascii"), b64u(receipts.row_bytes[number]), number, path))


def each(receipts: Receipts) -> list[bytes]:
    """Every row of a batch that was verified, as `alone` gives one."""
    paths = merkle.paths([[b64u(node) for node in level] for level in merkle.levels(receipts.row_bytes)])
    token = receipts.token.decode("ascii")
    return [
        to_json(_Alone(token, b64u(row), number, path))
        for number, (row, path) in enumerate(zip(receipts.row_bytes, paths, strict=True))
    ]


def kid_of(data: bytes) -> str:
    """The receipt key that it says it is signed with."""
    return jws.read_header(_read(data).jws.encode("ascii", "replace"), limit=LIMIT).kid


def verify(data: bytes, public: bytes) -> ReceiptAlone:
    """The receipt, if `public` signed its batch and the row is under the root. Raises BadSignature or Malformed."""
    read = _read(data)
    payload = jws.verify_compact(read.jws.encode("ascii", "replace"), public, TYP, limit=LIMIT)
    signature = read_json(payload, Signature, limit=LIMIT, what="the receipt's signature")
    row = from_b64u(read.row)
    path = tuple(Digest(from_b64u(one)) for one in read.path)
    try:
        merkle.verify_inclusion(
            merkle.leaf_hash(row), read.index, signature.size, path, Digest.from_hex(signature.root)
        )
    except BadProof:
        raise BadSignature("the row is not one that was signed", hint="ask the peer again") from None
    return ReceiptAlone(signature, read_json(row, Row, limit=LIMIT, what="a receipt"))


def row_in(data: bytes) -> Row:
    """What one says that was verified when it came. Raises Malformed."""
    return read_json(from_b64u(_read(data).row), Row, limit=LIMIT, what="a receipt")


def _read(data: bytes) -> _Alone:
    return read_json(data, _Alone, limit=LIMIT, what="the receipt")
