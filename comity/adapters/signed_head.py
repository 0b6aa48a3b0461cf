"""The largest tree head the log key ever signed, in a file of its own beside the database.

Three lines, as a checkpoint has them: origin, size, root in base64. Do not restore it from a backup: an older one says
that less was signed than was, and only the witnesses then know better.
"""

import fcntl
from pathlib import Path
from typing import Final

from comity.adapters.files import disk_error, read_limited, write_whole
from comity.base.encoding import b64
from comity.base.errors import Conflict, Malformed, NotFound
from comity.transparency.lines import read_head
from comity.workflows.stores import TreeHead

_LIMIT: Final = 1024


class SignedHeadFile:
    """Compare and swap under a lock on the file beside it; flushed with its folder before it returns."""

    def __init__(self, path: Path, origin: str) -> None:
        self._path = path
        self._origin = origin

    def last(self) -> TreeHead | None:
        """Raises Malformed if the file is torn or another log's: what was signed is then not known here."""
        try:
            data = read_limited(self._path, _LIMIT)
        except NotFound:
            return None
        hint = "do not remove it: put back what the witnesses saw last (comity log show), as a checkpoint's three lines"
        try:
            origin, size, root = read_head(data.decode("utf-8", "replace"))
        except Malformed:
            raise Malformed("not a signed tree head", where=str(self._path), hint=hint) from None
        if origin != self._origin:
            raise Malformed("the tree head of another log", where=str(self._path), hint=hint)
        return TreeHead(size, root)

    def advance(self, expected: TreeHead | None, new: TreeHead) -> None:
        lock = self._path.with_name(self._path.name + ".lock")
        try:
            stream = lock.open("wb")
        except OSError as error:
            raise disk_error(error, lock) from None
        with stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            if self.last() != expected:
                raise Conflict("another process signed a checkpoint meanwhile", hint="only one publisher may run")
            write_whole(self._path, f"{self._origin}\n{new.size}\n{b64(new.root.value)}\n".encode())
