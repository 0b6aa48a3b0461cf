"""The time-stamp authority over HTTP: `openssl ts` behind a server on loopback, and everything else that may answer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from comity.adapters.timestamps_http import http_stamper
from comity.base.errors import BadSignature, Malformed, Unavailable
from comity.crypto.timestamps import check_response, request_stamp, verify_response
from tests.simulators.stamping import TimeStampAuthority

Answer = Callable[[bytes], tuple[int, str, bytes]]


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, kind, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_a_stamp_is_fetched_and_is_about_what_was_sent(tmp_path: Path, program: Callable[[str], str]) -> None:
    program("openssl")
    authority = TimeStampAuthority(tmp_path / "tsa")
    with serving(lambda request: (200, "application/timestamp-reply", authority.stamp(request))) as url:
        answer = request_stamp(b"content", http_stamper(url))
    assert verify_response(answer, b"content", [authority.root]) == check_response(answer, b"content")
    with pytest.raises(BadSignature, match="other bytes"):
        check_response(answer, b"contents")
    other = TimeStampAuthority(tmp_path / "other")
    with pytest.raises(BadSignature, match="not by an authority"):
        verify_response(answer, b"content", [other.root])


@pytest.mark.parametrize(
    "given", [(500, "application/timestamp-reply", b""), (200, "text/html", b"<p>"), (302, "text/html", b"")]
)
def test_another_answer_is_no_stamp(given: tuple[int, str, bytes]) -> None:
    with serving(lambda _: given) as url, pytest.raises(Unavailable):
        request_stamp(b"content", http_stamper(url))


def test_bytes_that_are_no_stamp_are_refused() -> None:
    with (
        serving(lambda _: (200, "application/timestamp-reply", b"0\x03\x02\x01\x00")) as url,
        pytest.raises(BadSignature),
    ):
        request_stamp(b"content", http_stamper(url))


def test_nobody_there_is_said_so() -> None:
    with serving(lambda _: (200, "", b"")) as url:
        stamper = http_stamper(url)
    with pytest.raises(Unavailable, match="did not answer"):
        stamper(b"request")


@pytest.mark.parametrize("url", ["", "ftp://x/", "tsa.example", "https://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Malformed):
        http_stamper(url)
