"""age v1 encryption of streams, to one or more X25519 recipients.

Source: c2sp.org/age. Done by `pyrage` (the Rust implementation of age), in constant memory: 64 KiB chunks, each
authenticated before it is passed on. Binary files only; the ASCII armour is refused, so that one content has one
form.

Two things to know. pyrage draws the file key, the nonce and the ephemeral share itself: no chance is passed in, and
two encryptions of the same bytes differ, so this file is tested by opening, never by comparing ciphertext. And age
proves nothing about the sender: whoever knows a recipient can write to it. Callers sign what they encrypt.
"""

import hashlib
from collections.abc import Sequence
from typing import Final, Protocol

import pyrage  # type: ignore[import-untyped]

from comity.base.errors import BrokenSeal, Malformed

FIRST_LINE: Final = b"age-encryption.org/v1\n"


class Readable(Protocol):
    """Any binary stream that can be read: at most `size` bytes, none at the end."""

    def read(self, size: int = ..., /) -> bytes: ...


class Writable(Protocol):
    """Any binary stream that takes all it is given."""

    def write(self, data: bytes, /) -> int: ...


def recipient_of(identity: str) -> str:
    """The recipient (`age1...`) that an identity (`AGE-SECRET-KEY-1...`) opens. Raises Malformed."""
    return str(_identity(identity).to_public())


def check_recipient(recipient: str) -> str:
    """The same text if it is an X25519 recipient in lower case, else Malformed."""
    if str(_recipient(recipient)) != recipient:
        raise Malformed("not an age recipient as it is written", hint="age1 and 58 small letters and digits")
    return recipient


def recipient_id(recipient: str) -> str:
    """How a recipient is named in the open: SHA-256 of its text, 64 hexadecimal digits."""
    return hashlib.sha256(recipient.encode("utf-8")).hexdigest()


def encrypt_stream(source: Readable, sink: Writable, recipients: Sequence[str]) -> None:
    """Write `source` to `sink` as one age file that each of `recipients` can open.

    What `source` or `sink` raises passes through. Raises Malformed for a bad recipient, or for none.
    """
    if not recipients:
        raise Malformed("no recipient", hint="name at least one age recipient, as age1...")
    keys = [_recipient(recipient) for recipient in recipients]
    watched_source, watched_sink = _WatchedSource(source), _WatchedSink(sink)
    try:
        pyrage.encrypt_io(watched_source, watched_sink, keys)
    except (pyrage.EncryptError, OSError) as error:
        raise (watched_source.failure or watched_sink.failure or error) from None
    if watched_sink.failure is not None:
        raise watched_sink.failure


def decrypt_stream(source: Readable, sink: Writable, identity: str, *, where: str = "") -> None:
    """Write the plaintext of the age file `source` to `sink`, each chunk once it is authenticated.

    On an error the chunks before it have been written already: the caller must be able to throw them away.
    Raises BrokenSeal, naming `where`, when the file is damaged, cut, or not for this identity.
    """
    key = _identity(identity)
    watched_source, watched_sink = _WatchedSource(source), _WatchedSink(sink)
    start = watched_source.read_exactly(len(FIRST_LINE))
    if start != FIRST_LINE:
        raise BrokenSeal("not a binary age v1 file", where=where, hint="it was changed, or is something else")
    watched_source.put_back(start)
    try:
        pyrage.decrypt_io(watched_source, watched_sink, [key])
    except (pyrage.DecryptError, OSError):
        failure = watched_source.failure or watched_sink.failure
        if failure is not None:
            raise failure from None
        raise BrokenSeal(
            "cannot be decrypted: damaged, cut short, or not for this key",
            where=where,
            hint="use nothing of it; check the key, then ask for the package again",
        ) from None
    if watched_sink.failure is not None:
        raise watched_sink.failure


# pyrage reports what a Python stream raised as an error of its own, which would hide the reason, and passes over what a
# sink raises when the last buffer is flushed, which would lose bytes without a word. The two classes below remember it.


class _WatchedSource:
    def __init__(self, source: Readable) -> None:
        self._source = source
        self._kept = b""
        self.failure: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        if self._kept:
            found, self._kept = self._kept[:size], self._kept[size:]
            return found
        try:
            return self._source.read(size)
        except BaseException as error:
            self.failure = error
            raise

    def read_exactly(self, size: int) -> bytes:
        """`size` bytes, or fewer if the stream ends before."""
        found = b""
        while len(found) < size and (more := self.read(size - len(found))):
            found += more
        return found

    def put_back(self, data: bytes) -> None:
        self._kept = data


class _WatchedSink:
    def __init__(self, sink: Writable) -> None:
        self._sink = sink
        self.failure: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            self._sink.write(data)
        except BaseException as error:
            self.failure = error
            raise
        return len(data)

    def flush(self) -> None:
        """Asked for by pyrage at the end; whoever opened the sink flushes it."""


def _identity(text: str) -> "pyrage.x25519.Identity":
    try:
        return pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError:
        raise Malformed("not an age identity", hint="a line that begins with AGE-SECRET-KEY-1") from None


def _recipient(text: str) -> "pyrage.x25519.Recipient":
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise Malformed("not an age recipient", hint="a line that begins with age1") from None
