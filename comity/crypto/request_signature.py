"""HTTP request signatures (RFC 9421) with a content digest (RFC 9530), by `http-message-signatures`.

The form that comity writes itself is written and read directly (`request_form`), to the same bytes.

Always exactly these covered components, in this order, under the label and tag `comity`:
    "@method" "@authority" "@path" "content-type" "content-digest"
and these parameters: `created`, `expires` (at most 300 s later), `nonce`, `keyid` (the transport key's thumbprint),
`alg` (`ed25519`). A request without a body signs the digest of no bytes, so nothing can be added to it on the way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from comity.base.encoding import b64, b64u, from_b64
from comity.base.errors import BadSignature, Malformed
from comity.base.instants import Instant
from comity.crypto import request_form
from comity.crypto.signatures import Signer, verify_ed25519

COMPONENTS = ("@method", "@authority", "@path", "content-type", "content-digest")
LABEL = "comity"
LONGEST_SECONDS = 300
SKEW_SECONDS = 300
_HEADERS = ("content-digest", "signature-input", "signature")


class ClockSkew(BadSignature):
    """Signed too long ago, or in the future, by our clock, which is told where it is known: `ours`."""

    code = "clock-skew"

    def __init__(self, what: str, *, hint: str = "", ours: Instant | None = None) -> None:
        super().__init__(what, hint=hint)
        self.ours = ours


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a request: the key's thumbprint, when, and the nonce that was used once."""

    kid: str
    nonce: str
    created: Instant


@dataclass(slots=True)
class _Message:
    """What the library reads and writes."""

    method: str
    url: str
    headers: dict[str, str]


class _Resolver(HTTPSignatureKeyResolver):
    def __init__(self, public_of: Callable[[str], bytes]) -> None:
        self._public_of = public_of

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self._public_of(key_id))


class _Verifier(HTTPMessageVerifier):
    """The library's verifier without its own clock: times are checked below, against the instant passed in."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:  # noqa: ARG002 - its signature
        return None


def sign_request(
    method: str, url: str, content_type: str, body: bytes, *, signer: Signer, at: Instant, nonce: bytes
) -> dict[str, str]:
    """The headers to send: content type, digest and signature. `nonce`: 16 random bytes."""
    digest, expires = request_form.digest_of(body), at.plus_seconds(LONGEST_SECONDS)
    signed = request_form.parameters(signer.kid, at, expires, b64u(nonce))
    base = request_form.base_of(method, url, content_type, digest, signed)
    if base is not None:
        return {
            "content-type": content_type,
            "content-digest": digest,
            "signature-input": f"{LABEL}={signed}",
            "signature": f"{LABEL}=:{b64(signer.sign(base))}:",
        }
    return _sign_any(method, url, content_type, body, signer=signer, at=at, nonce=nonce)


def _sign_any(
    method: str, url: str, content_type: str, body: bytes, *, signer: Signer, at: Instant, nonce: bytes
) -> dict[str, str]:
    message = _Message(method, url, {"content-type": content_type})
    maker = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)
    prepared = maker.prepare(
        message,
        key_id=signer.kid,
        created=at.value,
        expires=at.plus_seconds(LONGEST_SECONDS).value,
        nonce=b64u(nonce),
        label=LABEL,
        tag=LABEL,
        covered_component_ids=COMPONENTS,
        body=body,
    )
    maker.apply(message, prepared, signer.sign(prepared.signature_base))
    return {name.lower(): value for name, value in message.headers.items()}


def verify_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    *,
    public_of: Callable[[str], bytes],
    now: Instant,
) -> Signed:
    """Check signature, digest, components and times; say who signed.

    body: None where it has not come yet: then its digest is the caller's to check, by a name in the signed path.
    public_of: the 32-byte public key for a thumbprint; its error for an unknown one passes through.
    Raises BadSignature or ClockSkew. The nonce is the caller's to remember for `SKEW_SECONDS` twice over.
    """
    message = _Message(method, url, {name.lower(): value for name, value in headers.items()})
    written = request_form.read(method, url, message.headers, body)
    if written is None:
        return _verify_any(message, body, public_of, now)
    public = public_of(written.kid)
    try:
        verify_ed25519(public, written.base, from_b64(written.signature))
    except (BadSignature, Malformed):
        raise _does_not_hold() from None
    _check_times(written.created, written.expires, now)
    return Signed(kid=written.kid, nonce=written.nonce, created=Instant.from_seconds(written.created))


def _does_not_hold() -> BadSignature:
    return BadSignature("the request's signature does not hold", hint="changed on the way, or not signed")


def _verify_any(message: _Message, body: bytes | None, public_of: Callable[[str], bytes], now: Instant) -> Signed:
    unknown: list[Exception] = []

    def find(kid: str) -> bytes:
        try:
            return public_of(kid)
        except Exception as error:
            unknown.append(error)
            raise

    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=_Resolver(find))
    try:
        results = verifier.verify(
            message, max_age=None, expect_tag=LABEL, expect_label=LABEL, require_components=COMPONENTS, body=body
        )
    except (InvalidSignature, HTTPMessageSignaturesException):
        if unknown:
            raise unknown[0] from None
        raise _does_not_hold() from None
    if len(results) != 1:
        raise BadSignature("a request bears exactly one signature of ours", hint="sign once, under the label comity")
    return _read_parameters(results[0].covered_components, results[0].parameters, now)


def _read_parameters(covered: Mapping[str, str], parameters: Mapping[str, Any], now: Instant) -> Signed:
    names = tuple(name.strip('"') for name in covered if name != '"@signature-params"')
    created, expires, nonce = parameters.get("created"), parameters.get("expires"), parameters.get("nonce")
    is_complete = names == COMPONENTS and parameters.get("alg") == "ed25519" and nonce
    if not is_complete or not isinstance(created, int) or not isinstance(expires, int):
        raise BadSignature("the signature does not cover what it must", hint="see docs/formats/envelope.md, layer 0")
    _check_times(created, expires, now)
    return Signed(kid=str(parameters["keyid"]), nonce=str(nonce), created=Instant.from_seconds(created))


def _check_times(created: int, expires: int, now: Instant) -> None:
    if not 0 < expires - created <= LONGEST_SECONDS:
        raise BadSignature("the signature is valid for too long", hint=f"at most {LONGEST_SECONDS} seconds")
    if abs(now.seconds - created) > SKEW_SECONDS:
        raise ClockSkew(
            f"signed {now.seconds - created} seconds from our time {now}",
            hint="set the clock; sign again, same envelope",
            ours=now,
        )
