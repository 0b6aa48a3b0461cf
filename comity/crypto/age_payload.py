"""The payload of an age file: a nonce, then chunks of 64 KiB, each encrypted and authenticated for itself.

Source: c2sp.org/age, 'Payload'. Layout after the header, H bytes long:

    nonce[16]  chunk 0  chunk 1 ...        a chunk is up to 65,536 bytes and a tag of 16; chunk i begins at
                                           H + 16 + i * 65,552, so one chunk can be read alone
    key = HKDF(file key, salt = nonce, info "payload");   chunk nonce = i in 11 bytes, then 1 for the last, else 0

A nonce is never used twice: a writer counts by itself, goes only forward and is used up at its last chunk.
"""

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from comity.base.errors import BrokenSeal
from comity.crypto.age_header import HeaderFault, Readable, derive

CHUNK: Final = 64 * 1024
TAG: Final = 16
SEALED_CHUNK: Final = CHUNK + TAG
NONCE_BYTES: Final = 16
BLOCK_CHUNKS: Final = 16
BLOCK: Final = BLOCK_CHUNKS * CHUNK
"""What is encrypted at a time: 1 MiB."""
SEALED_BLOCK: Final = BLOCK_CHUNKS * SEALED_CHUNK
_HINT: Final = "use nothing of it; ask for the package again"


class PayloadFault(BrokenSeal):
    """A chunk does not decrypt, or the file ends before or after its last chunk."""


class Seekable(Readable, Protocol):
    """A stream that can be read from any place."""

    def seek(self, offset: int, whence: int = ..., /) -> int: ...


