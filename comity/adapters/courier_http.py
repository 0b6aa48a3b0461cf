"""Carry one HTTP request to a peer, by urllib3: no redirects, no proxy variables, answers of at most 4 MiB.

Addresses come from the signed directory only, and `https` is asked for unless the node is an exercise on loopback.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from comity.base.errors import Malformed, Unavailable
from comity.base.mode import Mode
from comity.workflows.ports import Answer

ANSWER_LIMIT = 4 * 1024 * 1024
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class HttpCourier:
    """One pool of kept-alive connections."""

    def __init__(self, mode: Mode) -> None:
        self._mode = mode
        timeout = urllib3.Timeout(connect=10, read=30)
        self._pool = urllib3.PoolManager(maxsize=8, timeout=timeout, retries=False)

    def carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises Unavailable when no answer came, or more than the limit."""
        self._check(url)
        try:
            response = self._pool.request(
                method, url, headers=dict(headers), body=body, redirect=False, preload_content=False
            )
            try:
                data = response.read(ANSWER_LIMIT + 1, decode_content=False)
            finally:
                response.release_conn()
        except HTTPError:
            raise Unavailable("the peer did not answer", hint="it is tried again by itself; see its operator") from None
        if len(data) > ANSWER_LIMIT:
            raise Unavailable("the peer's answer is too large", hint="see its operator")
        return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, data)

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        is_loopback = parts.hostname in _LOOPBACK
        if parts.scheme == "https" and not is_loopback:
            return
        if self._mode is Mode.EXERCISE and is_loopback and parts.scheme in ("http", "https"):
            return
        raise Malformed(
            "the directory names an address this node does not call",
            hint="https, and not this machine; http on loopback in an exercise only",
        )
