"""Resumable uploads: what was answered for is there, whatever broke off, and is sealed as it was sent."""

import base64
import hashlib
import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from comity.web.app import make_pages
from tests.simulators import story
from tests.simulators.ports import free_port
from tests.simulators.world import SmallWorld
from tests.web.browsing import URL, Browser, Page, values_of

VERSION = {"tus-resumable": "1.0.0"}
PIECE = {**VERSION, "content-type": "application/offset+octet-stream"}
MIB = 1024 * 1024
UP_SECONDS = 120


class Sender:
    """A person at the page where evidence is sealed, and the script on it."""

    def __init__(self, world: SmallWorld, folder: Path, person: str = "lee") -> None:
        self.world = world
        self.browser = Browser(make_pages(world.provider.office, URL, folder))
        self.browser.sign_in(person)
        case = next(one for one in world.provider.cases() if one.procedure == "stored_data")
        self.seal = f"/cases/{case.id}/seal"
        self.uploads = f"/cases/{case.id}/uploads"
        self.id = case.id

    def token(self) -> dict[str, str]:
        page = self.browser.get(self.seal)
        form = next(one for one in page.forms() if one.attributes["action"] == self.seal)
        return {"form-token": values_of(form)["form-token"][0]}

    def ask(self, method: str, address: str, /, **headers: str) -> Page:
        return self.send(method, address, b"", headers)

    def send(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> Page:
        return self.browser._ask(method, address, body, {name.replace("_", "-"): v for name, v in headers.items()})

    def begin(self, name: str, size: int) -> Page:
        about = f"filename {base64.b64encode(name.encode()).decode()}"
        return self.ask("POST", self.uploads, **VERSION, **self.token(), upload_length=str(size), upload_metadata=about)

    def patch(self, address: str, offset: int, body: bytes, **more: str) -> Page:
        return self.send("PATCH", address, body, {**PIECE, **self.token(), "upload-offset": str(offset), **more})


@pytest.fixture
def sender(tmp_path: Path) -> Sender:
    return Sender(story.at("production ordered"), tmp_path)


def test_a_file_sent_in_pieces_is_sealed_with_what_the_form_brings(sender: Sender, tmp_path: Path) -> None:
    data = bytes(range(256)) * 9000
    begun = sender.begin("export.bin", len(data))
    assert begun.status == 201 and "upload-expires" in begun.headers
    address = begun.headers["location"]
    half = len(data) // 2
    assert sender.patch(address, 0, data[:half]).headers["upload-offset"] == str(half)
    assert sender.ask("HEAD", address, **VERSION).headers["upload-offset"] == str(half)
    page = sender.browser.get(sender.seal)
    assert page.says("export.bin") and page.says("50 %")
    assert sender.browser.submit(sender.seal, how="an export").status == 422
    assert sender.patch(address, half, data[half:]).status == 204
    sender.browser.get(sender.seal)
    page = sender.browser.submit(sender.seal, with_files={"note.txt": b"a note"}, how="an export")
    assert page.status == 200 and "done=seal" in page.address, page.root.text
    assert sender.world.provider.case(sender.id).state == "sealed"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    sender.browser.get(f"/cases/{sender.id}/sealing")
    assert sender.browser.page is not None and sender.browser.page.says("Sealed. Custody begins with you.")


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("POST", {"upload-length": "1"}, 400),
        ("POST", {**VERSION, "upload-length": "1"}, 400),
        ("POST", {**VERSION, "upload-length": "1", "upload-metadata": "filename !"}, 400),
        ("POST", {**VERSION, "upload-length": "-1", "upload-metadata": "filename eA=="}, 400),
        ("POST", {**VERSION, "upload-length": str(17 * 1024**3), "upload-metadata": "filename eA=="}, 413),
        ("POST", {**VERSION, "upload-length": "1", "upload-metadata": "filename Li4="}, 400),
        ("POST", {**VERSION, "upload-length": "1", "upload-metadata": "filename YS9i"}, 400),
        ("POST", {**VERSION, "upload-length": "1", "upload-metadata": "filename eA==", "form-token": "x"}, 403),
        ("POST", {**VERSION, "upload-length": "1", "origin": "http://evil.example"}, 403),
    ],
)
def test_what_cannot_be_begun_leaves_nothing_behind(
    sender: Sender, tmp_path: Path, method: str, headers: dict[str, str], status: int
) -> None:
    answer = sender.browser._ask(method, sender.uploads, b"", {**sender.token(), **headers})
    assert answer.status == status, answer.text
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_piece_is_taken_where_the_file_ends_and_nowhere_else(sender: Sender) -> None:
    address = sender.begin("a.bin", 100).headers["location"]
    assert sender.patch(address, 5, b"x" * 5).status == 409
    assert sender.patch(address, 0, b"x" * 101).status == 413
    assert sender.patch(address, 0, b"x" * 60).status == 204
    assert sender.patch(address, 0, b"x" * 60).status == 409
    plain = {**VERSION, **sender.token(), "upload-offset": "60", "content-type": "text/plain"}
    wrong = sender.send("PATCH", address, b"x", plain)
    assert wrong.status == 415
    assert sender.ask("HEAD", address, **VERSION).headers["upload-offset"] == "60"
    assert sender.begin("a.bin", 100).status == 409


def test_a_piece_that_is_not_what_its_digest_says_is_not_kept(sender: Sender) -> None:
    address = sender.begin("a.bin", 10).headers["location"]
    right = "sha256 " + base64.b64encode(hashlib.sha256(b"0123456789").digest()).decode()
    assert sender.patch(address, 0, b"012345678X", upload_checksum=right).status == 460
    assert sender.ask("HEAD", address, **VERSION).headers["upload-offset"] == "0"
    assert sender.patch(address, 0, b"0123456789", upload_checksum="md5 AAAA").status == 400
    assert sender.patch(address, 0, b"0123456789", upload_checksum=right).status == 204


