"""Values to bytes, once. What is signed or hashed is carried as those bytes and never encoded again.

JSON here is I-JSON (RFC 7493) as msgspec writes it: UTF-8, no spaces, fields in the order of the class, no floats.
Base64url is without padding (RFC 7515 section 2) and read strictly: one spelling for one value.
"""

import base64
import binascii

import msgspec

from comity.base.errors import Malformed

_encoder = msgspec.json.Encoder()


def to_json(value: object) -> bytes:
    """The one encoding of a Struct, list, dict, str, int or bool as JSON bytes."""
    return _encoder.encode(value)


def b64u(value: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def from_b64u(text: str) -> bytes:
    """Bytes of an unpadded base64url text. Raises Malformed for anything but the one canonical spelling."""
    try:
        value = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        value = None
    if value is None or b64u(value) != text:
        raise Malformed("not base64url", hint="RFC 7515 section 2: no padding, canonical")
    return value


def b64(value: bytes) -> str:
    """Standard base64 with padding (signed notes, checkpoints)."""
    return base64.b64encode(value).decode("ascii")


def from_b64(text: str) -> bytes:
    """Bytes of a padded standard base64 text, canonical only; raises Malformed."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        value = None
    if value is None or b64(value) != text:
        raise Malformed("not base64", hint="RFC 4648 section 4: padded, canonical")
    return value
