"""Reading ahead: a thread reads a pack and hashes it while another decrypts what came before."""

import hashlib
import threading
from queue import SimpleQueue
from types import TracebackType
from typing import Final, Self

from comity.base.digests import Digest
from comity.base.errors import BrokenSeal
from comity.crypto.age_header import Readable
from comity.crypto.age_payload import SEALED_BLOCK

_BLOCKS: Final = 4


class HashingReadAhead:
    """A stream over `source`, which must be of `size` bytes. Blocks that wait are few, so memory does not grow."""

    def __init__(self, source: Readable, size: int, where: str) -> None:
        self._source = source
        self._left = size
        self._where = where
        self._state = hashlib.sha256()
        self._room = threading.Semaphore(_BLOCKS)
        self._blocks: SimpleQueue[bytes | BaseException] = SimpleQueue()
        self._view = b""
        self._at = 0
        self._ended = False
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, none at the end. Raises what the source raised, or BrokenSeal if it is too long."""
        if self._at == len(self._view) and not self._ended:
            self._take()
        if self._at == 0 and size in (-1, len(self._view)):
            self._at = len(self._view)
            return self._view
        end = len(self._view) if size < 0 else min(self._at + size, len(self._view))
        found = self._view[self._at : end]
        self._at = end
        return found

    def finish(self) -> Digest:
        """SHA-256 of the whole source, read to its end."""
        while not self._ended:
            self._take()
        return Digest(self._state.digest())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped = True
        self._room.release()
        self._thread.join()

    def _take(self) -> None:
        block = self._blocks.get()
        self._room.release()
        if isinstance(block, BaseException):
            self._ended = True
            raise block
        self._view, self._at, self._ended = block, 0, not block

    def _run(self) -> None:
        try:
            while not self._stopped:
                self._room.acquire()
                block = self._source.read(SEALED_BLOCK)
                self._left -= len(block)
                if self._left < 0 or (not block and self._left):
                    raise BrokenSeal(
                        "longer or shorter than it was", where=self._where, hint="ask for the package again"
                    )
                self._state.update(block)
                self._blocks.put(block)
                if not block:
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where it is read
            self._blocks.put(error)
