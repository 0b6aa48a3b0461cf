"""The form in which comity itself writes a signed request: its signature base, written and recognised directly.

RFC 9421 section 2.5, for the components and parameters that `request_signature` names, in their order and in the one
canonical spelling. The general library reads and writes any form, and takes a millisecond of Python for it, more than
all else of a short message; what is not in this form goes to it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.base.encoding import b64
from comity.base.instants import Instant

_URL: Final = re.compile(r"(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::([1-9][0-9]{0,4}))?((?:/[A-Za-z0-9_-]+)+)")
_METHOD: Final = re.compile(r"[A-Z]+")
_FIELD: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_COVERED: Final = '("@method" "@authority" "@path" "content-type" "content-digest")'
_NUMBER: Final = "(0|[1-9][0-9]{0,11})"
_WORD: Final = '"([A-Za-z0-9_-]+)"'
_INPUT: Final = re.compile(
    f"comity=({re.escape(_COVERED)}"
    f';created={_NUMBER};keyid={_WORD};alg="ed25519";expires={_NUMBER};nonce={_WORD};tag="comity")'
)
_SIGNATURE: Final = re.compile(r"comity=:([A-Za-z0-9+/]{86}==):")
_OF_SCHEME: Final = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class Written:
    """A request's signature as it is written: what it is over, and by whom and when it says it was made. `signature`:
    standard base64."""

    base: bytes
    kid: str
    nonce: str
    created: int
    expires: int
    signature: str


def parameters(kid: str, created: Instant, expires: Instant, nonce: str) -> str:
    """What stands after the label in `signature-input`."""
    times = f';created={created.seconds};keyid="{kid}";alg="ed25519";expires={expires.seconds}'
    return f'{_COVERED}{times};nonce="{nonce}";tag="comity"'


def digest_of(body: bytes) -> str:
    """The value of `content-digest`."""
    return f"sha-256=:{b64(hashlib.sha256(body).digest())}:"


def base_of(method: str, url: str, content_type: str, digest: str, signed: str) -> bytes | None:
    """What is signed; `signed`: the parameters. None where a part has another form than we write."""
    found = _URL.fullmatch(url)
    if found is None or not _METHOD.fullmatch(method) or not _FIELD.fullmatch(content_type):
        return None
    scheme, host, port, path = found.groups()
    authority = host.lower() if port in (None, _OF_SCHEME[scheme]) else f"{host.lower()}:{port}"
    return (
        f'"@method": {method}\n"@authority": {authority}\n"@path": {path}\n"content-type": {content_type}\n'
        f'"content-digest": {digest}\n"@signature-params": {signed}'
    ).encode("ascii")


def read(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Written | None:
    """The signature of a request in this form whose digest is that of `body`; None for any other. body: None where the
    digest is not looked at. headers: by their names in lower case."""
    said, given = _INPUT.fullmatch(headers.get("signature-input", "")), headers.get("content-digest", "")
    signature = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if said is None or signature is None or not _FIELD.fullmatch(given):
        return None
    if body is not None and given != digest_of(body):
        return None
    signed, created, kid, expires, nonce = said.groups()
    base = base_of(method, url, headers.get("content-type", ""), given, signed)
    return None if base is None else Written(base, kid, nonce, int(created), int(expires), signature[1])
