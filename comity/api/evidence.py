"""Evidence of a case: its sealed package, byte for byte, its custody; sealing, and both signatures of a hand-over.

What is read here is ciphertext. Opening evidence is an examiner's act with a purpose, letting more readers into it its
holder's with reasons: neither is to be had by a token.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, BinaryIO, Final

from fastapi import APIRouter, File, Form, Path, Response, UploadFile
from pydantic import StringConstraints
from starlette.responses import StreamingResponse

from comity.api.answers import CaseId, as_bytes, case_of, looked, problems
from comity.api.calling import Acting, Caller, acts, needs
from comity.api.case_shapes import CaseShape, example, shape_of
from comity.api.shapes import Shape
from comity.base.errors import Malformed, NotFound
from comity.base.instants import Instant
from comity.cases.case import Case
from comity.evidence.paths import check_path
from comity.evidence.streams import Kind, PackageSource
from comity.workflows import destroy_evidence, hand_over, read_cases, seal_evidence
from comity.workflows.office import Office
from comity.workflows.token_store import Scope

router = APIRouter(prefix="/api/v1/cases/{case}/evidence", tags=["evidence"])
Reading = Annotated[Caller, needs(Scope.EVIDENCE_READ)]
Writing = Annotated[Acting, acts(Scope.EVIDENCE_WRITE)]
_CHUNK_BYTES: Final = 256 * 1024
_FILES_MOST: Final = 1000
_PACKAGE: Final = "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02"
_OCTETS: Final = "application/octet-stream"


class ActShape(Shape):
    """One act of custody: begin, release, accept, examine, return, reissue or destroy, by which node and person, when
    and why. `withheld`: who did it and why is known to its holder, and both are empty here."""

    act: str
    by: str
    actor: str
    to: str
    at: str
    reason: str
    withheld: bool


class EvidenceShape(Shape):
    """The case's package. `files`: the names in the sealed package, which say nothing of what is inside; `holder`: who
    holds it; `awaiting`: who has still to sign for it, or empty. Every signature of the chain was checked just now."""

    model_config = example(
        {
            "package": _PACKAGE,
            "files": ["bagit.txt", "data/pack-000001.age", "manifest-sha256.txt"],
            "holder": "XB/hosting-company",
            "awaiting": "",
            "acts": [
                {
                    "act": "begin",
                    "by": "XB/hosting-company",
                    "actor": "lee",
                    "to": "",
                    "at": "2026-12-07T09:00:00Z",
                    "reason": "export of the access logs",
                    "withheld": False,
                }
            ],
        }
    )

    package: str
    files: list[str]
    holder: str
    awaiting: str
    acts: list[ActShape]


class HandOver(Shape):
    """One signature of a hand-over, and why."""

    model_config = example({"reason": "as ordered"})

    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Destruction(Shape):
    """By whose decision and why, and what became of opened files and of other copies, as backups."""

    model_config = example({"reasons": "as the court ordered on 7 December", "copies": "the opened files are erased"})

    reasons: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    copies: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


@router.get("", operation_id="get_evidence", responses=problems(404, 409))
def get_evidence(caller: Reading, case: CaseId) -> EvidenceShape:
    """The package of a case and its custody, verified. Needs `evidence:read`."""
    found = _with_package(looked(caller, case, part="/evidence"), caller.office)
    custody = read_cases.custody_of(caller.office, found)
    names = sorted(caller.office.packages.source(found.package).names())
    acts_found = [
        ActShape(
            act=one.act,
            by=one.by,
            actor=one.actor,
            to=one.to,
            at=str(Instant.from_seconds(one.at)),
            reason=one.reason,
            withheld=one.is_withheld,
        )
        for one in custody.acts
    ]
    return EvidenceShape(
        package=found.package, files=names, holder=custody.holder, awaiting=custody.awaiting, acts=acts_found
    )


@router.get(
    "/custody",
    operation_id="get_custody",
    response_class=Response,
    responses={**as_bytes("text/plain", "The chain, one JWS a line.", "eyJ0eXAi...\n"), **problems(404, 409)},
)
def get_custody(caller: Reading, case: CaseId) -> Response:
    """The chain of custody as it was signed, for whoever checks it alone. Needs `evidence:read`."""
    found = _with_package(looked(caller, case, what="exported", part="/evidence/custody"), caller.office)
    with caller.office.store.transaction() as tx:
        lines = b"".join(act + b"\n" for act in tx.custody.acts(found.package))
    return Response(lines, media_type="text/plain")


@router.get(
    "/files/{name:path}",
    operation_id="get_sealed_file",
    response_class=Response,
    responses={**as_bytes(_OCTETS, "The file, byte for byte.", "BagIt-Version: 1.0\n"), **problems(404, 409)},
)
def get_sealed_file(
    caller: Reading,
    case: CaseId,
    name: Annotated[str, Path(max_length=1024, description="a name of `files`", examples=["bagit.txt"])],
) -> Response:
    """One file of the sealed package: ciphertext, digests and signatures. Needs `evidence:read`."""
    found = _with_package(looked(caller, case, what="exported", part="/evidence/files"), caller.office)
    source = caller.office.packages.source(found.package)
    if name not in set(source.names()):
        raise NotFound("the package has no such file", hint="see `files` of the evidence")
    return StreamingResponse(_pieces(source, name), media_type=_OCTETS)


@router.post("", operation_id="seal_evidence", status_code=201, responses=problems(404, 409))
def seal(
    caller: Writing,
    case: CaseId,
    files: Annotated[
        list[UploadFile],
        File(
            min_length=1,
            max_length=_FILES_MOST,
            description="a name may be a path, as logs/a.txt",
        ),
    ],
    how: Annotated[str, Form(min_length=1, max_length=2000, description="the method of collection, for a court")],
) -> EvidenceShape:
    """Seal files for those the order names and begin their custody, as the provider. What came in clear is kept in
    nameless temporary files and is gone when the answer comes. Needs `evidence:write`."""
    case_of(caller.office, case)
    sources = _sources(files, caller.office.clock.now())
    seal_evidence.seal_evidence(caller.office, caller.person, case, sources, how=how)
    return get_evidence(caller, case)


@router.post("/release", operation_id="release_evidence", responses=problems(404, 409))
def release(caller: Writing, case: CaseId, body: HandOver) -> CaseShape:
    """Sign the package away to the next custodian; it travels there. Needs `evidence:write`."""
    case_of(caller.office, case)
    return shape_of(hand_over.release(caller.office, caller.person, case, reason=body.reason))


@router.post("/accept", operation_id="accept_evidence", responses=problems(404, 409))
def accept(caller: Writing, case: CaseId, body: HandOver) -> CaseShape:
    """Check every digest of the package that came, and sign for it. Needs `evidence:write`."""
    case_of(caller.office, case)
    return shape_of(hand_over.accept(caller.office, caller.person, case, reason=body.reason))


@router.post("/return", operation_id="return_evidence", responses=problems(404, 409))
def give_back(caller: Writing, case: CaseId, body: HandOver) -> CaseShape:
    """Sign the package back to whom it came from. They read the reason; who opened it here, and what for, stays here.
    The copy here is removed once they have accepted it. Needs `evidence:write`."""
    case_of(caller.office, case)
    return shape_of(hand_over.give_back(caller.office, caller.person, case, reason=body.reason))


@router.post("/destroy", operation_id="destroy_evidence", responses=problems(404, 409))
def destroy(caller: Writing, case: CaseId, body: Destruction) -> CaseShape:
    """Destroy the package: the last act of its custody, or, by a former holder, the copy that stayed. Somebody does it
    who did not have the evidence in hands; there is no way back. Needs `evidence:write`."""
    case_of(caller.office, case)
    moved = destroy_evidence.destroy(caller.office, caller.person, case, reasons=body.reasons, copies=body.copies)
    return shape_of(moved)


def _with_package(case: Case, office: Office) -> Case:
    if not case.package or not office.packages.has(case.package):
        raise NotFound("the case has no evidence here", hint="see the state of the case")
    return case


def _pieces(source: PackageSource, name: str) -> Iterator[bytes]:
    with source.open(name) as stream:
        while piece := stream.read(_CHUNK_BYTES):
            yield bytes(piece)


class _Uploaded:
    """An uploaded file, or a folder above one, as a source to seal."""

    def __init__(self, path: str, kind: Kind, size: int, at: Instant, stream: BinaryIO | None = None) -> None:
        self.path, self.kind, self.size, self._stream = path, kind, size, stream
        self.mtime_ns = at.seconds * 1_000_000_000
        self.mode = 0o600 if kind == "file" else 0o700

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        stream = self._stream or io.BytesIO()
        stream.seek(0, os.SEEK_SET)
        yield stream


def _sources(files: list[UploadFile], at: Instant) -> list[Any]:
    """The files with the folders above them, in order of their paths. Raises Malformed for a name that is no path in a
    package, or that comes twice; the message does not repeat it."""
    found: dict[str, _Uploaded] = {}
    for file in files:
        path = check_path(file.filename or "")
        if path in found:
            raise Malformed("a file's name comes twice", where="body.files", hint="give each its own path")
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            found.setdefault(folder, _Uploaded(folder, "dir", 0, at))
        found[path] = _Uploaded(path, "file", file.size or 0, at, file.file)
    return [found[path] for path in sorted(found)]
