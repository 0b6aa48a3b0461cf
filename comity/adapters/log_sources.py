"""A published log to read: a folder, or a server by urllib3. Implements transparency.published.LogSource.

Whoever checks a log needs no node: addresses are typed by a person, https or this machine's own.
"""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from comity.adapters.addresses import may_call
from comity.adapters.files import read_limited
from comity.adapters.objects_files import LogFiles
from comity.base.errors import Malformed, NotFound, Unavailable
from comity.base.mode import Mode
from comity.transparency.published import LogSource

FILE_LIMIT: Final = 32 * 1024 * 1024
"""A full bundle of the longest entries there can be is 16 MiB."""
_REACHED: Final = 200
_ABSENT: Final = (404, 410)


class FolderSource:
    """A folder of published files, a mirror's too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        try:
            return read_limited(self._folder / path, FILE_LIMIT)
        except NotFound:
            return None


class HttpSource:
    """A log's address, as https://node.example/log."""

    def __init__(self, url: str) -> None:
        if not may_call(url, Mode.EXERCISE):
            raise Malformed("not the address of a log", where=url, hint="https://..., or http on this machine")
        self._url = url.rstrip("/")
        timeout = urllib3.Timeout(connect=10, read=30)
        self._pool = urllib3.PoolManager(maxsize=4, timeout=timeout, retries=False)

    def read(self, path: str) -> bytes | None:
        try:
            answer = self._pool.request("GET", f"{self._url}/{path}", redirect=False, preload_content=False)
            try:
                data = answer.read(FILE_LIMIT + 1, decode_content=True)
            finally:
                answer.close()
        except HTTPError:
            raise Unavailable(
                "the log does not answer", where=self._url, hint="check the address, or try again"
            ) from None
        if answer.status in _ABSENT:
            return None
        if answer.status != _REACHED or len(data) > FILE_LIMIT:
            raise Unavailable(f"the log answered {answer.status}", where=self._url, hint="see its operator")
        return bytes(data)


def open_source(text: str) -> LogSource:
    """A folder, or an address. Raises Malformed for what is neither."""
    if urlsplit(text).scheme in ("http", "https"):
        return HttpSource(text)
    folder = Path(text)
    if not folder.is_dir():
        raise Malformed("neither a folder nor an address", where=text, hint="a log's folder, or https://.../log")
    return FolderSource(folder)


def open_copy(folder: Path) -> LogFiles:
    """A folder to write a copy into."""
    return LogFiles(folder)
