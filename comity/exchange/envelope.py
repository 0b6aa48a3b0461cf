"""Layer 1, the envelope: a public header of at most 1 KiB and HPKE ciphertext for one recipient.

    ct     = HPKE.seal(recipient, info = "comity/1/envelope" 0x00 SHA-256(header), padded JWS)
    padded = length of the JWS (4 bytes, big-endian), the JWS, zeros up to a Padmé size
    digest = SHA-256(length of the header (4 bytes, big-endian), header, ct)

The header is hashed and carried as the bytes it came in. Wire, `application/comity-batch+json`:
    {"v":1,"id":...,"envelopes":[{"header":b64u,"ct":b64u}]}, at most 128 envelopes and 4 MiB.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import Malformed
from comity.base.mode import Mode
from comity.base.parsing import check_size
from comity.crypto import hpke
from comity.exchange.other_version import read_versioned, refuse_version

MEDIA_TYPE: Final = "application/comity-batch+json"
VERSION: Final = 1
HEADER_LIMIT: Final = 1024
ENVELOPE_LIMIT: Final = 320 * 1024
BATCH_LIMIT: Final = 4 * 1024 * 1024
BATCH_MOST: Final = 128
BATCH_FRAME: Final = 1024
"""More bytes than a batch has beside its envelopes."""
_INFO: Final = b"comity/1/envelope\0"


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What may be seen on the way. `channel` is random and says nothing; `pri`: 0 routine, 1 urgent, 2 threat to life;
    `prev`: digest of the sender's previous envelope on this channel, empty for the first; `rkid`: `hpke.key_id`."""

    v: int
    id: str
    mode: Mode
    from_: str = msgspec.field(name="from")
    to: str
    channel: str
    seq: int
    prev: str
    iat: int
    exp: int
    pri: int
    suite: int
    rkid: str


@dataclass(frozen=True)
class Envelope:
    """The bytes as they travel and are kept; a retry sends these again, never newly sealed ones.

    Without slots, so that its digest and its header are found once: each step of its way asks for them.
    """

    header_bytes: bytes
    ct: bytes

    @cached_property
    def digest(self) -> Digest:
        return Digest.of(len(self.header_bytes).to_bytes(4, "big"), self.header_bytes, self.ct)

    def read_header(self) -> Header:
        """Raises TooLarge or Malformed, or ExchangeProblem for one of another version's fields."""
        return self._header

    @cached_property
    def _header(self) -> Header:
        return read_versioned(self.header_bytes, Header, VERSION, limit=HEADER_LIMIT, what="the envelope's header")


def seal(token: bytes, header: Header, recipient: bytes) -> Envelope:
    """Encrypt a document's JWS to `recipient` (hpke public key), bound to `header`."""
    header_bytes = to_json(header)
    check_size(header_bytes, HEADER_LIMIT, "the envelope's header")
    return Envelope(header_bytes, hpke.seal(_pad(token), recipient, _info(header_bytes)))


def open_sealed(envelope: Envelope, opener: hpke.Opener) -> bytes:
    """The document's JWS. Raises hpke.CannotOpen when header or ciphertext were changed or are not for us."""
    return _unpad(opener.open_sealed(envelope.ct, _info(envelope.header_bytes)))


def _info(header_bytes: bytes) -> bytes:
    return _INFO + Digest.of(header_bytes).value


def padded_size(size: int) -> int:
    """The Padmé size for `size` bytes: at most 12 % more, so that the length says little.

    Source: Nikitin and others, 'Reducing Metadata Leakage from Encrypted Files', PoPETs 2019, section 4.
    """
    if size < 2:
        return size
    exponent = size.bit_length() - 1
    keep = exponent.bit_length()
    mask = (1 << (exponent - keep)) - 1 if exponent > keep else 0
    return (size + mask) & ~mask


def _pad(token: bytes) -> bytes:
    content = len(token).to_bytes(4, "big") + token
    return content.ljust(padded_size(len(content)), b"\0")


def _unpad(padded: bytes) -> bytes:
    size = int.from_bytes(padded[:4], "big")
    token, rest = padded[4 : 4 + size], padded[4 + size :]
    if len(token) != size or rest.strip(b"\0") or len(padded) != padded_size(4 + size):
        raise hpke.CannotOpen(
            "the ciphertext opens to something that is no document", hint="ask the sender for a new one"
        )
    return token


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    header: str
    ct: str


class _Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: int
    id: str
    envelopes: tuple[_Wire, ...]


def format_batch(batch_id: str, envelopes: Sequence[Envelope]) -> bytes:
    """Envelopes as the body of a POST."""
    return to_json(_Batch(VERSION, batch_id, tuple(_Wire(b64u(e.header_bytes), b64u(e.ct)) for e in envelopes)))


def size_in_batch(envelope: Envelope) -> int:
    """At most how many bytes an envelope takes in a batch: two base64url texts and their names."""
    return 4 * (len(envelope.header_bytes) + len(envelope.ct)) // 3 + 64


def parse_batch(data: bytes) -> tuple[str, tuple[Envelope, ...]]:
    """The batch id and its envelopes. Raises TooLarge, Malformed or ExchangeProblem; headers are not read yet."""
    batch = read_versioned(data, _Batch, VERSION, limit=BATCH_LIMIT, what="the batch")
    if batch.v != VERSION:
        refuse_version(batch.v, VERSION, "the batch")
    if not 0 < len(batch.envelopes) <= BATCH_MOST:
        raise Malformed(f"a batch holds 1 to {BATCH_MOST} envelopes", hint="split it")
    envelopes = tuple(Envelope(from_b64u(wire.header), from_b64u(wire.ct)) for wire in batch.envelopes)
    for envelope in envelopes:
        check_size(envelope.header_bytes, HEADER_LIMIT, "an envelope's header")
        check_size(envelope.ct, ENVELOPE_LIMIT, "an envelope")
    return batch.id, envelopes
