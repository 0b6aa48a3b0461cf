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
        return parse_head(data, self._origin, str(self._path))

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
            write_whole(self._path, format_head(self._origin, new))


def parse_head(data: bytes, origin: str, where: str) -> TreeHead:
    """The three lines. Raises Malformed if they are torn or another log's."""
    hint = "do not remove it: put back what the witnesses saw last (comity log show), as a checkpoint's three lines"
    try:
        named, size, root = read_head(data.decode("utf-8", "replace"))
    except Malformed:
        raise Malformed("not a signed tree head", where=where, hint=hint) from None
    if named != origin:
        raise Malformed("the tree head of another log", where=where, hint=hint)
    return TreeHead(size, root)


def format_head(origin: str, head: TreeHead) -> bytes:
    return f"{origin}\n{head.size}\n{b64(head.root.value)}\n".encode()
