"""Evidence on its way into a package; evidence that was opened, the list of its files with their digests, to take away
one by one; and a package made for more readers, to take away whole."""

import os
from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import quote

from starlette.responses import FileResponse, Response, StreamingResponse

from comity.adapters.sources_files import FolderSource
from comity.base.errors import NotFound, NotPermitted
from comity.docket.standing import title_of
from comity.evidence import tar
from comity.evidence.streams import CHUNK_BYTES
from comity.web.case_pages import load
from comity.web.opened import ForAWhile, Made, Opened
from comity.web.site import Visit, to
from comity.workflows import read_cases

_Kind = TypeVar("_Kind", bound=ForAWhile)


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
    opened = _mine(visit, Opened)
    case = read_cases.find(visit.office, opened.case)
    files = [(number, item) for number, item in enumerate(opened.manifest.items) if item.kind == "file"]
    return visit.page("opened.html", case=case, title=title_of(case), opened=opened, files=files)


def get_file(visit: Visit) -> Response:
    """One file, to be saved and never shown here: what is in evidence is not to run in this page's place."""
    item, path = _mine(visit, Opened).file(int(visit.path("number")))
    name = item.path.rpartition("/")[2]
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


def get_made(visit: Visit) -> Response:
    """The package that was made for more readers: what it is, whom it is for, and where to take it away."""
    made = _mine(visit, Made)
    case = read_cases.find(visit.office, made.case)
    return visit.page("made.html", case=case, title=title_of(case), made=made)


def get_made_file(visit: Visit) -> Response:
    """The package and its custody as one tar, as `comity evidence let-in` puts them into a folder."""
    made = _mine(visit, Made)
    headers = {"content-disposition": f'attachment; filename="{made.id}.tar"'}
    return StreamingResponse(_tarred(made), media_type="application/x-tar", headers=headers)


def _tarred(made: Made) -> Iterator[bytes]:
    package, at = FolderSource(made.folder), made.at.seconds
    custody = f"{made.id}.custody.jsonl"
    yield tar.header(custody, len(made.chain), mtime=at) + made.chain + tar.padding(len(made.chain))
    for name in sorted(package.names()):
        with package.open(name) as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            yield tar.header(f"{made.id}/{name}", size, mtime=at)
            while chunk := stream.read(CHUNK_BYTES):
                yield chunk
        yield tar.padding(size)
    yield tar.END


def _mine(visit: Visit, kind: type[_Kind]) -> _Kind:
    """What this person opened or made; nothing of it is shown while oversight has frozen its case."""
    found = visit.site.for_a_while.find(kind, visit.path("name"), visit.person, visit.office.clock.now())
    if read_cases.find(visit.office, found.case).is_frozen:
        raise NotPermitted("the case is frozen by oversight", hint="it can be read again once oversight lifts that")
    return found
