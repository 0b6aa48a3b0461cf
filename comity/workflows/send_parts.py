"""Evidence on its way: hash-addressed parts, brought before the message that names them: the only way bytes travel.

`HEAD /v1/parts/<sha256>` says whether the peer has one, `PUT` brings it. Any order, any number of times: a part is its
digest, so nothing can be put in a wrong place, and what was acknowledged is not sent again.
"""

from typing import Final

from comity.base.digests import Digest
from comity.crypto.age import Readable
from comity.evidence.streams import PackageSource
from comity.exchange import document as documents
from comity.exchange.directory import Entity
from comity.workflows.call_peer import call
from comity.workflows.office import Office
from comity.workflows.stores import Outgoing

PART_BYTES: Final = 4 * 1024 * 1024
MEDIA_TYPE: Final = "application/octet-stream"
_READ_BYTES: Final = 1024 * 1024


def describe(package: PackageSource) -> tuple[documents.AttachedFile, ...]:
    """The files of a package and the digests of their parts, in order."""
    return tuple(_describe_file(package, name) for name in sorted(package.names()))


def _describe_file(package: PackageSource, name: str) -> documents.AttachedFile:
    parts: list[documents.Part] = []
    with package.open(name) as stream:
        while data := _read(stream, PART_BYTES):
            parts.append(documents.Part(str(Digest.of(data)), len(data)))
    return documents.AttachedFile(name, sum(part.size for part in parts), tuple(parts))


def _read(stream: Readable, size: int) -> bytes:
    found = bytearray()
    while len(found) < size and (data := stream.read(min(_READ_BYTES, size - len(found)))):
        found += data
    return bytes(found)


def send(office: Office, peer: Entity, message: Outgoing) -> None:
    """Bring every part that the peer has not got yet. Raises what `call` raises; what was brought stays brought."""
    package = office.packages.source(message.package)
    for name in sorted(package.names()):
        with package.open(name) as stream:
            while data := _read(stream, PART_BYTES):
                _bring(office, peer, data)


def _bring(office: Office, peer: Entity, data: bytes) -> None:
    path = f"/v1/parts/{Digest.of(data)}"
    if call(office, peer, "HEAD", path, MEDIA_TYPE, b"", also=(404,)).status == 404:
        call(office, peer, "PUT", path, MEDIA_TYPE, data)
