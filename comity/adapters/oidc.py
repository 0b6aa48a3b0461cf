"""An authority's own identity provider over OpenID Connect (Core 1.0; Discovery 1.0): Authlib's client, asked by httpx.

The code flow with PKCE (RFC 7636), state and nonce. The provider's description and keys are read anew at each sign-in,
so that a key it has changed is known at once. Its answers are limited in size before they are parsed; no redirect is
followed. What an ID token must say: its issuer, us as its audience, a time that is not over, and our nonce.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext, create_default_context
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from comity.base.errors import NotVerified, Unavailable
from comity.base.parsing import check_size
from comity.workflows.people_provider import Identity
from comity.workflows.ports import Clock

_ANSWER_LIMIT: Final = 256 * 1024
_WAIT_SECONDS: Final = 10.0
_LEEWAY_SECONDS: Final = 60
_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class _Described(msgspec.Struct, frozen=True):
    """What is used of a provider's description of itself (Discovery 1.0, section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """One provider, for pages that it sends people back to at `back`."""

    issuer: str
    client_id: str
    secret: str
    back: str
    name: str
    group_claim: str
    person_claim: str
    roles_of_group: Mapping[str, frozenset[str]]
    clock: Clock

    def __repr__(self) -> str:
        return f"OpenIdProvider({self.issuer!r})"  # never the secret

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        with _Asking() as asking:
            described = self._described(asking)
            url, _ = self._client(asking).create_authorization_url(
                described.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
            )
            return str(url)

    def identity(self, code: str, *, nonce: str, verifier: str) -> Identity:
        with _Asking() as asking:
            described = self._described(asking)
            try:
                token = self._client(asking).fetch_token(
                    described.token_endpoint, grant_type="authorization_code", code=code, code_verifier=verifier
                )
                keys = KeySet.import_key_set(asking.json(described.jwks_uri, dict[str, Any]))
                read = jwt.decode(str(token.get("id_token", "")), keys, algorithms=_ALGORITHMS)
                self._check(read.header, read.claims, nonce, str(token.get("access_token", "")))
            except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError):
                raise NotVerified(
                    "what the provider says of you does not hold", hint="sign in again; tell those who keep it"
                ) from None
        said = read.claims
        groups = said.get(self.group_claim, ())
        return Identity(
            issuer=self.issuer,
            subject=str(said["sub"]),
            person=str(said.get(self.person_claim, "")),
            name=str(said.get("name", "")),
            groups=tuple(one for one in groups if isinstance(one, str)) if isinstance(groups, list) else (),
        )

    def _check(self, header: Mapping[str, Any], claims: Mapping[str, Any], nonce: str, access_token: str) -> None:
        """Core 1.0, section 3.1.3.7. Raises what Authlib and joserfc do."""
        now = self.clock.now().seconds
        jwt.JWTClaimsRegistry(
            now=now,
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True},
        ).validate(dict(claims))
        params = {"nonce": nonce, "client_id": self.client_id, "access_token": access_token}
        CodeIDToken(dict(claims), dict(header), params=params).validate(now=now, leeway=_LEEWAY_SECONDS)

    def _client(self, asking: "_Asking") -> OAuth2Client:
        return OAuth2Client(
            asking,
            client_id=self.client_id,
            client_secret=self.secret,
            scope="openid profile",
            redirect_uri=self.back,
            code_challenge_method="S256",
        )

    def _described(self, asking: "_Asking") -> _Described:
        found: _Described = asking.json(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration", _Described)
        addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
        is_local = urlsplit(self.issuer).hostname in _LOOPBACK
        if found.issuer != self.issuer or not (is_local or all(one.startswith("https://") for one in addresses)):
            raise NotVerified("the provider describes itself as another", hint="compare issuer under [oidc]")
        return found


@cache
def _tls() -> SSLContext:
    """With the authorities that this machine trusts, an office's own among them. Made once: that takes longest."""
    return create_default_context()


class _Asking:
    """HTTP to the provider, as Authlib's client wants its session to be."""

    def __init__(self) -> None:
        self._http = httpx.Client(verify=_tls(), timeout=_WAIT_SECONDS, follow_redirects=False, trust_env=False)

    def __enter__(self) -> "_Asking":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def json(self, url: str, kind: Any) -> Any:
        answer = self._ask("GET", url, {}, b"")
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise _no_answer() from None

    def post(self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> httpx.Response:
        """Authlib's ask for a token; `auth` puts our secret where the provider looks for it."""
        uri, ready, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return self._ask("POST", uri, ready, body.encode())

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> httpx.Response:
        try:
            with self._http.stream(method, url, headers=dict(headers), content=body) as answer:
                held = bytearray()
                for chunk in answer.iter_bytes():
                    held += chunk
                    check_size(bytes(held), _ANSWER_LIMIT, "the provider's answer")
        except (httpx.HTTPError, httpx.InvalidURL):
            raise _no_answer() from None
        if answer.status_code >= 500:
            raise _no_answer()
        return httpx.Response(answer.status_code, content=bytes(held), request=answer.request)


def _no_answer() -> Unavailable:
    return Unavailable("your office's identity provider does not answer", hint="try again; else sign in with a passkey")
