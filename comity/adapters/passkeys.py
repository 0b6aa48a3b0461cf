"""Passkeys by the library `webauthn`, for the site of this node's pages.

The user is verified (a PIN, a fingerprint) each time, the credential is discoverable, and no attestation is asked for:
which maker's authenticators are good enough is the authority's to say when it hands them out.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec
import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography, options_to_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from comity.base.encoding import from_b64u
from comity.base.errors import Malformed, NotVerified
from comity.base.ids import ActorId
from comity.base.parsing import check_size
from comity.workflows.passkey_port import ANSWER_LIMIT, Claimed, Registered, Signed

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_WAIT_MILLISECONDS: Final = 300_000
_ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
"""Those that `crypto.passkey_signature` checks again later."""
_BROKEN: Final = (WebAuthnException, UnsupportedAlgorithm, ValueError, TypeError, KeyError, IndexError, OverflowError)
"""What the library raises for an answer that is not right, and what escapes from it for one that is no answer."""

T = TypeVar("T")


class _Inner(msgspec.Struct, rename="camel"):
    client_data_json: str = msgspec.field(name="clientDataJSON")
    user_handle: str | None = None


class _Answer(msgspec.Struct, rename="camel"):
    """As much of an answer as is read before it is checked."""

    raw_id: str
    response: _Inner


class _ClientData(msgspec.Struct):
    challenge: str


class SitePasskeys:
    """Passkeys for pages at `url`. On loopback the site is localhost, the one name there that browsers take."""

    def __init__(self, url: str, name: str) -> None:
        parts = urlsplit(url)
        is_local = parts.hostname in LOOPBACK
        port = f":{parts.port}" if parts.port else ""
        self._site = "localhost" if is_local else parts.hostname or ""
        self._origin = f"{parts.scheme}://{self._site}{port}"
        self._name = name

    @property
    def site(self) -> str:
        return self._site

    @property
    def origin(self) -> str:
        return self._origin

    def to_register(self, person: ActorId, name: str, handle: bytes, challenge: bytes, known: Sequence[bytes]) -> str:
        return options_to_json(
            webauthn.generate_registration_options(
                rp_id=self._site,
                rp_name=self._name,
                user_id=handle,
                user_name=person,
                user_display_name=name,
                challenge=challenge,
                timeout=_WAIT_MILLISECONDS,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED,
                    user_verification=UserVerificationRequirement.REQUIRED,
                ),
                exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
                supported_pub_key_algs=_ALGORITHMS,
            )
        )

    def registered(self, answer: bytes, challenge: bytes) -> Registered:
        text = _text(answer)
        found = _checked(
            lambda: webauthn.verify_registration_response(
                credential=text,
                expected_challenge=challenge,
                expected_rp_id=self._site,
                expected_origin=self._origin,
                require_user_verification=True,
                supported_pub_key_algs=_ALGORITHMS,
            )
        )
        return Registered(found.credential_id, found.credential_public_key, found.sign_count)

    def to_sign(self, challenge: bytes, known: Sequence[bytes]) -> str:
        return options_to_json(
            webauthn.generate_authentication_options(
                rp_id=self._site,
                challenge=challenge,
                timeout=_WAIT_MILLISECONDS,
                allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
                user_verification=UserVerificationRequirement.REQUIRED,
            )
        )

    def claimed(self, answer: bytes) -> Claimed:
        check_size(answer, ANSWER_LIMIT, "the passkey's answer")
        try:
            found = msgspec.json.decode(answer, type=_Answer)
            client = msgspec.json.decode(from_b64u(found.response.client_data_json), type=_ClientData)
            handle = from_b64u(found.response.user_handle or "")
            return Claimed(from_b64u(found.raw_id), from_b64u(client.challenge), handle)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Malformed):
            raise _no_answer() from None

    def signed(self, answer: bytes, challenge: bytes, public_key: bytes, sign_count: int) -> Signed:
        text = _text(answer)
        found = _checked(
            lambda: webauthn.verify_authentication_response(
                credential=text,
                expected_challenge=challenge,
                expected_rp_id=self._site,
                expected_origin=self._origin,
                credential_public_key=public_key,
                credential_current_sign_count=sign_count,
                require_user_verification=True,
            )
        )
        response = webauthn.helpers.parse_authentication_credential_json(text).response
        return Signed(
            found.new_sign_count,
            self.exported(public_key),
            response.authenticator_data,
            response.client_data_json,
            response.signature,
        )

    def exported(self, public_key: bytes) -> bytes:
        key = _checked(lambda: decoded_public_key_to_cryptography(decode_credential_public_key(public_key)))
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _text(answer: bytes) -> str:
    check_size(answer, ANSWER_LIMIT, "the passkey's answer")
    try:
        return answer.decode("utf-8")
    except UnicodeDecodeError:
        raise _no_answer() from None


def _checked(check: Callable[[], T]) -> T:
    try:
        return check()
    except _BROKEN:
        raise NotVerified(
            "the passkey's answer does not hold", hint="open the page again; if it happens again, tell an operator"
        ) from None


def _no_answer() -> Malformed:
    return Malformed("this is no passkey's answer", where="answer", hint="open the page again and use its button")
