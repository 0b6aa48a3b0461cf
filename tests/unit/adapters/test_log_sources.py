"""A published log read from a folder and from a server."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from comity.adapters.log_sources import FILE_LIMIT, open_source
from comity.base.errors import Malformed, TooLarge, Unavailable

FILES = {"/log/checkpoint": b"note", "/log/tile/0/000": b"x" * 8192}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = (200, FILES[self.path]) if self.path in FILES else (404, b"")
        if self.path == "/log/broken":
            status = 500
        if self.path == "/log/moved":
            status = 302
        self.send_response(status)
        self.send_header("location", "/log/checkpoint")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Says nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/log"
    server.shutdown()
    thread.join()
    server.server_close()


def test_files_are_read_from_a_server_and_a_missing_one_is_none(address: str) -> None:
    source = open_source(address)
    assert source.read("checkpoint") == b"note"
    assert source.read("tile/0/000") == b"x" * 8192
    assert source.read("tile/0/001") is None


@pytest.mark.parametrize("path", ["broken", "moved"])
def test_an_answer_that_is_neither_is_told_and_no_redirect_followed(address: str, path: str) -> None:
    with pytest.raises(Unavailable):
        open_source(address).read(path)


def test_nobody_at_an_address_is_told() -> None:
    with pytest.raises(Unavailable):
        open_source("http://127.0.0.1:9/log").read("checkpoint")


@pytest.mark.parametrize("text", ["http://elsewhere.example/log", "ftp://x", "no such folder"])
def test_what_is_no_source_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Malformed):
        open_source(text)


def test_a_folder_is_read_within_a_limit(tmp_path: Path) -> None:
    with (tmp_path / "checkpoint").open("wb") as file:
        file.truncate(FILE_LIMIT + 1)
    with pytest.raises(TooLarge):
        open_source(str(tmp_path)).read("checkpoint")
