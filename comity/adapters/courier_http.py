"""Carry one HTTP request to a peer, by urllib3: no redirects, no proxy variables, answers of at most 4 MiB.

Addresses come from the signed directory only, and `https` is asked for unless the node is an exercise on loopback.
"""

import ipaddress
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from comity.base.errors import Malformed, Unavailable
from comity.base.mode import Mode
from comity.workflows.ports import Answer

ANSWER_LIMIT = 4 * 1024 * 1024


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
                data = _read(response)
            finally:
                response.close()
        except HTTPError:
            raise Unavailable("the peer did not answer", hint="it is tried again by itself; see its operator") from None
        if len(data) > ANSWER_LIMIT:
            raise Unavailable("the peer's answer is too large", hint="see its operator")
        return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, data)

    def _check(self, url: str) -> None:
        if not may_call(url, self._mode):
            raise Malformed(
                "the directory names an address this node does not call",
                hint="https, and not this machine; http on loopback in an exercise only",
            )


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    """To the end, where the library notices an answer that was cut off; no further than one byte over the limit."""
    data = bytearray()
    while len(data) <= ANSWER_LIMIT and (more := response.read(ANSWER_LIMIT + 1 - len(data), decode_content=False)):
        data += more
    return bytes(data)


def may_call(url: str, mode: Mode) -> bool:
    """Whether a node may be called there: https to another machine; in an exercise, loopback also by http.

    The address as written is judged. What a name resolves to is not: TLS then proves who answers.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:  # brackets or a port that cannot be
        return False
    if not host or parts.username is not None:
        return False
    if _is_this_machine(host):
        return mode is Mode.EXERCISE and parts.scheme in ("http", "https")
    return parts.scheme == "https"


def _is_this_machine(host: str) -> bool:
    if host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        try:
            address = ipaddress.ip_address(socket.inet_aton(host))  # 127.1 and 2130706433 are ways to write it too
        except OSError:
            return False
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    return address.is_loopback or address.is_unspecified
