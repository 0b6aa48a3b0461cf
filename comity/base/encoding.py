"""Values to bytes, once. What is signed or hashed is carried as those bytes and never encoded again.

JSON here is I-JSON (RFC 7493) as msgspec writes it: UTF-8, no spaces, fields in the order of the class, no floats.
Base64url is without padding (RFC 7515 section 2) and read strictly: one spelling for one value.
"""

from typing import Final

import msgspec

from comity.base.errors import Malformed

_encoder = msgspec.json.Encoder()


def to_json(value: object) -> bytes:
    """The one encoding of a Struct, list, dict, str, int or bool as JSON bytes."""
    return _encoder.encode(value)


def b64u(value: bytes) -> str:
    """Base64url without padding."""
    return b64(value).replace("+", "-").replace("/", "_").rstrip("=")


_LAST: Final = {1: "", 2: "AQgw", 3: "AEIMQUYcgkosw048"}
"""How a text of so many characters over a multiple of four can end: the bits beyond its last whole byte are zero."""


def from_b64u(text: str) -> bytes:
    """Bytes of an unpadded base64url text. Raises Malformed for anything but the one canonical spelling."""
    over = len(text) % 4
    is_other = "+" in text or "/" in text or "=" in text or (over > 0 and text[-1] not in _LAST[over])
    value = None if is_other else _from_b64(text.replace("-", "+").replace("_", "/") + "=" * (-over % 4))
    if value is None:
        raise Malformed("not base64url", hint="RFC 7515 section 2: no padding, canonical")
    return value


def b64(value: bytes) -> str:
    """Standard base64 with padding (signed notes, checkpoints)."""
    text: str = msgspec.to_builtins(value)  # twice as fast as the standard library, as is `convert`
    return text


def from_b64(text: str) -> bytes:
    """Bytes of a padded standard base64 text, canonical only; raises Malformed."""
    value = _from_b64(text)
    if value is None or b64(value) != text:
        raise Malformed("not base64", hint="RFC 4648 section 4: padded, canonical")
    return value


def _from_b64(text: str) -> bytes | None:
    try:
        return msgspec.convert(text, bytes)
    except (msgspec.ValidationError, ValueError):  # the second for half a character
        return None
