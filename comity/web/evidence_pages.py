"""Evidence that was opened: the list of its files with their digests, to take away one by one."""

from urllib.parse import quote

from starlette.responses import FileResponse, Response

from comity.web.inbox import title_of
from comity.web.opened import Opened
from comity.web.site import Visit
from comity.workflows import read_cases


def get_opened(visit: Visit) -> Response:
    opened = _opened(visit)
    case = read_cases.find(visit.office, opened.case)
    files = [(number, item) for number, item in enumerate(opened.manifest.items) if item.kind == "file"]
    return visit.page("opened.html", case=case, title=title_of(case), opened=opened, files=files)


def get_file(visit: Visit) -> Response:
    """One file, to be saved and never shown here: what is in evidence is not to run in this page's place."""
    item, path = _opened(visit).file(int(visit.path("number")))
    name = item.path.rpartition("/")[2]
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


def _opened(visit: Visit) -> Opened:
    return visit.site.opened.find(visit.path("name"), visit.person, visit.office.clock.now())
