"""The header of an age file: lines of text that wrap the file key for each reader, and a MAC over them.

Source: c2sp.org/age, 'Header'. Read strictly: one way to write a header, every other refused.

    age-encryption.org/v1
    -> TYPE ARGUMENT ...            a stanza: its arguments, then its body in base64, 64 characters a line,
    BODY                            the last line shorter than that, maybe empty
    --- MAC                         HMAC-SHA-256 over all up to and with '---', key = HKDF(file key, info "header")
"""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from comity.base.errors import BrokenSeal

FIRST_LINE: Final = b"age-encryption.org/v1\n"
LIMIT: Final = 64 * 1024
"""The longest header read; age sets none. Sixteen hybrid recipients take 26 KiB."""
MOST_STANZAS: Final = 64
FILE_KEY_BYTES: Final = 16
_COLUMNS: Final = 64
_HINT: Final = "use nothing of it; ask for the package again"

_ARGUMENT = re.compile(rb"[\x21-\x7e]+")
_BODY_LINE = re.compile(rb"[A-Za-z0-9+/]*")


class Readable(Protocol):
    """Any binary stream that can be read: at most `size` bytes, none at the end."""

    def read(self, size: int = ..., /) -> bytes: ...


class HeaderFault(BrokenSeal):
    """The header is not one that the specification allows."""


class NoMatch(BrokenSeal):
    """The header is in order, and no stanza in it is for this identity."""


class MacFault(BrokenSeal):
    """The header was changed: its MAC does not hold."""


@dataclass(frozen=True, slots=True)
class Stanza:
    """One wrapping of the file key. `arguments`: the type first."""

    arguments: tuple[str, ...]
    body: bytes

    @property
    def kind(self) -> str:
        return self.arguments[0]

    def value(self, place: int, size: int, count: int) -> bytes:
        """Argument `place` as the bytes it is base64 of. Raises HeaderFault unless it is `size` bytes, there are
        `count` arguments and the body is a wrapped file key of 32 bytes."""
        found = from_base64(self.arguments[place].encode("ascii")) if len(self.arguments) == count else b""
        if len(found) != size or len(self.body) != FILE_KEY_BYTES + 16:
            raise HeaderFault("a stanza is not as its kind is written", hint=_HINT)
        return found


@dataclass(frozen=True, slots=True)
class Header:
    """A header as read. `data`: its bytes, the last line with the MAC included."""

    stanzas: tuple[Stanza, ...]
    mac: bytes
    data: bytes

    def verify(self, file_key: bytes) -> None:
        """Raise MacFault unless the header was written by one who had this file key."""
        signed = self.data[: self.data.rindex(b"--- ") + 3]
        if not hmac.compare_digest(_mac(file_key, signed), self.mac):
            raise MacFault("the header was changed", hint=_HINT)


def write_header(stanzas: Sequence[Stanza], file_key: bytes) -> bytes:
    """A header's bytes, MAC and last LF included."""
    signed = FIRST_LINE + b"".join(_written(stanza) for stanza in stanzas) + b"---"
    return signed + b" " + to_base64(_mac(file_key, signed)) + b"\n"


def read_header(source: Readable, where: str = "") -> Header:
    """The header at the start of a file; nothing after it is read. Raises HeaderFault."""
    lines = _Lines(source, where)
    if lines.next(len(FIRST_LINE)) != FIRST_LINE[:-1]:
        raise HeaderFault("not a binary age v1 file", where=where, hint="it was changed, or is something else")
    stanzas: list[Stanza] = []
    while not (line := lines.next()).startswith(b"---"):
        marker, *arguments = line.split(b" ")
        if marker != b"->" or not arguments or not all(_ARGUMENT.fullmatch(one) for one in arguments):
            raise lines.fault("a line is neither a stanza nor the end")
        if len(stanzas) == MOST_STANZAS:
            raise lines.fault(f"more than {MOST_STANZAS} stanzas")
        body = b""
        full = True
        while full:
            line = lines.next()
            if len(line) > _COLUMNS or not _BODY_LINE.fullmatch(line):
                raise lines.fault("a stanza's body is not base64 in lines of 64")
            body += line
            full = len(line) == _COLUMNS
        stanzas.append(Stanza(tuple(one.decode("ascii") for one in arguments), lines.decoded(body)))
    mac = lines.decoded(line[4:]) if line[3:4] == b" " else b""
    if not stanzas or len(mac) != hashlib.sha256().digest_size:
        raise lines.fault("it has no stanza, or its last line no MAC")
    return Header(tuple(stanzas), mac, bytes(lines.data))


class _Lines:
    """A header's lines, read a byte at a time: the payload that follows is not ours to take."""

    def __init__(self, source: Readable, where: str) -> None:
        self._source = source
        self._where = where
        self.data = bytearray()

    def next(self, limit: int = LIMIT) -> bytes:
        start = len(self.data)
        while True:
            byte = self._source.read(1)
            self.data += byte
            if byte == b"\n":
                return bytes(self.data[start:-1])
            if not byte or len(self.data) >= LIMIT or len(self.data) - start >= limit:
                raise self.fault("it ends too early" if not byte else "it is too long, or not an age v1 file")

    def decoded(self, text: bytes) -> bytes:
        found = from_base64(text)
        if text and not found:
            raise self.fault("base64 that is not canonical")
        return found

    def fault(self, what: str) -> HeaderFault:
        return HeaderFault(
            f"not a binary age v1 file, or its header was changed: {what}", where=self._where, hint=_HINT
        )


def derive(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA-256, 32 bytes (RFC 5869)."""
    return HKDF(SHA256(), 32, salt, info).derive(secret)


def to_base64(data: bytes) -> bytes:
    """Standard base64 without padding."""
    return b64encode(data).rstrip(b"=")


def from_base64(text: bytes) -> bytes:
    """The bytes if `text` is canonical, unpadded base64; else none."""
    if not _BODY_LINE.fullmatch(text) or len(text) % 4 == 1:
        return b""
    found = b64decode(text + b"=" * (-len(text) % 4))
    return found if to_base64(found) == text else b""


def _written(stanza: Stanza) -> bytes:
    body = to_base64(stanza.body)
    lines = [body[start : start + _COLUMNS] for start in range(0, len(body) + 1, _COLUMNS)]
    return b"-> " + " ".join(stanza.arguments).encode("ascii") + b"\n" + b"".join(line + b"\n" for line in lines)


def _mac(file_key: bytes, signed: bytes) -> bytes:
    return hmac.digest(derive(file_key, b"", b"header"), signed, "sha256")
