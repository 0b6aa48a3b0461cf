"""The public site of this node's statistics, from its published files alone: nothing of the database is read for it.

The same pages as `comity statistics site` writes, each written when it is asked for and kept until a file of the
statistics changes. The check that they show is the node's own, and they say so: who doubts it makes them again.
"""

from threading import Lock
from typing import Final

from starlette.responses import Response

from comity.base.digests import Digest
from comity.base.errors import ComityError, NotFound
from comity.oversight.published import INDEX, as_named, listed
from comity.oversight.release import path_of
from comity.transparency.published import LogSource
from comity.web.public_site.files import PublicSite
from comity.web.public_site.pages import FIRST
from comity.web.public_site.published import gather
from comity.web.site import Visit, to
from comity.web.twins import OPEN_TO_ALL
from comity.workflows.publish_statistics import PROOF

PLACE: Final = "/public/statistics/site"
_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
}
_PLAIN: Final = "text/plain; charset=utf-8"


class Served:
    """The site of the files as they are now, and the pages of it that were asked for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._mark = ""
        self._site: PublicSite | None = None
        self._kept: dict[str, bytes] = {}

    def file(self, log: LogSource, path: str) -> bytes:
        """Raises NotFound for what is no file of the site, or while no statistics are published."""
        with self._lock:
            mark = _mark(log)
            if self._site is None or mark != self._mark:
                self._site, self._kept, self._mark = PublicSite(gather(log, as_named)), {}, mark
            if path not in self._kept:
                found = self._site.file(path)
                if found is None:
                    raise NotFound("there is no such page", hint="begin at the start page")
                self._kept[path] = found
            return self._kept[path]

    def get(self, visit: Visit) -> Response:
        path = visit.path("path") or FIRST
        data = self.file(visit.office.log_folder, path)
        media_type = _TYPES.get(path.rpartition(".")[2], _PLAIN)
        return Response(data, media_type=media_type, headers=OPEN_TO_ALL)


def _mark(log: LogSource) -> str:
    """Changes with the list of releases, and with what stands beside each."""
    index = log.read(INDEX)
    if index is None:
        raise NotFound("this node has published no statistics yet", hint="its log is public all the same")
    parts = [index]
    for one in listed(log):
        parts += [log.read(path_of(one.period)) or b"", log.read(path_of(one.period, PROOF)) or b""]
    return str(Digest.of(b"\n".join(str(Digest.of(part)).encode() for part in parts)))


def to_site(_visit: Visit) -> Response:
    return to(f"{PLACE}/{FIRST}")


def has_site(log: LogSource) -> bool:
    """Whether there is anything to lead to."""
    try:
        return bool(listed(log))
    except ComityError:
        return False