class PayloadWriter:
    """Encrypts block after block, by one thread at a time."""

    def __init__(self, file_key: bytes, nonce: bytes) -> None:
        self._cipher: ChaCha20Poly1305 | None = ChaCha20Poly1305(derive(file_key, nonce, b"payload"))
        self._counter = 0

    def block(self, plain: memoryview, out: memoryview, *, last: bool) -> int:
        """Write the chunks of `plain` to `out`, which has room for SEALED_BLOCK bytes; how many were written.

        `plain` is 1 MiB, or from 0 to 1 MiB where it is the last.
        """
        if self._cipher is None or len(plain) > BLOCK or (len(plain) != BLOCK and not last):
            raise ValueError("a block after the last, or not of the size of one")
        count = max(1, -(-len(plain) // CHUNK))
        end = 0
        for number in range(count):
            chunk = plain[number * CHUNK : (number + 1) * CHUNK]
            nonce = _nonce(self._counter, last and number == count - 1)
            self._cipher.encrypt_into(nonce, chunk, None, out[end : end + len(chunk) + TAG])
            end += len(chunk) + TAG
            self._counter += 1
        if last:
            self._cipher = None
        return end


def read_payload(
    source: Readable, file_key: bytes, where: str = "", memory: Callable[[], memoryview] | None = None
) -> Iterator[memoryview]:
    """The plaintext of what follows the header. `memory` gives 1 MiB for each piece; without it, a piece is good until
    the next is asked for.

    Every chunk that holds is given before a fault after it is raised. Raises HeaderFault without a whole nonce,
    PayloadFault with the place of the first chunk that does not hold.
    """
    cipher = ChaCha20Poly1305(derive(file_key, _whole_nonce(source, where), b"payload"))
    if memory is None:
        fixed = memoryview(bytearray(BLOCK))
        memory = lambda: fixed  # noqa: E731
    offset = 0
    ended = False
    while not ended:
        sealed = memoryview(read_exactly(source, SEALED_BLOCK))
        ended = len(sealed) < SEALED_BLOCK
        out = memory()
        filled, is_last, fault = _open_block(cipher, offset // CHUNK, sealed, out)
        offset += filled
        if filled:
            yield out[:filled]
        if not fault and is_last and not ended and source.read(1):
            fault = "it goes on after its last chunk"
        if fault or (ended and not is_last):
            raise PayloadFault(fault or "cut short", where=_place(where, offset, CHUNK), hint=_HINT)
        ended = is_last


def _open_block(cipher: ChaCha20Poly1305, counter: int, sealed: memoryview, out: memoryview) -> tuple[int, bool, str]:
    """Bytes written to `out`, whether the last chunk was among them, and what is wrong, or ''."""
    filled = 0
    for start in range(0, len(sealed), SEALED_CHUNK):
        chunk = sealed[start : start + SEALED_CHUNK]
        size = len(chunk) - TAG
        number = counter + start // SEALED_CHUNK
        found = size >= 0 and _open_chunk(cipher, number, chunk, out[filled : filled + size])
        if not found:
            return filled, False, "damaged, cut short, or changed"
        if size == 0 and number:
            return filled, False, "an empty last chunk"
        filled += size
        if found == "last":
            more = start + len(chunk) < len(sealed)
            return filled, True, "it goes on after its last chunk" if more else ""
    return filled, False, ""


def _open_chunk(cipher: ChaCha20Poly1305, number: int, chunk: memoryview, out: memoryview) -> str:
    """'more' or 'last', or '' if the chunk does not hold. A short chunk can only be the last."""
    for kind, last in (("more", False), ("last", True)):
        if not last and len(chunk) < SEALED_CHUNK:
            continue
        try:
            cipher.decrypt_into(_nonce(number, last), chunk, None, out)
        except InvalidTag:
            continue
        return kind
    return ""


class SeekableReader:
    """Chunks of a payload in any order. The last chunk is checked first: it says that the size is the true one.

    `chunks_read` counts what was decrypted.
    """

    def __init__(
        self, stream: Seekable, file_key: bytes, start: int, size: int, where: str = "", *, salvage: bool = False
    ) -> None:
        """stream: the whole file; start: the header's length; size: the file's, or what it was when it was whole.

        salvage: do not stop at a last chunk that does not hold. Raises HeaderFault or PayloadFault.
        """
        self._stream = stream
        self._where = where
        stream.seek(start)
        self._cipher = ChaCha20Poly1305(derive(file_key, _whole_nonce(stream, where), b"payload"))
        self._start = start + NONCE_BYTES
        payload = size - self._start
        self.chunks = -(-payload // SEALED_CHUNK)
        self.size = payload - self.chunks * TAG
        self.chunks_read = 0
        if self.chunks < 1 or payload - (self.chunks - 1) * SEALED_CHUNK < TAG + (self.chunks > 1):
            raise PayloadFault("cut short", where=where, hint=_HINT)
        if not salvage and self.chunk(self.chunks - 1) is None:
            raise PayloadFault("its last chunk is missing or damaged", where=where, hint=_HINT)

    def chunk(self, number: int) -> bytes | None:
        """Chunk `number`, or None if it does not hold."""
        self._stream.seek(self._start + number * SEALED_CHUNK)
        sealed = read_exactly(self._stream, SEALED_CHUNK)
        self.chunks_read += 1
        try:
            return self._cipher.decrypt(_nonce(number, number == self.chunks - 1), sealed, None)
        except InvalidTag:
            return None

    def read_at(self, offset: int, size: int) -> bytes:
        """`size` bytes of plaintext from `offset`. Raises PayloadFault naming the first chunk that does not hold."""
        if offset < 0 or size < 0 or offset + size > self.size:
            raise PayloadFault("there are not so many bytes in it", where=self._where, hint=_HINT)
        found = bytearray()
        first = offset // CHUNK
        for number in range(first, -(-(offset + size) // CHUNK)):
            piece = self.chunk(number)
            if piece is None:
                raise PayloadFault("damaged", where=_place(self._where, number * CHUNK, CHUNK), hint=_HINT)
            found += piece
        return bytes(found[offset - first * CHUNK :][:size])


def read_exactly(source: Readable, size: int) -> bytes:
    """`size` bytes, or fewer if the stream ends before."""
    found = source.read(size)
    if len(found) in (0, size):
        return found
    pieces = bytearray(found)
    while len(pieces) < size and (more := source.read(size - len(pieces))):
        pieces += more
    return bytes(pieces)


def _whole_nonce(source: Readable, where: str) -> bytes:
    nonce = read_exactly(source, NONCE_BYTES)
    if len(nonce) != NONCE_BYTES:
        raise HeaderFault("cut short after the header", where=where, hint=_HINT)
    return nonce


def _nonce(counter: int, last: bool) -> bytes:
    return counter.to_bytes(11) + (b"\x01" if last else b"\x00")


def _place(where: str, offset: int, size: int) -> str:
    """A pack and a range of its plaintext, for a message."""
    return f"{where}, bytes {offset} to {offset + size - 1} of the content".lstrip(", ")
