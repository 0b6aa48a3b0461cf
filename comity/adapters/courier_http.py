"""Carry one HTTP request to a peer, by urllib3: no redirects, no proxy variables, answers of at most 4 MiB.

Addresses come from the signed directory only, and `https` is asked for unless the node is an exercise on loopback. A
name is resolved once, what it stands for is judged (`addresses`), and the connection goes to that very address: a name
that says something else a moment later changes nothing.
"""

import socket
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from comity.adapters.addresses import Network, may_call, may_reach
from comity.base.errors import Malformed, Unavailable
from comity.base.mode import Mode
from comity.workflows.ports import Answer

ANSWER_LIMIT: Final = 4 * 1024 * 1024
_CONNECT_SECONDS: Final = 10
_READ_SECONDS: Final = 30
_WHOLE_SECONDS: Final = 120
_PIECE_BYTES: Final = 256 * 1024
_PEERS: Final = 512
"""Peers whose connections are kept open."""

Resolve = Callable[[str, int], Sequence[str]]
Dial = Callable[[str, int, float], socket.socket]


def _resolve(host: str, port: int) -> list[str]:
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def _dial(address: str, port: int, seconds: float) -> socket.socket:
    found = socket.create_connection((address, port), seconds)
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


class HttpCourier:
    """One pool of kept-alive connections. reach: networks that may be called beside the public ones."""

    def __init__(
        self, mode: Mode, reach: Sequence[Network] = (), *, resolve: Resolve = _resolve, dial: Dial = _dial
    ) -> None:
        self._mode = mode
        timeout = urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS)
        self._pools = urllib3.PoolManager(_PEERS, maxsize=8, timeout=timeout, retries=False)

        def connect(connection: HTTPConnection) -> socket.socket:
            host, port = connection.host.strip("[]"), connection.port or connection.default_port
            addresses = resolve(host, port)
            if not addresses or not all(may_reach(one, mode, reach) for one in addresses):
                raise _refused()
            return dial(addresses[0], port, _CONNECT_SECONDS)

        self._pools.pool_classes_by_scheme = _pools(connect)

    def carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises Unavailable when no answer came, or more than the limit, or too slowly; Malformed for an address that
        is not called."""
        if not may_call(url, self._mode):
            raise _refused()
        try:
            parts = urlsplit(url)
            pool = self._pools.connection_from_host(parts.hostname, parts.port, parts.scheme)
            response = pool.urlopen(
                method, _target(parts), body=body, headers=dict(headers), redirect=False, preload_content=False
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


def _target(parts: SplitResult) -> str:
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def _refused() -> Malformed:
    return Malformed(
        "the directory names an address this node does not call",
        hint="https, and a public address, or one of [exchange] may_reach; http on loopback in an exercise only",
    )


def _pools(connect: Callable[[HTTPConnection], socket.socket]) -> dict[str, Any]:
    """Pools whose connections go where `connect` says. TLS asks for the certificate of the name all the same."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class PlainPool(urllib3.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _read(response: urllib3.BaseHTTPResponse) -> bytes:
    """To the end, where the library notices an answer that was cut off; no further than one byte over the limit, and
    no longer than a while, however steadily it drips."""
    data, ends = bytearray(), time.monotonic() + _WHOLE_SECONDS
    while len(data) <= ANSWER_LIMIT:
        if time.monotonic() > ends:
            raise Unavailable("the peer answers too slowly", hint="it is tried again by itself; see its operator")
        piece = min(_PIECE_BYTES, ANSWER_LIMIT + 1 - len(data))
        more = response.read1(piece, decode_content=False)
        if not more:
            break
        data += more
    return bytes(data)
