"""The record: what lies in `data/00000.age`. A tar of three members, in this order and of the form `tar` fixes:

    comity/manifest.json   the manifest's bytes
    comity/manifest.jws    the JWS over them
    manifest-sha256.txt    the same digests in BagIt's form (RFC 8493 section 2.1.3), for `sha256sum -c`

Opened beside the packs it restores a folder that needs no comity to be checked.
"""

import re
from typing import Final

from comity.base.digests import Digest
from comity.base.errors import BrokenSeal
from comity.evidence import tar
from comity.evidence.bag import digest_lines
from comity.evidence.manifest import JWS_LIMIT, LIMIT, Manifest, SignedManifest, open_manifest

MANIFEST: Final = "comity/manifest.json"
MANIFEST_JWS: Final = "comity/manifest.jws"
PLAIN_LIST: Final = "manifest-sha256.txt"
NAMES: Final = (MANIFEST, MANIFEST_JWS, PLAIN_LIST)
RECORD_LIMIT: Final = 2 * LIMIT + JWS_LIMIT

_SIZE = re.compile(rb"[0-7]{11}\0")


def build_record(signed: SignedManifest) -> bytes:
    """The record's bytes."""
    contents = (signed.data, signed.token, plain_list(signed.manifest))
    members = [
        tar.header(name, len(content)) + content + tar.padding(len(content))
        for name, content in zip(NAMES, contents, strict=True)
    ]
    return b"".join(members) + tar.END


def open_record(data: bytes, public: bytes) -> SignedManifest:
    """The signed manifest in a record. Raises BrokenSeal, BadSignature, TooLarge or Malformed."""
    manifest_bytes, token, listed = _members(data)
    manifest = open_manifest(manifest_bytes, token, public)
    if listed != plain_list(manifest):
        raise BrokenSeal("the list of digests is not the manifest's", hint="use nothing of the package")
    return SignedManifest(manifest, manifest_bytes, token)


def plain_list(manifest: Manifest) -> bytes:
    """The lines of `manifest-sha256.txt`: every file, under `data/`."""
    return digest_lines((f"data/{i.path}", Digest.from_hex(i.sha256)) for i in manifest.items if i.kind == "file")


def _members(data: bytes) -> list[bytes]:
    found = []
    at = 0
    for name in NAMES:
        # The only thing not known beforehand is the size; with it the header is made again and compared.
        written = data[at + 124 : at + 136]
        size = int(written[:11], 8) if _SIZE.fullmatch(written) else 0
        head = tar.header(name, size)
        whole = head + data[at + len(head) : at + len(head) + size] + tar.padding(size)
        if data[at : at + len(whole)] != whole or len(whole) != len(head) + size + len(tar.padding(size)):
            raise _not_a_record()
        found.append(whole[len(head) : len(head) + size])
        at += len(whole)
    if data[at:] != tar.END:
        raise _not_a_record()
    return found


def _not_a_record() -> BrokenSeal:
    return BrokenSeal("the record is not of the form fixed for it", hint="use nothing of the package")
