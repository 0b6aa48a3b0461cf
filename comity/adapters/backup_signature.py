"""Who made a backup: a JWS (typ comity-backup+jws) over its manifest's digest, by the node's receipt key.

    signature.json    {"public":b64u of the key,"jws":...}; at most 8 KiB

The backup says itself which key that is, and so does a forged one: whoever restores says which key he expects, by the
thumbprint that `comity backup` printed and that every peer's directory has. docs/formats/backup.md
"""

import zipfile
from typing import Final

import msgspec

from comity.adapters.backup_manifest import NAME, SIGNATURE, Manifest
from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadSignature, Malformed
from comity.base.parsing import read_json
from comity.crypto import jws
from comity.crypto.signatures import Signer, thumbprint

TYP: Final = "comity-backup+jws"
LIMIT: Final = 8 * 1024


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    public: str
    jws: str


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is signed: whose backup, of when, and the SHA-256 of the bytes of its manifest."""

    v: int
    node: str
    mode: str
    at: int
    manifest_sha256: str


def _said(manifest: Manifest, data: bytes) -> _Said:
    return _Said(1, manifest.node, manifest.mode, manifest.at, str(Digest.of(data)))


def sign(manifest: Manifest, data: bytes, signer: Signer) -> bytes:
    """The member `signature.json`. data: the manifest as it was written."""
    token = jws.sign_compact(to_json(_said(manifest, data)), signer, TYP)
    return to_json(_Wire(b64u(signer.public), token.decode("ascii")))


def signer_of(archive: zipfile.ZipFile, manifest: Manifest) -> str:
    """The thumbprint of the key that signed the manifest, whoever holds that key; '' where nobody signed.

    Raises Malformed, or BadSignature where the signature is not of this manifest.
    """
    try:
        info = archive.getinfo(SIGNATURE)
    except KeyError:
        return ""
    if info.file_size > LIMIT:
        raise Malformed("the backup's signature is too long", hint="nothing was written; take another copy of it")
    wire = read_json(archive.read(info), _Wire, limit=LIMIT, what="the backup's signature")
    public = from_b64u(wire.public)
    payload = jws.verify_compact(wire.jws.encode("ascii", "replace"), public, TYP, limit=LIMIT)
    if read_json(payload, _Said, limit=LIMIT, what="the backup's signature") != _said(manifest, archive.read(NAME)):
        raise BadSignature("the signature is not of this backup", hint="nothing was written; take another copy of it")
    return thumbprint(public)


def check_signer(archive: zipfile.ZipFile, manifest: Manifest, expected: str) -> None:
    """Raises BadSignature unless the key of the thumbprint `expected` signed this very backup."""
    found = signer_of(archive, manifest)
    if not found:
        raise BadSignature(
            "nobody signed this backup", hint="take one that is signed; where there is none: --unverified"
        )
    if found != expected:
        raise BadSignature(
            f"another key signed this backup: {found}",
            hint="nothing was written; ask a peer which receipt keys its directory lists for this node",
        )
