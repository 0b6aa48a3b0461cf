"""The manifest: what is in the package, file by file, who collected it, how, and for whom it is sealed.

Its bytes are made once, signed by the sealing authority (`typ` = comity-manifest+jws), and carried as they are. It
lies inside the encryption; names of files appear nowhere in clear. It names package, case, request and receiver, so
it cannot be passed on as if it answered another request.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec

from comity.base.digests import Digest, same
from comity.base.encoding import to_json
from comity.base.errors import BadSignature, Malformed
from comity.base.ids import actor_id, check_uuid, node_id
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.crypto.age import check_recipient
from comity.crypto.jws import sign_compact, verify_compact
from comity.crypto.signatures import Signer
from comity.evidence.paths import check_tree
from comity.evidence.streams import Kind

TYP: Final = "comity-manifest+jws"
LIMIT: Final = 32 * 1024 * 1024
JWS_LIMIT: Final = LIMIT * 4 // 3 + 1024
MOST_RECIPIENTS: Final = 16

_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
_Seconds = Annotated[int, msgspec.Meta(ge=-(2**53 - 1), le=2**53 - 1)]


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One file or folder. `sha256` is '' for a folder.

    `mtime` is POSIX seconds and `mtime_ns` the nanoseconds after them (two numbers, because I-JSON has no integer that
    large); `mode` the permission bits as found. Both are recorded, not restored.
    """

    path: str
    kind: Kind
    size: _Count
    sha256: str
    mtime: _Seconds
    mtime_ns: Annotated[int, msgspec.Meta(ge=0, lt=10**9)]
    mode: Annotated[int, msgspec.Meta(ge=0, le=0o7777)]


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`items` in ascending order of path; `recipients` are age recipients; `sealed_at` is POSIX seconds.

    `case`: the sealer's own reference. `request`: id of the message answered, or ''. `how`: the method of collection.
    """

    v: Literal[1] = 1
    package: str
    case: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    request: str
    mode: Mode
    sealed_at: _Count
    sealed_by: str
    sealed_for: str
    collected_by: str
    how: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    recipients: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def content_bytes(self) -> int:
        """The sum of the files' sizes."""
        return sum(item.size for item in self.items)


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """A manifest, its bytes, and the JWS over exactly those bytes."""

    manifest: Manifest
    data: bytes
    token: bytes


def sign_manifest(manifest: Manifest, signer: Signer) -> SignedManifest:
    """Make the manifest's bytes and sign them. Raises Malformed or TooLarge for what no reader would take."""
    data = to_json(manifest)
    token = sign_compact(data, signer, TYP)
    return SignedManifest(open_manifest(data, token, signer.public), data, token)


def open_manifest(data: bytes, token: bytes, public: bytes) -> Manifest:
    """The manifest, if `public` signed exactly `data`. Raises BadSignature, TooLarge or Malformed."""
    if not same(verify_compact(token, public, TYP, limit=JWS_LIMIT), data):
        raise BadSignature("the manifest is not the one that was signed", hint="use nothing of the package")
    return read_manifest(data)


def read_manifest(data: bytes) -> Manifest:
    """The manifest with these bytes, every field checked, the signature not. Raises TooLarge or Malformed."""
    manifest = read_json(data, Manifest, limit=LIMIT, what="the manifest")
    check_uuid(manifest.package)
    if manifest.request:
        check_uuid(manifest.request)
    node_id(manifest.sealed_by)
    node_id(manifest.sealed_for)
    actor_id(manifest.collected_by)
    recipients = manifest.recipients
    if not 0 < len(recipients) <= MOST_RECIPIENTS or len(set(recipients)) != len(recipients):
        raise Malformed("the recipients", hint=f"1 to {MOST_RECIPIENTS} age recipients, each once")
    for recipient in recipients:
        check_recipient(recipient)
    check_tree((item.path, item.kind) for item in manifest.items)
    for number, item in enumerate(manifest.items, 1):
        if item.kind == "file":
            Digest.from_hex(item.sha256)
        elif item.sha256 or item.size:
            raise Malformed("a folder with a size or a digest", where=f"item {number}", hint="folders have neither")
    return manifest
