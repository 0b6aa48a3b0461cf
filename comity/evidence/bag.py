"""The transport bag: the text files around the ciphertext, and the strict reading of them.

Source: RFC 8493 (BagIt 1.0). Every tag file but the instructions is a function of the envelope and the packs'
digests, so a reader makes it again and compares. No `fetch.txt`, no other manifests, no names of evidence or people.

    bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
    data/00000.age (the record)  data/00001.age (the pack)
    comity/envelope.json  comity/HOW-TO-OPEN.txt
    signatures/tagmanifest-sha256.txt.jws
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final, Literal

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import Malformed
from comity.base.ids import check_uuid, node_id
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.evidence.instructions import HOW_TO_OPEN

TYP: Final = "comity-tagmanifest+jws"
SUITE: Final = "age-x25519-sha256-ed25519"
BAGIT: Final = "bagit.txt"
BAG_INFO: Final = "bag-info.txt"
MANIFEST: Final = "manifest-sha256.txt"
TAGMANIFEST: Final = "tagmanifest-sha256.txt"
ENVELOPE: Final = "comity/envelope.json"
INSTRUCTIONS: Final = "comity/HOW-TO-OPEN.txt"
SIGNATURE: Final = "signatures/tagmanifest-sha256.txt.jws"
TAG_FILES: Final = (BAG_INFO, BAGIT, INSTRUCTIONS, ENVELOPE, MANIFEST)
"""What the tag manifest lists: these and no other."""
SAME: Final = frozenset({BAGIT, INSTRUCTIONS})
"""The tag files whose bytes are the same in every package."""
TAG_FILE_LIMIT: Final = 64 * 1024

_HEX = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """File `data/<n, five digits>.age`, of `size` bytes."""

    n: Annotated[int, msgspec.Meta(ge=0, le=99999)]
    size: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What may be known without a key: from whom, for whom, how large.

    `signer`: RFC 7638 thumbprint. `recipients`: SHA-256 of each age recipient's text. `sealed_at`: POSIX seconds.
    """

    v: Literal[1] = 1
    suite: Literal["age-x25519-sha256-ed25519"] = SUITE
    package: str
    mode: Mode
    from_: str = msgspec.field(name="from")
    to: str
    sealed_at: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
    signer: str
    recipients: Annotated[tuple[_HEX, ...], msgspec.Meta(min_length=1, max_length=16)]
    packs: tuple[Pack, ...]


def read_envelope(data: bytes) -> Envelope:
    """The envelope in `comity/envelope.json`. Raises TooLarge, or Malformed: also for an unknown version or suite."""
    envelope = read_json(data, Envelope, limit=TAG_FILE_LIMIT, what="the package's envelope")
    check_uuid(envelope.package)
    node_id(envelope.from_)
    node_id(envelope.to)
    if [pack.n for pack in envelope.packs] != [0, 1]:
        raise Malformed("version 1 has one record and one pack", hint="see docs/formats/evidence.md")
    return envelope


def pack_name(n: int) -> str:
    return f"data/{n:05d}.age"


def tag_files(envelope: Envelope, digests: Sequence[Digest]) -> dict[str, bytes]:
    """Every tag file by its name. `digests` are the packs', in the envelope's order."""
    names = [pack_name(pack.n) for pack in envelope.packs]
    return {
        BAGIT: b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        BAG_INFO: _bag_info(envelope),
        ENVELOPE: to_json(envelope),
        INSTRUCTIONS: HOW_TO_OPEN.encode("ascii"),
        MANIFEST: digest_lines(zip(names, digests, strict=True)),
    }


def tagmanifest(files: Mapping[str, bytes]) -> bytes:
    """The bytes of `tagmanifest-sha256.txt`: what is signed outside, and whose SHA-256 names the package."""
    return digest_lines((name, Digest.of(files[name])) for name in sorted(files))


def package_digest(tagmanifest_bytes: bytes) -> Digest:
    """The package's identity: SHA-256 of its tag manifest, which fixes every other byte but the signature's."""
    return Digest.of(tagmanifest_bytes)


def digest_lines(entries: Iterable[tuple[str, Digest]]) -> bytes:
    """'<64 hex>  <path>' and LF, one a line, in the order given (ascending). Source: RFC 8493 section 2.1.3."""
    return "".join(f"{digest}  {_percent(path)}\n" for path, digest in entries).encode("utf-8")


def read_digest_lines(data: bytes, what: str) -> dict[str, Digest]:
    """The entries of a manifest, written as `digest_lines` writes them and no other way. Raises Malformed."""
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise _bad_lines(what, 0) from None
    if lines.pop() != "":
        raise _bad_lines(what, len(lines) + 1)
    found: dict[str, Digest] = {}
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise _bad_lines(what, number)
        path = _from_percent(match[2])
        if path in found or _percent(path) != match[2]:
            raise _bad_lines(what, number)
        found[path] = Digest.from_hex(match[1])
    if list(found) != sorted(found):
        raise Malformed("not in ascending order", where=what, hint="see docs/formats/evidence.md")
    return found


def _bag_info(envelope: Envelope) -> bytes:
    octets = sum(pack.size for pack in envelope.packs)
    lines = [
        f"Bagging-Date: {Instant.from_seconds(envelope.sealed_at).day.isoformat()}",
        f"External-Identifier: urn:uuid:{envelope.package}",
        f"Payload-Oxum: {octets}.{len(envelope.packs)}",
    ]
    if envelope.mode.stamp:
        lines.insert(1, f"External-Description: {envelope.mode.stamp}. Not a live request.")
    return "".join(line + "\n" for line in lines).encode("ascii")


def _percent(path: str) -> str:
    """RFC 8493: CR, LF and % are written %0D, %0A and %25, and nothing else is."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _from_percent(text: str) -> str:
    return text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


def _bad_lines(what: str, line: int) -> Malformed:
    where = f"{what}, line {line}" if line else what
    return Malformed("not a line of a digest, two spaces and a path", where=where, hint="RFC 8493 section 2.1.3")
