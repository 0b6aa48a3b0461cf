"""Resumable uploads of what is to be sealed: tus 1.0.0 with creation, termination, expiration and checksum.

Protocol: https://tus.io/protocols/resumable-upload. A file is for one person, in one case in which that person may
seal; its bytes are on the disk before they are answered for. Every change carries the form token of its page.
"""

import base64
import binascii
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from comity.adapters.uploads_files import Upload, read_checksum
from comity.base.encoding import b64u
from comity.base.errors import BrokenSeal, Malformed, NotPermitted, TooLarge
from comity.docket import todo
from comity.web.case_pages import load
from comity.web.site import Visit
from comity.workflows import read_cases

VERSION: Final = "1.0.0"
_PIECE: Final = "application/offset+octet-stream"
_NAME_MOST: Final = 1024


async def options(visit: Visit) -> Response:
    """What this server can do."""
    extensions = "creation,termination,expiration,checksum"
    return _answer(
        204,
        {
            "tus-version": VERSION,
            "tus-extension": extensions,
            "tus-max-size": str(visit.site.uploads.most),
            "tus-checksum-algorithm": "sha256",
        },
    )


async def post(visit: Visit) -> Response:
    """Begin a file: `Upload-Length`, and its name in `Upload-Metadata`."""
    _check_version(visit)
    case = await run_in_threadpool(_check_may_seal, visit)
    size = _number(visit, "upload-length")
    if size > visit.site.uploads.most:
        raise TooLarge(f"more than {visit.site.uploads.most:,} bytes", hint="send it in several files")
    name = _name(visit.request.headers.get("upload-metadata", ""))
    upload_id, now = b64u(visit.office.randomness.bytes(16)), visit.office.clock.now()
    upload = await run_in_threadpool(
        visit.site.uploads.begin, name, upload_id, case=case, person=visit.person, size=size, now=now
    )
    return _answer(201, {"location": f"/cases/{case}/uploads/{upload.id}", **_state(upload)})


async def one(visit: Visit) -> Response:
    """What is asked of one file."""
    work = {"HEAD": _head, "PATCH": _patch, "DELETE": _delete}[visit.request.method]
    return await work(visit)


async def _head(visit: Visit) -> Response:
    """How much of a file is here."""
    _check_version(visit)
    return _answer(200, _state(await run_in_threadpool(_find, visit)))


async def _patch(visit: Visit) -> Response:
    """The next piece of a file."""
    _check_version(visit)
    if visit.request.headers.get("content-type", "") != _PIECE:
        return _answer(415, {})
    upload = await run_in_threadpool(_find, visit)
    checksum = visit.request.headers.get("upload-checksum", "")
    sha256 = read_checksum(checksum) if checksum else None
    now = visit.office.clock.now()
    try:
        await visit.site.uploads.append(
            upload, _number(visit, "upload-offset"), visit.request.stream(), now, sha256=sha256
        )
    except BrokenSeal:
        return _answer(460, {})  # the protocol's own status for a checksum that does not match
    return _answer(204, _state(await run_in_threadpool(_find, visit)))


async def _delete(visit: Visit) -> Response:
    """Give a file up."""
    _check_version(visit)
    visit.site.uploads.drop(await run_in_threadpool(_find, visit))
    return _answer(204, {})


def _answer(status: int, headers: Mapping[str, str]) -> Response:
    return Response(status_code=status, headers={"tus-resumable": VERSION, "cache-control": "no-store", **headers})


def _state(upload: Upload) -> dict[str, str]:
    ends = format_datetime(upload.ends.value, usegmt=True)
    return {"upload-offset": str(upload.offset), "upload-length": str(upload.about.size), "upload-expires": ends}


def _check_version(visit: Visit) -> None:
    if visit.request.headers.get("tus-resumable", "") != VERSION:
        raise Malformed("another version of tus", where="tus-resumable", hint=f"this server speaks {VERSION}")


def _check_may_seal(visit: Visit) -> str:
    """The case, if it is one in which this person may seal now. Raises NotFound, NotPermitted."""
    case = load(visit)
    found = read_cases.findings_of(visit.office, case)
    is_open = "seal" in {step.action for step in todo.steps(case, found)}
    if not is_open or not todo.may(case, "seal", visit.person, visit.roles, found):
        raise NotPermitted("nothing is to be sealed by you in this case", hint="see what is open on its page")
    return case.id


def _find(visit: Visit) -> Upload:
    now = visit.office.clock.now()
    return visit.site.uploads.find(visit.path("case"), visit.path("upload"), visit.person, now)


def _number(visit: Visit, name: str) -> int:
    text = visit.request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Malformed("not a number of bytes", where=name, hint="write it in figures")
    return int(text)


def _name(metadata: str) -> str:
    """`filename` of comma-separated pairs, each a key and a base64 value."""
    pairs = dict(pair.strip().partition(" ")[::2] for pair in metadata[:_NAME_MOST].split(","))
    try:
        name = base64.b64decode(pairs.get("filename", ""), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        name = ""
    if not name:
        raise Malformed("the file has no name", where="upload-metadata", hint="filename, then base64")
    return name
