"""The transport bag: the text files around the ciphertext, and the strict reading of them.

Source: RFC 8493 (BagIt 1.0). Every tag file but the instructions is a function of the envelope and the packs'
digests, so a reader makes it again and compares. No `fetch.txt`, no other manifests, no names of evidence or people.

    bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
    data/00000.age (the record)  data/00001.age ... (the packs)
    comity/envelope.json  comity/HOW-TO-OPEN.txt  comity/parts (a digest for each 4 MiB of each pack: see `parts`)
    signatures/tagmanifest-sha256.txt.p7s  signatures/tagmanifest-sha256.txt.p7s.tsr (where the time was stamped)
    comity/prior/...  (where the package was made from another by writing its headers anew: see `rewrap`)
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final, Literal

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import BrokenSeal, Malformed
from comity.base.ids import check_uuid, node_id
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.crypto.age_keys import HYBRID, TAGGED, X25519
from comity.evidence.instructions import HOW_TO_OPEN
from comity.evidence.pieces import Algorithm
from comity.evidence.plan import MOST_PACKS

SUITES: Final = {X25519: "modern-1", HYBRID: "modern-pq-1", TAGGED: "p256-1"}
"""The suite by the kind of recipient. There is nothing else to choose."""
PIECES: Final[dict[str, Algorithm]] = {"modern-1": "blake3", "modern-pq-1": "blake3", "p256-1": "sha256"}
BAGIT: Final = "bagit.txt"
DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
BAG_INFO: Final = "bag-info.txt"
MANIFEST: Final = "manifest-sha256.txt"
TAGMANIFEST: Final = "tagmanifest-sha256.txt"
ENVELOPE: Final = "comity/envelope.json"
INSTRUCTIONS: Final = "comity/HOW-TO-OPEN.txt"
PARTS: Final = "comity/parts"
SIGNATURE: Final = "signatures/tagmanifest-sha256.txt.p7s"
STAMP: Final = SIGNATURE + ".tsr"
TAG_FILES: Final = (BAG_INFO, BAGIT, INSTRUCTIONS, ENVELOPE, PARTS, MANIFEST)
"""What the tag manifest lists: these and no other."""
PRIOR_ENVELOPE: Final = "comity/prior/envelope.json"
PRIOR_HEADERS: Final = "comity/prior/headers"
PRIOR_MANIFEST: Final = "comity/prior/manifest-sha256.txt"
PRIOR_TAGMANIFEST: Final = "comity/prior/tagmanifest-sha256.txt"
PRIOR_SIGNATURE: Final = "comity/prior/tagmanifest-sha256.txt.p7s"
PRIOR_FILES: Final = (PRIOR_ENVELOPE, PRIOR_HEADERS, PRIOR_MANIFEST, PRIOR_TAGMANIFEST, PRIOR_SIGNATURE)
"""What a rewrapped package keeps of the one it was made from, beside what the tag manifest lists in any package."""
TAG_FILE_LIMIT: Final = 2 * 1024 * 1024

_HEX = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)")


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """File `data/<n, five digits>.age`, of `size` bytes."""

    n: Annotated[int, msgspec.Meta(ge=0, le=99999)]
    size: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What may be known without a key: from whom, for whom, how large.

    `signer`: RFC 7638 thumbprint. `recipients`: SHA-256 of each age recipient's text. `sealed_at`: POSIX seconds.
    `prior`: digest of the package that this one was made from, or ''.
    """

    v: Literal[1] = 1
    suite: Literal["modern-1", "modern-pq-1", "p256-1"]
    package: str
    mode: Mode
    from_: str = msgspec.field(name="from")
    to: str
    sealed_at: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
    signer: str
    recipients: Annotated[tuple[_HEX, ...], msgspec.Meta(min_length=1, max_length=16)]
    prior: Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")] = ""
    packs: Annotated[tuple[Pack, ...], msgspec.Meta(min_length=1, max_length=MOST_PACKS)]


def read_envelope(data: bytes) -> Envelope:
    """The envelope in `comity/envelope.json`. Raises TooLarge, or Malformed: also for an unknown version or suite."""
    envelope = read_json(data, Envelope, limit=TAG_FILE_LIMIT, what="the package's envelope")
    check_uuid(envelope.package)
    node_id(envelope.from_)
    node_id(envelope.to)
    if [pack.n for pack in envelope.packs] != list(range(len(envelope.packs))):
        raise Malformed("the packs are not numbered from 0", where=ENVELOPE, hint="see docs/formats/evidence.md")
    return envelope


def pack_name(n: int) -> str:
    return f"data/{n:05d}.age"


def tag_files(envelope: Envelope, digests: Sequence[Digest], parts: bytes) -> dict[str, bytes]:
    """Every tag file by its name. digests: the packs', in the envelope's order; parts: what `comity/parts` holds."""
    names = [pack_name(pack.n) for pack in envelope.packs]
    return {
        BAGIT: DECLARATION,
        BAG_INFO: bag_info(envelope.sealed_at, envelope.package, envelope.mode, [pack.size for pack in envelope.packs]),
        ENVELOPE: to_json(envelope),
        INSTRUCTIONS: HOW_TO_OPEN.encode("ascii"),
        PARTS: parts,
        MANIFEST: digest_lines(zip(names, digests, strict=True)),
    }


def tagmanifest(files: Mapping[str, bytes]) -> bytes:
    """The bytes of `tagmanifest-sha256.txt`: what is signed outside, and whose SHA-256 names the package."""
    return digest_lines((name, Digest.of(files[name])) for name in sorted(files))


def package_digest(tagmanifest_bytes: bytes) -> Digest:
    """The package's identity: SHA-256 of its tag manifest, which fixes every other byte but the signature's."""
    return Digest.of(tagmanifest_bytes)


def check_unchanged(name: str, found: bytes, expected: Digest) -> None:
    """Raise BrokenSeal unless the SHA-256 of a file of the package is the one that was signed."""
    if found != expected.value:
        hint = "open nothing of it; ask for the package to be sent again"
        raise BrokenSeal("changed, cut or lengthened since it was sealed", where=name, hint=hint)


def digest_lines(entries: Iterable[tuple[str, Digest | str]]) -> bytes:
    """'<64 hex>  <path>' and LF, one a line, in the order given (ascending). Source: RFC 8493 section 2.1.3.

    A digest may be given as its 64 hexadecimal digits: files are many.
    """
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


def bag_info(sealed_at: int, package: str, mode: Mode, sizes: Sequence[int]) -> bytes:
    """`bag-info.txt` of a bag whose payload files have these sizes. Source: RFC 8493 section 2.2.2."""
    lines = [
        f"Bagging-Date: {Instant.from_seconds(sealed_at).day.isoformat()}",
        f"External-Identifier: urn:uuid:{package}",
        f"Payload-Oxum: {sum(sizes)}.{len(sizes)}",
    ]
    if mode.stamp:
        lines.insert(1, f"External-Description: {mode.stamp}. Not a live request.")
    return "".join(line + "\n" for line in lines).encode("ascii")


def _percent(path: str) -> str:
    """RFC 8493: CR, LF and % are written %0D, %0A and %25, and nothing else is."""
    return path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _from_percent(text: str) -> str:
    return text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")


def _bad_lines(what: str, line: int) -> Malformed:
    where = f"{what}, line {line}" if line else what
    return Malformed("not a line of a digest, two spaces and a path", where=where, hint="RFC 8493 section 2.1.3")
