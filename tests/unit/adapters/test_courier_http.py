"""The courier, against a real server on loopback: no redirects, no endless answers, and only addresses it may call."""

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from comity.adapters.addresses import may_call
from comity.adapters.courier_http import ANSWER_LIMIT, HttpCourier
from comity.base.errors import Malformed, Unavailable
from comity.base.mode import Mode


class Peer(http.server.BaseHTTPRequestHandler):
    """Answers by path, and keeps what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[tuple[str, str, dict[str, str], bytes]]] = []
    callers: ClassVar[set[object]] = set()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.callers.add(self.client_address)
        match self.path:
            case "/redirect":
                self._answer(302, b"", {"Location": "/echo"})
            case "/at-limit":
                self._answer(200, bytes(ANSWER_LIMIT))
            case "/too-large":
                self._answer(200, bytes(ANSWER_LIMIT + 1_000_000))
            case "/gzip":
                self._answer(200, b"\x1f\x8b-as-it-is", {"Content-Encoding": "gzip"})
            case "/refused":
                self._answer(403, b"no", {"X-Reason": "Because"})
            case "/short":
                self.send_response(200)
                self.send_header("Content-Length", "100")
                self.end_headers()
                self.wfile.write(b"not a hundred")
                self.close_connection = True
            case "/nonsense":
                self.wfile.write(b"this is not HTTP\r\n\r\n")
                self.close_connection = True
            case _:
                self._answer(200, body)

    do_GET = do_PUT = do_POST  # noqa: N815 - the names the library looks for

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:  # the courier has hung up: it read enough
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A caller that hangs up is what some of these tests are about."""


@pytest.fixture
def peer() -> Iterator[str]:
    server = Quiet(("127.0.0.1", 0), Peer)
    Peer.asked.clear()
    Peer.callers.clear()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def courier() -> HttpCourier:
    return HttpCourier(Mode.EXERCISE)


def test_the_bytes_and_headers_arrive_as_given_and_the_answer_comes_back(courier: HttpCourier, peer: str) -> None:
    body = bytes(range(256))
    answer = courier.carry("PUT", f"{peer}/v1/parts/x?y=1", {"Content-Type": "text/plain", "Signature": "s"}, body)
    assert (answer.status, answer.body) == (200, body)
    method, path, headers, came = Peer.asked[0]
    assert (method, path, came) == ("PUT", "/v1/parts/x?y=1", body)
    assert (headers["content-type"], headers["signature"]) == ("text/plain", "s")


def test_a_refusal_is_an_answer_with_its_headers_in_small_letters(courier: HttpCourier, peer: str) -> None:
    answer = courier.carry("POST", f"{peer}/refused", {}, b"")
    assert (answer.status, answer.body, answer.headers["x-reason"]) == (403, b"no", "Because")


def test_a_redirect_is_an_answer_and_is_not_followed(courier: HttpCourier, peer: str) -> None:
    assert courier.carry("POST", f"{peer}/redirect", {}, b"").status == 302
    assert [path for _, path, _, _ in Peer.asked] == ["/redirect"]


def test_an_answer_up_to_the_limit_is_read_and_a_longer_one_is_refused(courier: HttpCourier, peer: str) -> None:
    assert len(courier.carry("GET", f"{peer}/at-limit", {}, b"").body) == ANSWER_LIMIT
    with pytest.raises(Unavailable, match="too large"):
        courier.carry("GET", f"{peer}/too-large", {}, b"")


def test_what_was_left_of_a_refused_answer_is_never_taken_for_the_next(courier: HttpCourier, peer: str) -> None:
    for _ in range(3):
        with pytest.raises(Unavailable):
            courier.carry("GET", f"{peer}/too-large", {}, b"")
        assert courier.carry("POST", f"{peer}/echo", {}, b"fresh").body == b"fresh"


def test_requests_one_after_another_share_a_connection(courier: HttpCourier, peer: str) -> None:
    for _ in range(3):
        courier.carry("POST", f"{peer}/echo", {}, b"again")
    assert len(Peer.callers) == 1


def test_an_answer_is_not_unpacked(courier: HttpCourier, peer: str) -> None:
    assert courier.carry("GET", f"{peer}/gzip", {}, b"").body == b"\x1f\x8b-as-it-is"


@pytest.mark.parametrize("path", ["short", "nonsense"])
def test_a_broken_answer_is_no_answer(courier: HttpCourier, peer: str, path: str) -> None:
    with pytest.raises(Unavailable, match="did not answer"):
        courier.carry("POST", f"{peer}/{path}", {}, b"")


def test_a_port_where_nobody_listens_is_no_answer(courier: HttpCourier) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable) as refused:
            courier.carry("GET", f"http://127.0.0.1:{held.getsockname()[1]}/", {}, b"")
    assert refused.value.hint


def test_proxy_variables_are_not_heeded(peer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert HttpCourier(Mode.EXERCISE).carry("POST", f"{peer}/echo", {}, b"direct").body == b"direct"


def test_an_address_it_may_not_call_is_refused_and_not_called(peer: str) -> None:
    with pytest.raises(Malformed, match="does not call"):
        HttpCourier(Mode.LIVE).carry("POST", f"{peer}/echo", {}, b"")
    assert Peer.asked == []


THIS_MACHINE = ["127.0.0.1", "127.0.0.2", "127.1", "2130706433", "localhost", "LocalHost.", "a.localhost", "[::1]"]
ALSO = ["0.0.0.0", "[::]", "[::ffff:127.0.0.1]"]  # what else the system takes for this machine


@pytest.mark.parametrize("host", [*THIS_MACHINE, *ALSO])
def test_this_machine_is_called_in_an_exercise_only_however_it_is_written(host: str) -> None:
    for scheme in ("http", "https"):
        assert may_call(f"{scheme}://{host}:8400/v1", Mode.EXERCISE)
        assert not may_call(f"{scheme}://{host}:8400/v1", Mode.LIVE)


@pytest.mark.parametrize("host", ["node.example", "192.0.2.7", "[2001:db8::7]", "127.0.0.1.example"])
def test_another_machine_is_called_by_https_only(host: str) -> None:
    for mode in Mode:
        assert may_call(f"https://{host}/", mode)
        assert not may_call(f"http://{host}/", mode)


@pytest.mark.parametrize(
    "url",
    ["", "node.example", "//node.example", "https://", "ftp://node.example", "file:///etc/passwd", "https://[::1",
     "https://node.example:99999", "https://node.example:x", "https://someone@node.example", "https://a:b@127.0.0.1"],
)  # fmt: skip
def test_what_is_no_plain_address_is_never_called(url: str) -> None:
    for mode in Mode:
        assert not may_call(url, mode)
