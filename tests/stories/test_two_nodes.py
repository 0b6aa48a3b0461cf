"""Two authorities that really serve: what is approved at one is delivered to the other, and both end when told."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.postgresql import Postgres
from tests.simulators.ports import free_port
from tests.stories.transcript import in_process

WAIT_SECONDS = 120
PEOPLE = {
    "xa": ["anna=duty_officer", "bo=case_lawyer,operator", "cy=operator"],
    "xb": ["dan=duty_officer", "olga=case_lawyer,operator", "cy=operator"],
}


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for it, but not for ever."""
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited {WAIT_SECONDS} s for {what}"
        time.sleep(0.05)


def comity(*arguments: str) -> Any:
    """A command that must do what it is asked, with its JSON."""
    came = in_process([*arguments, "--json"])
    assert came.code == 0, came.out + came.err
    return json.loads(came.out)


def answers(port: int) -> bool:
    with contextlib.suppress(urllib3.exceptions.HTTPError), urllib3.PoolManager(retries=False, timeout=20) as pool:
        return pool.request("GET", f"http://127.0.0.1:{port}/health").status == 200
    return False


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[dict[str, list[str]]]:
    """For each node the options by which it is made with a database of either kind."""
    if request.param == "sqlite":
        yield {node: [] for node in PEOPLE}
        return
    server: Postgres = request.getfixturevalue("postgresql")
    made = {node: server.empty() for node in PEOPLE}
    yield {node: ["--database-url", one.url] for node, one in made.items()}
    for one in made.values():
        server.drop(one)


@pytest.fixture
def ports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, databases: dict[str, list[str]]) -> dict[str, int]:
    """Two nodes in the present folder that trust each other, and where they listen."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMITY_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    (tmp_path / "passphrase").write_text("correct horse battery staple\n", encoding="utf-8")
    found, roots = {}, {}
    for node, people in PEOPLE.items():
        found[node] = free_port()
        options = [part for person in people for part in ("--person", person)] + databases[node]
        url = f"http://127.0.0.1:{found[node]}"
        made = comity("init", node, "--role", "authority", "--state", node.upper(), "--url", url, *options)
        roots[node] = made["compare"]
    for node, other, operator in (("xa", "xb", "bo"), ("xb", "xa", "olga")):
        directory = ["directory", "trust", f"{other}/directory.json", "--config", f"{node}/comity.toml"]
        for person in (operator, "cy"):
            comity(*directory, "--as", person, "--fingerprint", roots[other])
    return found


@pytest.fixture
def serving(ports: dict[str, int], tmp_path: Path, root: Path) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    running = {}
    for node in ports:
        with (tmp_path / f"{node}.log").open("wb") as log:
            running[node] = subprocess.Popen(
                [sys.executable, "-m", "comity.cli.main", "serve", "--config", f"{node}/comity.toml"],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(root)},
            )
    yield running
    for process in running.values():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_request_is_delivered_and_both_nodes_end_when_told_with_nothing_left_behind(
    ports: dict[str, int], serving: dict[str, subprocess.Popen[bytes]], root: Path, tmp_path: Path
) -> None:
    for node, port in ports.items():
        until(lambda port=port: answers(port), f"{node} to answer")  # type: ignore[misc]
    shutil.copy(root / "examples/investment-scam/preservation.toml", tmp_path)
    xa, xb = ["--config", "xa/comity.toml"], ["--config", "xb/comity.toml"]
    drafted = comity("case", "draft", "preservation.toml", *xa, "--as", "anna", "--to", "XB/central-authority")
    approved = comity("case", "approve", drafted["case"], *xa, "--as", "bo")
    assert approved["state"] == "requested"

    until(lambda: bool(comity("case", "list", *xb)["cases"]), "the case at XB")
    (theirs,) = comity("case", "list", *xb)["cases"]
    assert theirs["their_case"] == drafted["case"]
    assert (theirs["peer"], theirs["position"], theirs["stamp"]) == ("XA/central-authority", "requested", "EXERCISE")
    until(lambda: "receipted" in events_of(drafted["case"]), "the receipt at XA")
    assert events_of(drafted["case"])[:3] == ["drafted", "approved", "sent"]
    until(lambda: int(comity("log", "show", *xa)["published"]) > 0, "a checkpoint of XA")

    serving["xa"].send_signal(signal.SIGINT)  # Ctrl-C
    serving["xb"].send_signal(signal.SIGTERM)  # a service manager
    for node, process in serving.items():
        assert process.wait(timeout=WAIT_SECONDS) == 0
        said = (tmp_path / f"{node}.log").read_text(encoding="utf-8")
        assert said.splitlines()[-1] == "stopped"
        assert "Traceback" not in said
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", ports[node]))
        left = [path.name for path in (tmp_path / node).rglob("*") if path.name.endswith((".part", "-wal", "-shm"))]
        assert left == []


def events_of(case: str) -> list[str]:
    shown = comity("case", "show", case, "--config", "xa/comity.toml")
    return [event["event"] for event in shown["events"]]
