"""`comity demo --web`, run as a user runs it: its pages are there, somebody signs in, and Ctrl-C ends all of it."""

import http.client
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from tests.stories.test_demo import WAIT_SECONDS, command, environment, processes_about

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
NODES = 4


class Person:
    """Plain HTTP with a cookie."""

    def __init__(self, url: str, name: str) -> None:
        self.host = urlsplit(url).netloc
        self.cookies: dict[str, str] = {}
        token = re.findall(r'name="form-token" value="([^"]+)"', self.ask("GET", "/sign-in")[1])[0]
        self.ask("POST", "/sign-in", urlencode({"form-token": token, "person": name}))

    def ask(self, method: str, address: str, body: str = "") -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.host, timeout=WAIT_SECONDS)
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"content-type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition(";")[0].partition("=")
                self.cookies[key] = rest
        text = answer.read().decode()
        connection.close()
        return answer.status, text


@pytest.fixture
def running(tmp_path: Path, root: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        command("--web", "--keep", str(tmp_path / "kept")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment(root, COLUMNS="200"),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_somebody_signs_in_and_finds_cases_in_every_state_and_one_signal_ends_it(
    running: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    assert running.stdout is not None
    urls: list[str] = []
    for line in running.stdout:
        urls += ADDRESS.findall(line)
        if len(urls) == NODES:
            break
    assert len(urls) == NODES, running.stderr.read() if running.stderr else ""
    xa, xb, provider, _ = urls
    bo = Person(xa, "bo")
    status, inbox = bo.ask("GET", "/inbox?show=open")
    assert status == 200 and "ransomware at a hospital" in inbox and "EXERCISE" in inbox
    seen = "".join(
        Person(url, name).ask("GET", f"/inbox?show={show}")[1]
        for url, name in ((xa, "bo"), (xb, "olga"), (provider, "lee"))
        for show in ("open", "closed")
    )
    for state in STATES:
        assert f">{state}</strong>" in seen, state
    status, page = Person(xb, "omar").ask("GET", "/oversight")
    assert status == 200 and "about a journalist" not in page
    running.send_signal(signal.SIGINT)
    assert running.wait(WAIT_SECONDS) == 0
    assert processes_about(str(tmp_path / "kept")) == []


STATES = (
    *("Draft", "Requested", "Information asked", "Postponed", "Granted", "Ordered", "Objected", "Preserved"),
    *("Held pending decision", "Sealed", "Evidence arrived", "Evidence accepted", "Evidence released", "Produced"),
    *("Refused", "Withdrawn", "Withdrawn, and evidence is held", "Order lifted", "Copies released", "Lapsed"),
)
"""The states in which cases are found, but for evidence that goes back: approval and sending are one step."""
