"""age v1: files encrypted to readers, in constant memory, that anyone's `age` opens.

Source: c2sp.org/age. `age_header` has the text at the front, `age_keys` the readers, `age_payload` the chunks. Binary
files only; the text form (`age_armor`) is for keys. A file key, a nonce and a share are drawn for each file, never
passed in and never kept. age proves nothing about the sender: whoever knows a recipient can write to it, and each
reader could write another file for the others. Callers sign what they encrypt.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from comity.base.errors import Malformed
from comity.crypto.age_header import FILE_KEY_BYTES, FIRST_LINE, Header, NoMatch, Readable, read_header, write_header
from comity.crypto.age_keys import HYBRID, Chance, Identity, new_identity, read_identity, read_recipient
from comity.crypto.age_payload import (
    BLOCK,
    NONCE_BYTES,
    SEALED_BLOCK,
    PayloadWriter,
    Seekable,
    SeekableReader,
    read_exactly,
    read_payload,
)

__all__ = [
    "FIRST_LINE",
    "Chance",
    "Readable",
    "Seekable",
    "Writable",
    "check_recipient",
    "check_recipients",
    "decrypt_stream",
    "decrypted",
    "encrypt_stream",
    "encryptor",
    "new_identity",
    "recipient_id",
    "recipient_of",
    "rewrapped",
    "seekable",
]


class Writable(Protocol):
    """Any binary stream that takes all it is given, and keeps no reference to it: the memory is used again."""

    def write(self, data: bytes | bytearray | memoryview, /) -> int: ...


def recipient_of(identity: str) -> str:
    """The recipient (`age1...`) that an identity (`AGE-SECRET-KEY-...`) opens. Raises Malformed."""
    return read_identity(identity).recipient


def check_recipient(recipient: str) -> str:
    """The same text if it is an age recipient in small letters: X25519, hybrid or P-256. Raises Malformed."""
    return read_recipient(recipient).text


def check_recipients(recipients: Sequence[str]) -> str:
    """The kind that all of them are of. A kind beside another is refused: the weaker would decide.

    Raises Malformed, also for none.
    """
    if not recipients:
        raise Malformed("no recipient", hint="name at least one age recipient, as age1...")
    kinds = {read_recipient(recipient).kind for recipient in recipients}
    if len(kinds) > 1:
        hint = "a hybrid key beside a classical one protects nothing" if HYBRID in kinds else "seal once for each kind"
        raise Malformed("recipients of different kinds", hint=hint)
    return kinds.pop()


def recipient_id(recipient: str) -> str:
    """How a recipient is named in the open: SHA-256 of its text, 64 hexadecimal digits."""
    return hashlib.sha256(recipient.encode("utf-8")).hexdigest()


def encryptor(recipients: Sequence[str], chance: Chance) -> tuple[bytes, PayloadWriter]:
    """The start of a new file (header and nonce) and what encrypts the rest of it. Raises Malformed."""
    check_recipients(recipients)
    file_key, nonce = chance(FILE_KEY_BYTES), chance(NONCE_BYTES)
    stanzas = [read_recipient(recipient).wrap(file_key, chance) for recipient in recipients]
    return write_header(stanzas, file_key) + nonce, PayloadWriter(file_key, nonce)


def encrypt_stream(source: Readable, sink: Writable, recipients: Sequence[str], chance: Chance) -> None:
    """Write `source` to `sink` as one age file that each of `recipients` can open.

    What `source` or `sink` raises passes through. Raises Malformed for a bad recipient, or for none.
    """
    start, writer = encryptor(recipients, chance)
    sink.write(start)
    out = memoryview(bytearray(SEALED_BLOCK))
    block = read_exactly(source, BLOCK)
    while True:
        following = read_exactly(source, BLOCK) if len(block) == BLOCK else b""
        sink.write(out[: writer.block(memoryview(block), out, last=not following)])
        if not following:
            return
        block = following


def decrypted(
    source: Readable,
    identity: Identity | str,
    *,
    where: str = "",
    memory: Callable[[], memoryview] | None = None,
) -> Iterator[memoryview]:
    """The plaintext of the age file `source`, each chunk once it is authenticated, a piece good until the next.

    memory: gives 1 MiB for each piece, which then is the caller's.

    Raises BrokenSeal, naming `where` and the place, when the file is damaged, cut, or not for this identity: what
    came before has been given by then, and the caller must be able to throw it away.
    """
    header, file_key = _opened(source, identity, where)
    header.verify(file_key)
    yield from read_payload(source, file_key, where, memory)


def decrypt_stream(source: Readable, sink: Writable, identity: Identity | str, *, where: str = "") -> None:
    """Write the plaintext of the age file `source` to `sink`. Raises as `decrypted` does."""
    for piece in decrypted(source, identity, where=where):
        sink.write(piece)


def seekable(
    stream: Seekable, size: int, identity: Identity | str, *, where: str = "", salvage: bool = False
) -> SeekableReader:
    """Random access to the plaintext of an age file of `size` bytes; `salvage`: even if its end is lost.

    Raises BrokenSeal.
    """
    stream.seek(0)
    header, file_key = _opened(stream, identity, where)
    header.verify(file_key)
    return SeekableReader(stream, file_key, len(header.data), size, where, salvage=salvage)


def rewrapped(
    source: Readable, identity: Identity | str, recipients: Sequence[str], chance: Chance, *, where: str = ""
) -> bytes:
    """A header that lets `recipients` read the file whose header `source` begins with; its payload stays as it is.

    `source` is left at the payload. Whoever could read the file before knows its key still. Raises BrokenSeal.
    """
    check_recipients(recipients)
    header, file_key = _opened(source, identity, where)
    header.verify(file_key)
    return write_header([read_recipient(recipient).wrap(file_key, chance) for recipient in recipients], file_key)


def _opened(source: Readable, identity: Identity | str, where: str) -> tuple[Header, bytes]:
    key: Identity = read_identity(identity) if isinstance(identity, str) else identity
    header = read_header(source, where)
    file_key = key.unwrap(header.stanzas)
    if file_key is None:
        raise NoMatch(
            "cannot be decrypted: not for this key",
            where=where,
            hint="use nothing of it; check the key, then ask for the package again",
        )
    return header, file_key
