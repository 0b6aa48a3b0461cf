"""SHA-256 digests and hiding commitments."""

import hashlib
import hmac

import msgspec

from comity.base.errors import Malformed


class Digest(msgspec.Struct, frozen=True, order=True, gc=False):
    """32 bytes of SHA-256. A Struct, because a message makes dozens: a frozen dataclass takes three times as long."""

    value: bytes

    def __post_init__(self) -> None:
        if len(self.value) != 32:
            raise Malformed("a digest is 32 bytes", hint="SHA-256, 64 hexadecimal digits when written")

    @classmethod
    def of(cls, *parts: bytes) -> "Digest":
        """SHA-256 of the parts one after another."""
        return cls(hashlib.sha256(b"".join(parts)).digest())

    @classmethod
    def from_hex(cls, text: str) -> "Digest":
        """From 64 lower-case hexadecimal digits; nothing else is taken."""
        try:
            value = bytes.fromhex(text)
        except ValueError:
            value = b""
        if len(value) != 32 or value.hex() != text:
            raise Malformed("not a SHA-256 digest", hint="64 lower-case hexadecimal digits")
        return cls(value)

    def __str__(self) -> str:
        return self.value.hex()


def same(left: bytes, right: bytes) -> bool:
    """Whether two byte strings are equal, in constant time for equal lengths."""
    return hmac.compare_digest(left, right)


def keyed(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SHA-256 of the parts one after another, under `key`: 32 bytes."""
    return hmac.digest(key, b"".join(parts), "sha256")


def commit(tag: bytes, salt: bytes, content: bytes) -> Digest:
    """A commitment that hides and fixes `content`: SHA-256(tag, 0x00, salt[32], content).

    Source: the log's entry format, docs/formats/log.md. Raises Malformed if the salt is not 32 bytes.
    """
    if len(salt) != 32:
        raise Malformed("a commitment's salt is 32 bytes", hint="derive it with digests.keyed")
    return Digest.of(tag, b"\0", salt, content)
