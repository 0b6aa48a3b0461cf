"""Evidence on its way: hash-addressed parts, brought before the message that names them: the only way bytes travel.

`HEAD /v1/parts/<sha256>` says whether the peer has one, `PUT` brings it. Any order, any number of times: a part is its
digest, so nothing can be put in a wrong place, and what was acknowledged is not sent again.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import from_b64u
from comity.base.parsing import read_json
from comity.crypto.age import Readable
from comity.evidence.streams import PackageSource
from comity.exchange import document as documents
from comity.exchange.directory import Entity
from comity.workflows.call_peer import call
from comity.workflows.office import Office
from comity.workflows.stores import Outgoing

PART_BYTES: Final = 4 * 1024 * 1024
MEDIA_TYPE: Final = "application/octet-stream"
AT_ONCE: Final = 4
"""Parts under way at once."""
_READ_BYTES: Final = 1024 * 1024
_Stretch = tuple[str, int, documents.Part]


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
    """Bring every part that the peer has not got yet, some at once. Raises what `call` raises; what was brought stays.

    The parts are those the message names: nothing is read but what must be brought, so a transfer that broke off goes
    on for the cost of asking. As many are in memory as are under way.
    """
    package = office.packages.source(message.package)
    stretches = [
        (file.name, place * PART_BYTES, part) for file in _attached(message) for place, part in enumerate(file.parts)
    ]
    total = bytes_of(message)

    def bring(name: str, offset: int, part: documents.Part) -> None:
        _bring(office, peer, package, name, offset, part)
        office.transfers.add(message.id, part.size)

    office.transfers.begin(message.id, total)
    try:
        if total <= AT_ONCE * PART_BYTES:
            for one in stretches:
                bring(*one)
        else:
            _at_once(bring, stretches)
    finally:
        office.transfers.end(message.id)


def bytes_of(message: Outgoing) -> int:
    """How much evidence our own message brings, whole: 0 if none."""
    return sum(file.size for file in _attached(message))


def _at_once(bring: Callable[[str, int, documents.Part], None], stretches: Sequence[_Stretch]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(bring, *one) for one in stretches]
        try:
            for each in running:
                each.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _attached(message: Outgoing) -> tuple[documents.AttachedFile, ...]:
    """What our own message says of the package. It was signed here: its signature is not checked again."""
    payload = from_b64u(message.document.split(b".")[1].decode("ascii"))
    return read_json(payload, documents.Document, limit=documents.PAYLOAD_LIMIT, what="the message").attachments


def _bring(office: Office, peer: Entity, package: PackageSource, name: str, offset: int, part: documents.Part) -> None:
    path = f"/v1/parts/{part.sha256}"
    if call(office, peer, "HEAD", path, MEDIA_TYPE, b"", also=(404,)).status != 404:
        return
    with package.open(name) as stream:
        stream.seek(offset)
        data = _read(stream, part.size)
    call(office, peer, "PUT", path, MEDIA_TYPE, data)
