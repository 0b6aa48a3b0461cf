"""What surrounds every page: the host it may be asked for by, and the headers that bind the browser.

The policy lets in nothing but this server's own files: no inline script or style, no frame, no other site; what htmx
puts into a page passes the one Trusted Types policy `htmx`, which acts only on elements that carry the page's nonce.
The host is checked because a loopback port can be reached under any name that a foreign page makes point at it.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from comity.base.encoding import b64u
from comity.workflows.ports import Randomness

_NONCE_BYTES: Final = 16
_HEADERS: Final[Mapping[str, str]] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def policy(nonce: str) -> str:
    """The Content-Security-Policy of one answer."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        "trusted-types htmx"
    )


def hosts_of(url: str) -> frozenset[str]:
    """The Host headers under which a node with this address may be asked for pages."""
    parts = urlsplit(url)
    own = {parts.netloc.lower()}
    if parts.hostname in {"127.0.0.1", "localhost", "::1"}:
        port = f":{parts.port}" if parts.port else ""
        own |= {f"127.0.0.1{port}", f"localhost{port}", f"[::1]{port}"}
    return frozenset(own)


class Guard:
    """Around the pages: refuses foreign hosts and whoever is not the proxy that is named, if one is; gives each answer
    its nonce and its headers."""

    def __init__(self, app: ASGIApp, url: str, randomness: Randomness, proxies: frozenset[str] = frozenset()) -> None:
        self._app = app
        self._hosts = hosts_of(url)
        self._is_https = urlsplit(url).scheme == "https"
        self._randomness = randomness
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = b64u(self._randomness.bytes(_NONCE_BYTES))
        scope["comity_nonce"] = nonce

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = policy(nonce)
                for name, value in _HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
                if self._is_https:
                    headers["strict-transport-security"] = "max-age=31536000"
            await send(message)

        if Headers(scope=scope).get("host", "").lower() not in self._hosts:
            refusal = PlainTextResponse("this node has no pages under that name\n", 421)
            await refusal(scope, receive, sending)
            return
        if self._proxies and (scope.get("client") or ("",))[0] not in self._proxies:
            refusal = PlainTextResponse("this node has its pages behind a proxy\n", 403)
            await refusal(scope, receive, sending)
            return
        await self._app(scope, receive, sending)
