"""Evidence on its way: digest-addressed parts, brought before the message that names them: the only way bytes travel.

`HEAD /v1/parts/<channel>/<digest>` says whether the peer has one of a case's, `PUT` brings it. Any order, any number of
times: a part is its digest, so nothing can be put in a wrong place, and what was acknowledged is not sent again. The
parts of a pack are those that the package itself lists and its sealer signed; the message names its small files' parts.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import from_b64u
from comity.base.errors import BrokenSeal, Malformed
from comity.base.parsing import read_json
from comity.evidence import bag, parts
from comity.evidence.outside import read_tag
from comity.evidence.parts import read_part
from comity.evidence.streams import PackageSource
from comity.exchange import document as documents
from comity.exchange.directory import Entity
from comity.exchange.problems import ExchangeProblem
from comity.workflows.call_peer import call
from comity.workflows.office import Office
from comity.workflows.part_stores import Progress
from comity.workflows.stores import Outgoing
from comity.workflows.transfers import Brought

PART_BYTES: Final = parts.PART
MEDIA_TYPE: Final = "application/octet-stream"
AT_ONCE: Final = 4
"""Parts under way at once."""
_REFUSED: Final = frozenset({"not-allowed", "too-large"})
"""The peer takes no more of this case: it says why in its signed receipt for the message, which is sent then."""
_REFUSED_STATUS: Final = (403, 413)
_Stretch = tuple[str, int, str, int]
"""File, place in it, digest, size."""


class _Refused(Exception):
    """The peer lets no more parts in."""


def describe(package: PackageSource) -> tuple[documents.AttachedFile, ...]:
    """The files of a package, in order; of all but the packs with the digests of their parts. Reads its small files."""
    sizes = _sizes(package)
    return tuple(
        documents.AttachedFile(name, sizes[name], ()) if name in sizes else _describe_file(package, name)
        for name in sorted(package.names())
    )


def _sizes(package: PackageSource) -> dict[str, int]:
    """The packs and their sizes, as the envelope has them."""
    envelope = bag.read_envelope(read_tag(package, bag.ENVELOPE))
    return {bag.pack_name(pack.n): pack.size for pack in envelope.packs}


def _describe_file(package: PackageSource, name: str) -> documents.AttachedFile:
    found: list[documents.Part] = []
    with package.open(name) as stream:
        while data := read_part(stream, PART_BYTES):
            found.append(documents.Part(str(Digest.of(data)), len(data)))
    return documents.AttachedFile(name, sum(part.size for part in found), tuple(found))


def send(office: Office, peer: Entity, message: Outgoing) -> None:
    """Bring every part that the peer has not got yet, some at once. Raises what `call` raises; what was brought stays.

    The parts are those the message and the package name: nothing is read but what must be brought, so a transfer that
    broke off goes on for the cost of asking. As many are in memory as are under way. Where the peer takes no more of
    this case it ends without an error: the message is next, and the peer's signed answer to it says why.
    """
    package = office.packages.source(message.package)
    document = _document(message)
    stretches = list(_stretches(package, document))
    total = sum(size for _, _, _, size in stretches)

    def bring(one: _Stretch) -> None:
        _bring(office, peer, package, document.channel, one)
        come = office.transfers.add(message.id, one[3], office.clock.now())
        if come is not None:
            _write_down(office, message.id, come)

    office.transfers.begin(message.id, total, office.clock.now())
    try:
        if total <= AT_ONCE * PART_BYTES:
            for one in stretches:
                bring(one)
        else:
            _at_once(bring, stretches)
    except _Refused:
        pass
    finally:
        come = office.transfers.end(message.id)
        if come is not None:
            _write_down(office, message.id, come)


def _write_down(office: Office, message: str, come: Brought) -> None:
    """What has come whole needs no record: its message says so."""
    with office.store.transaction() as tx:
        if come.done == come.total:
            tx.transfers.remove(message)
        else:
            tx.transfers.put(message, Progress(come.done, come.total), office.clock.now())
            if come.under_way:  # else another worker would begin it too
                tx.outbox.renew(message, office.clock.now().plus_seconds(office.lease_seconds))


def brought(office: Office, message: str) -> Brought | None:
    """How far a message's evidence has come: as this process counts it, else as it was last written down."""
    now = office.transfers.of(message)
    if now is not None:
        return now
    with office.store.transaction() as tx:
        known = tx.transfers.get(message)
    return Brought(known.done, known.total, under_way=False) if known else None


def bytes_of(message: Outgoing) -> int:
    """How much evidence our own message brings, whole: 0 if none."""
    return sum(file.size for file in _document(message).attachments)


def names_of(office: Office, message: Outgoing) -> list[tuple[str, int]]:
    """The digest and size of every part of a message's evidence, for a peer that fetches them."""
    package = office.packages.source(message.package)
    return [(digest, size) for _, _, digest, size in _stretches(package, _document(message))]


def part_of(office: Office, message: Outgoing, digest: str) -> bytes | None:
    """One of those parts; None where the message has no such part."""
    package = office.packages.source(message.package)
    for name, offset, named, size in _stretches(package, _document(message)):
        if named == digest:
            with package.open(name) as stream:
                stream.seek(offset)
                return read_part(stream, size)
    return None


def _stretches(package: PackageSource, document: documents.Document) -> Iterator[_Stretch]:
    """Every part there is to bring. Raises BrokenSeal where the package's own list is not one of its packs."""
    sizes = _sizes(package)
    of_packs = parts.of_packs(read_tag(package, bag.PARTS), sizes, bag.PARTS)
    for file in document.attachments:
        for place, part in enumerate(file.parts):
            yield file.name, place * PART_BYTES, part.sha256, part.size
        for place, digest in enumerate(of_packs.get(file.name, ())):
            at = place * PART_BYTES
            yield file.name, at, digest.hex(), min(PART_BYTES, sizes[file.name] - at)


def _at_once(bring: Callable[[_Stretch], None], stretches: Sequence[_Stretch]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(bring, one) for one in stretches]
        try:
            for each in running:
                each.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _document(message: Outgoing) -> documents.Document:
    """Our own message. It was signed here: its signature is not checked again."""
    payload = from_b64u(message.document.split(b".")[1].decode("ascii"))
    return read_json(payload, documents.Document, limit=documents.PAYLOAD_LIMIT, what="the message")


def _bring(office: Office, peer: Entity, package: PackageSource, channel: str, stretch: _Stretch) -> None:
    name, offset, digest, size = stretch
    path = f"/v1/parts/{channel}/{digest}"
    asked = call(office, peer, "HEAD", path, MEDIA_TYPE, b"", also=(404, *_REFUSED_STATUS)).status
    if asked in _REFUSED_STATUS:
        raise _Refused
    if asked != 404:
        return
    with package.open(name) as stream:
        stream.seek(offset)
        data = read_part(stream, size)
    try:
        parts.check_part(digest, data)
    except Malformed:
        where = f"{name}, bytes {offset} to {offset + size - 1}"
        hint = "the disk changed it since it was sealed: look for a backup of the package"
        raise BrokenSeal("not as it was sealed", where=where, hint=hint) from None
    try:
        call(office, peer, "PUT", path, MEDIA_TYPE, data)
    except ExchangeProblem as error:
        if error.code in _REFUSED:
            raise _Refused from None
        raise
