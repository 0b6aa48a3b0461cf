"""Time-stamps of RFC 3161: a third party's word that bytes existed at a moment.

The token is a CMS SignedData over a TSTInfo with the digest of the bytes, the time, and the authority's serial number.
Which authorities are trusted is configured; without one a time-stamp is only read and compared, and said to be so.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from asn1crypto import cms, tsp  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from comity.base.digests import same
from comity.base.errors import BadSignature, Malformed, Unavailable
from comity.base.instants import Instant
from comity.base.parsing import check_size

Stamper = Callable[[bytes], bytes]
"""Sends a TimeStampReq in DER to the time-stamp authority; its TimeStampResp in DER. Raises Unavailable."""

LIMIT: Final = 32 * 1024
UNREADABLE: Final = (
    *(ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError),
    *(InvalidSignature, UnsupportedAlgorithm, VerificationError),
    *(x509.ExtensionNotFound, x509.DuplicateExtension, x509.InvalidVersion),
)
"""What the readers of ASN.1, X.509 and time-stamps raise for bytes that somebody changed."""


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """`token`: in DER. `at`: what the authority says, to the second."""

    at: Instant
    token: bytes


def request_stamp(content: bytes, stamper: Stamper) -> bytes:
    """A TimeStampResp over `content`, in DER, that is granted and is about it. Raises Unavailable or BadSignature."""
    request = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = stamper(request.as_bytes())
    response, token = _opened(answer)
    if response.tst_info.nonce != request.nonce:
        raise BadSignature("the time-stamp answers another request", hint="ask the time-stamp authority again")
    check_token(token, content)
    return answer


def token_of(answer: bytes) -> bytes:
    """The token in a TimeStampResp, in DER. Raises BadSignature, or Unavailable where it was not granted."""
    return _opened(answer)[1]


def check_response(answer: bytes, content: bytes) -> TimeStamp:
    """The time in a TimeStampResp, if it is about `content`. Its authority's signature is not checked here."""
    return check_token(_opened(answer)[1], content)


def check_token(token: bytes, content: bytes) -> TimeStamp:
    """The time in a token, if it is about `content`. Its authority's signature is not checked here.

    Raises BadSignature.
    """
    check_size(token, LIMIT, "the time-stamp")
    try:
        info = cms.ContentInfo.load(token, strict=True)["content"]["encap_content_info"]["content"].parsed
        imprint = info["message_imprint"]
        digest = _digest(imprint["hash_algorithm"]["algorithm"].native, content)
        if not same(imprint["hashed_message"].native, digest):
            raise _bad("is about other bytes")
        return TimeStamp(Instant.of(info["gen_time"].native.replace(microsecond=0)), token)
    except UNREADABLE:
        raise _bad("cannot be read") from None


def verify_response(answer: bytes, content: bytes, roots: Sequence[bytes]) -> TimeStamp:
    """The time in a TimeStampResp over `content` by an authority under one of `roots` (certificates in PEM).

    Raises BadSignature.
    """
    stamp = check_response(answer, content)
    try:
        builder = _builder(stamp.token, roots)
        builder.build().verify_message(_opened(answer)[0], content)
    except UNREADABLE:
        raise _bad("is not by an authority trusted here") from None
    return stamp


def _builder(token: bytes, roots: Sequence[bytes]) -> VerifierBuilder:
    """What trusts these roots, told which certificate stamped. Raises BadSignature, Malformed, UNREADABLE."""
    builder = VerifierBuilder()
    for root in roots:
        try:
            builder = builder.add_root_certificate(x509.load_pem_x509_certificate(root))
        except ValueError:
            hint = "the root certificate of the time-stamp authority: -----BEGIN CERTIFICATE-----"
            raise Malformed("not a certificate in PEM", hint=hint) from None
    embedded = [one.chosen for one in cms.ContentInfo.load(token)["content"]["certificates"]]
    if any(one.serial_number <= 0 for one in embedded):  # RFC 5280 section 4.1.2.2
        raise _bad("has a certificate with a serial number that is not positive")
    # The library wants to be told which certificate stamped: the one in the token that is for time-stamping.
    loaded = (x509.load_der_x509_certificate(one.dump()) for one in embedded)
    stamped = next((one for one in loaded if _stamps(one)), None)
    return builder if stamped is None else builder.tsa_certificate(stamped)


def _stamps(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in usage


def _opened(answer: bytes) -> tuple[TimeStampResponse, bytes]:
    """The answer, and its token in DER."""
    check_size(answer, LIMIT, "the time-stamp")
    try:
        response = decode_timestamp_response(answer)
        token: bytes = tsp.TimeStampResp.load(answer, strict=True)["time_stamp_token"].dump()
        granted = tsp.TimeStampResp.load(answer)["status"]["status"].native in ("granted", "granted_with_mods")
    except UNREADABLE:
        raise _bad("cannot be read") from None
    if not granted:
        raise Unavailable("the time-stamp authority refused", hint="see its log; nothing was sealed")
    return response, token


def _digest(algorithm: str, content: bytes) -> bytes:
    if algorithm not in ("sha256", "sha384", "sha512"):
        raise _bad("uses a digest that is not taken")
    return hashlib.new(algorithm, content).digest()


def _bad(what: str) -> BadSignature:
    return BadSignature(f"the time-stamp {what}", hint="trust none of it; ask who sealed it for another")