def test_a_file_is_its_persons_alone_can_be_dropped_and_does_not_wait_for_ever(sender: Sender, tmp_path: Path) -> None:
    address = sender.begin("a.bin", 10).headers["location"]
    mine, stranger = sender.browser, Browser(sender.browser.app)
    assert stranger._ask("HEAD", address, b"", VERSION).status == 401
    sender.browser = mine
    gone = sender.ask("DELETE", address, **VERSION, **sender.token())
    assert gone.status == 204 and sender.ask("HEAD", address, **VERSION).status == 404
    sender.begin("b.bin", 10)
    page = sender.browser.get(sender.seal)
    drop = next(one.attributes["formaction"] for one in page.root.all("button") if "formaction" in one.attributes)
    token = sender.token()["form-token"]
    assert "b.bin" not in sender.browser.post(drop, {"form-token": [token]}).text
    late = sender.begin("c.bin", 10).headers["location"]
    sender.world.pass_days(4)
    sender.browser.sign_in("lee")
    assert sender.ask("HEAD", late, **VERSION).status == 404
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_case_in_which_nothing_is_to_be_sealed_takes_no_file(tmp_path: Path) -> None:
    world = story.at("production ordered")
    sender = Sender(world, tmp_path)
    token = sender.token()
    preservation = next(one for one in world.provider.cases() if one.procedure == "preservation")
    named = {**VERSION, **token, "upload-length": "1", "upload-metadata": "filename eA=="}
    assert sender.browser._ask("POST", f"/cases/{preservation.id}/uploads", b"", named).status == 403


def test_what_a_server_can_do_is_said(sender: Sender) -> None:
    said = sender.ask("OPTIONS", sender.uploads).headers
    assert said["tus-version"] == "1.0.0" and said["tus-checksum-algorithm"] == "sha256"
    assert set(said["tus-extension"].split(",")) == {"creation", "termination", "expiration", "checksum"}


# A process that is killed


@contextmanager
def running(port: int, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([sys.executable, "-m", "tests.web.uploads_server", str(port), str(folder)])
    try:
        end = time.monotonic() + UP_SECONDS
        while True:
            assert process.poll() is None
            assert time.monotonic() < end, f"waited {UP_SECONDS} s for the server"
            try:
                socket.create_connection(("127.0.0.1", port), 20).close()
                break
            except OSError:
                time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


class Line:
    """Plain HTTP to a process, with the cookie and the token of a signed-in page."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie, self.token = port, "", ""
        page = self.ask("GET", "/sign-in")[2].decode()
        self.token = self._token(page)
        self.ask(
            "POST", "/sign-in", f"form-token={self.token}&person=lee".encode(),
            {"content-type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        inbox = self.ask("GET", "/inbox?show=open")[2].decode()
        found = [one for one in re.findall(r"/cases/[0-9a-f-]{36}", inbox) if b"seal" in self.ask("GET", one)[2]]
        self.case = found[0]
        self.token = self._token(self.ask("GET", f"{self.case}/seal")[2].decode())

    @staticmethod
    def _token(page: str) -> str:
        return str(re.findall(r'name="form-token" value="([^"]+)"', page)[-1])

    def ask(
        self, method: str, address: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, address, body, {**(headers or {}), "cookie": self.cookie})
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        self.cookie = found.get("set-cookie", self.cookie).partition(";")[0]
        data = answer.read()
        connection.close()
        return answer.status, found, data

    def send_half_a_piece(self, address: str, offset: int, size: int, data: bytes) -> None:
        """Announce `size` bytes and send fewer, then leave the line open."""
        self.held = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.held.putrequest("PATCH", address)
        for name, value in {
            **PIECE, "form-token": self.token, "cookie": self.cookie,
            "upload-offset": str(offset), "content-length": str(size),
        }.items():  # fmt: skip
            self.held.putheader(name, value)
        self.held.endheaders()
        self.held.send(data)


def test_a_process_killed_in_the_middle_of_a_file_goes_on_where_it_was(tmp_path: Path) -> None:
    data = hashlib.shake_128(b"an export").digest(30 * MIB)
    port = free_port()
    with running(port, tmp_path) as process:
        line = Line(port)
        head = {
            **VERSION,
            "form-token": line.token,
            "upload-length": str(len(data)),
            "upload-metadata": "filename YQ==",
        }
        status, headers, _ = line.ask("POST", f"{line.case}/uploads", b"", head)
        assert status == 201
        address = headers["location"]
        piece = {**PIECE, "form-token": line.token, "upload-offset": "0"}
        assert line.ask("PATCH", address, data[: 8 * MIB], piece)[0] == 204
        line.send_half_a_piece(address, 8 * MIB, 16 * MIB, data[8 * MIB : 21 * MIB])
        kept = next(tmp_path.rglob("offset"))
        end = time.monotonic() + UP_SECONDS
        while int(kept.read_bytes().split()[0]) <= 8 * MIB:
            assert time.monotonic() < end, f"waited {UP_SECONDS} s for what was sent to be kept"
            time.sleep(0.02)
        process.kill()
        line.held.close()
    with running(port, tmp_path):
        line = Line(port)
        offset = int(line.ask("HEAD", address, b"", VERSION)[1]["upload-offset"])
        assert 16 * MIB <= offset <= 21 * MIB
        piece = {**PIECE, "form-token": line.token, "upload-offset": str(offset)}
        assert line.ask("PATCH", address, data[offset:], piece)[0] == 204
        held = next(tmp_path.rglob("data"))
        assert hashlib.sha256(held.read_bytes()).digest() == hashlib.sha256(data).digest()
