"""Evidence on its way into a package, and evidence that was opened: the list of its files with their digests, to take
away one by one."""

from urllib.parse import quote

from starlette.responses import FileResponse, Response

from comity.base.errors import NotFound, NotPermitted
from comity.web.case_pages import load
from comity.web.opened import Opened
from comity.web.site import Visit, to
from comity.web.standing import title_of
from comity.workflows import read_cases


def get_sealing(visit: Visit) -> Response:
    """How far the sealing in a case is."""
    return _sealing(visit, "sealing.html")


def get_sealing_part(visit: Visit) -> Response:
    """The same, alone, for the script that keeps it fresh."""
    return _sealing(visit, "sealing_part.html")


def _sealing(visit: Visit, template: str) -> Response:
    case, now = load(visit), visit.office.clock.now()
    job = visit.site.sealing.find(case.id)
    if job is None or job.person != visit.person:
        raise NotFound("nothing is being sealed by you in this case", hint="see the case")
    left, speed = job.seconds_left(now), job.speed(now)
    return visit.page(template, case=case, title=title_of(case), job=job, left=left, speed=speed, live=True)


def post_drop(visit: Visit) -> Response:
    """Give up a file that was uploaded."""
    case, uploads = load(visit), visit.site.uploads
    uploads.drop(uploads.find(case.id, visit.path("upload"), visit.person, visit.office.clock.now()))
    return to(f"/cases/{case.id}/seal#act")


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
    """What this person opened; nothing of it is shown while oversight has frozen its case."""
    opened = visit.site.opened.find(visit.path("name"), visit.person, visit.office.clock.now())
    if read_cases.find(visit.office, opened.case).is_frozen:
        raise NotPermitted("the case is frozen by oversight", hint="it can be read again once oversight lifts that")
    return opened
