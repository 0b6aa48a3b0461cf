"""One holder across all processes of the node: an advisory lock on a file, freed by the system when its holder dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from comity.adapters.files import disk_error


class FileLocks:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, IO[bytes]] = {}

    def alone(self, name: str) -> bool:
        path = self._folder / f"{name}.lock"
        try:
            stream = path.open("wb")
        except OSError as error:
            raise disk_error(error, path) from None
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.close()
            return False
        self._kept[name] = stream
        return True

    def release(self) -> None:
        """Give up what `alone` took."""
        while self._kept:
            self._kept.popitem()[1].close()

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        path = self._folder / f"{name}.lock"
        try:
            stream = path.open("wb")
        except OSError as error:
            raise disk_error(error, path) from None
        with stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield
