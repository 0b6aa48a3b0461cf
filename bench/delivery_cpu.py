"""Cryptography, parsing and receipt of one delivery, in memory, as `as4` is measured: no database, no rules, no log.

Both sides in one process: sign and seal a document, the batch's body, its request's signature, open, verify, a signed
receipt for the batch, and its check.
"""

import time
from functools import cache
from typing import Final

from bench.delivery_node import DOCUMENT_BYTES
from bench.exchange import document_of
from comity.adapters.clock import SystemClock
from comity.adapters.randomness import SystemRandomness
from comity.base.ids import NodeId
from comity.base.mode import Mode
from comity.crypto import hpke
from comity.crypto.request_signature import sign_request, verify_request
from comity.crypto.signatures import Ed25519Signer
from comity.exchange import document as documents
from comity.exchange import envelope as envelopes
from comity.exchange import receipt

_BATCH: Final = 128
_URL: Final = "http://127.0.0.1:8400/v1/envelopes"
_COMMON: Final = ("v", "id", "mode", "from_", "to", "channel", "seq", "prev", "iat", "exp")


class _Keys:
    def __init__(self) -> None:
        random = SystemRandomness()
        self.signer, self.opener = Ed25519Signer(random.bytes(32)), hpke.HybridOpener(random.bytes(hpke.PRIVATE_BYTES))
        self.receipts = Ed25519Signer(random.bytes(32))


_keys = cache(_Keys)


def in_memory(count: int, most: int = _BATCH) -> float:
    """The processor's seconds for so many, in batches of `most` at most."""
    keys, random = _keys(), SystemRandomness()
    made = [document_of(random, DOCUMENT_BYTES) for _ in range(count)]
    begun = time.process_time()
    for start in range(0, count, most):
        _batch(made[start : start + most], keys, random)
    return time.process_time() - begun


def _batch(made: list[documents.Document], keys: _Keys, random: SystemRandomness) -> None:
    sealed = [_seal(one, keys) for one in made]
    body = envelopes.format_batch(random.bytes(16).hex(), sealed)
    now = SystemClock().now()
    headers = sign_request("POST", _URL, envelopes.MEDIA_TYPE, body, signer=keys.signer, at=now, nonce=random.bytes(16))
    verify_request("POST", _URL, headers, body, public_of=lambda _: keys.signer.public, now=now)
    _, came = envelopes.parse_batch(body)
    rows = []
    for envelope in came:
        signed = documents.verify(envelopes.open_sealed(envelope, keys.opener), keys.signer.public)
        status = receipt.Status.DELIVERED
        digest = str(signed.digest)
        rows.append(
            receipt.Row(
                id=signed.document.id,
                envelope_sha256=str(envelope.digest),
                status=status,
                at=now.seconds,
                doc_sha256=digest,
            )
        )
    us, them = NodeId("XA/central-authority"), NodeId("XB/central-authority")
    answer = receipt.issue(rows, by=them, to=us, mode=Mode.EXERCISE, at=now, signer=keys.receipts)
    if len(receipt.verify(answer, keys.receipts.public).rows) != len(made):
        raise ValueError("a receipt is missing")


def _seal(document: documents.Document, keys: _Keys) -> envelopes.Envelope:
    signed = documents.sign(document, keys.signer)
    fields = {name: getattr(document, name) for name in _COMMON}
    header = envelopes.Header(**fields, pri=0, suite=hpke.SUITE, rkid=keys.opener.kid)
    return envelopes.seal(signed.token, header, keys.opener.public)


def wire_bytes() -> int:
    """Of one envelope in a full batch and its row of the receipt, without HTTP's headers."""
    keys, random = _keys(), SystemRandomness()
    sealed = [_seal(document_of(random, DOCUMENT_BYTES), keys) for _ in range(_BATCH)]
    return len(envelopes.format_batch("0" * 32, sealed)) // _BATCH
