"""The kinds of signature a note may bear, and the exact bytes each one signs.

    0x01  Ed25519 over the text                                          (C2SP signed-note)
    0x04  Ed25519 cosignature: u64 time, 64 bytes; over
          "cosignature/v1\\n" "time <decimal>\\n" text                     (C2SP tlog-cosignature)
    0x06  ML-DSA-44 cosignature: u64 time, 2420 bytes; over
          "subtree/v1\\n" 0x00, u8 length, key name, u64 time,
          u8 length, origin, u64 0, u64 size, root[32]                   (C2SP tlog-cosignature)

Integers are big-endian. A time is POSIX seconds, above 0 and below 2^63. Kind 0x06 may have time 0: it then says only
that the tree continues the earlier ones, not that it was the latest. A log may sign so; it is no witness's cosignature.
"""

from enum import IntEnum

from comity.base.errors import BadSignature, Malformed
from comity.base.instants import Instant
from comity.crypto import mldsa, signatures
from comity.transparency.lines import SIZE_LIMIT, read_head


class Kind(IntEnum):
    """The signature type byte of C2SP signed-note."""

    ED25519 = 0x01
    COSIGNATURE_ED25519 = 0x04
    COSIGNATURE_MLDSA44 = 0x06

    @property
    def public_bytes(self) -> int:
        """How long a public key of this kind is."""
        return mldsa.PUBLIC_BYTES if self is Kind.COSIGNATURE_MLDSA44 else signatures.PUBLIC_BYTES

    @property
    def is_dated(self) -> bool:
        """Whether the signature carries the moment it was made."""
        return self is not Kind.ED25519


def ed25519_message(text: str, seconds: int) -> bytes:
    """What a 0x04 cosignature of `text` at that POSIX second signs."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def mldsa44_message(name: str, text: str, seconds: int) -> bytes:
    """What a 0x06 cosignature of the checkpoint `text` by the key `name` signs: the whole tree, from entry 0.

    Raises Malformed if `text` is no checkpoint, or a name or origin is longer than 255 bytes.
    """
    origin, size, root = read_head(text)
    start, end = (0).to_bytes(8, "big"), size.to_bytes(8, "big")
    time = seconds.to_bytes(8, "big")
    return b"subtree/v1\n\0" + _short(name) + time + _short(origin) + start + end + root.value


def _short(text: str) -> bytes:
    data = text.encode()
    if not 0 < len(data) <= 255:
        raise Malformed("a name is 1 to 255 bytes", hint="choose a shorter key name or origin")
    return bytes((len(data),)) + data


def dated(at: Instant, signature: bytes) -> bytes:
    """A cosignature's bytes as a note carries them: u64 time, signature. Raises Malformed for 1970 and before."""
    if at.seconds <= 0:
        raise Malformed("a cosignature's time is after 1970", hint="pass the present moment")
    return at.seconds.to_bytes(8, "big") + signature


def check(kind: Kind, name: str, public: bytes, text: str, blob: bytes) -> Instant | None:
    """Check one signature of a note: `blob` is what follows the key id. Returns the moment it names, if it names one.

    Raises BadSignature; Malformed if a 0x06 signature is on a text that is no checkpoint.
    """
    if kind is Kind.ED25519:
        signatures.verify_ed25519(public, text.encode(), blob)
        return None
    seconds, signature = int.from_bytes(blob[:8], "big"), blob[8:]
    if kind is Kind.COSIGNATURE_ED25519:
        signatures.verify_ed25519(public, ed25519_message(text, seconds), signature)
    else:
        mldsa.verify_mldsa44(public, mldsa44_message(name, text, seconds), signature)
        if seconds == 0:
            return None
    return _moment(seconds)


def _moment(seconds: int) -> Instant:
    try:
        if 0 < seconds <= SIZE_LIMIT:
            return Instant.from_seconds(seconds)
    except Malformed:  # a year past 9999: no honest clock says so
        pass
    raise BadSignature("a cosignature names no possible time", hint="do not count this witness")
