"""A witness that is killed at any moment has forgotten nothing that it cosigned: what it answered it still knows."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3

from comity.base.digests import Digest
from comity.crypto import merkle
from comity.crypto.signatures import Signer
from comity.exchange.directory import Use
from comity.transparency.checkpoint import Checkpoint, sign_checkpoint
from comity.transparency.witness import AddCheckpoint, format_add_checkpoint, monitoring_path
from comity.wiring import open_node
from tests.simulators.ports import free_port
from tests.stories.test_two_nodes import answers, comity, until

LEAVES = [merkle.leaf_hash(bytes([number % 256, number // 256])) for number in range(2000)]
FORK = [merkle.leaf_hash(b"fork %d" % number) for number in range(2000)]
ORIGIN = "exercise.comity.example/XA/central-authority"
KILLS = 2


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A witness in the present folder that knows the log of XA, and where it is to listen."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMITY_PASSPHRASE_FILE", str(tmp_path / "passphrase"))
    (tmp_path / "passphrase").write_text("correct horse battery staple\n", encoding="utf-8")
    port = free_port()
    made = comity("init", "xa", "--role", "authority", "--state", "XA")
    people = ["--person", "kim=operator", "--person", "sam=operator"]
    comity("init", "xc", "--role", "witness", "--state", "XC", "--url", f"http://127.0.0.1:{port}", *people)
    for person in ("kim", "sam"):
        read_out = ["--fingerprint", made["compare"], "--config", "xc/comity.toml"]
        comity("directory", "trust", "xa/directory.json", "--as", person, *read_out)
    return port


@contextmanager
def witness(port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "comity.cli.main", "serve", "--role", "witness", "--config", "xc/comity.toml"]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])})
    try:
        until(lambda: process.poll() is not None or answers(port), "the witness")
        assert process.poll() is None
        yield process
    finally:
        process.kill()
        process.wait()


def log_signer(tmp_path: Path) -> Signer:
    node = open_node(tmp_path / "xa" / "comity.toml", b"correct horse battery staple")
    try:
        return node.keys.signer(Use.LOG)
    finally:
        node.close()


def request(signer: Signer, old: int, new: int, leaves: list[Digest]) -> bytes:
    note = sign_checkpoint(Checkpoint(ORIGIN, new, merkle.root(leaves[:new])), signer)
    path = merkle.consistency_path(leaves[:new], old) if 0 < old <= new else ()
    return format_add_checkpoint(AddCheckpoint(old, path, note))


def post(port: int, body: bytes) -> tuple[int, bytes]:
    with urllib3.PoolManager(retries=False, timeout=60) as pool:
        answer = pool.request("POST", f"http://127.0.0.1:{port}/witness/add-checkpoint", body=body)
        return answer.status, answer.data


def known_size(port: int) -> int:
    with urllib3.PoolManager(retries=False, timeout=60) as pool:
        answer = pool.request("GET", f"http://127.0.0.1:{port}/witness/{monitoring_path(ORIGIN)}")
    return 0 if answer.status == 404 else int(answer.data.split(b"\n")[1])


def test_what_a_killed_witness_cosigned_it_still_knows(port: int, tmp_path: Path) -> None:
    signer, cosigned = log_signer(tmp_path), 0
    for round_number in range(KILLS):
        with witness(port) as process:
            tried = known_size(port)
            assert tried >= cosigned, "it forgot what it had answered"
            killer = threading.Timer(0.05 + 0.11 * round_number, process.send_signal, [signal.SIGKILL])
            with contextlib.suppress(urllib3.exceptions.HTTPError, OSError):
                for size in range(tried + 1, len(LEAVES)):
                    status, _ = post(port, request(signer, tried, size, LEAVES))
                    assert status == 200
                    tried = cosigned = size
                    if killer.ident is None:
                        killer.start()
            killer.join()
            assert process.wait(60) == -signal.SIGKILL
    with witness(port):
        last = known_size(port)
        assert cosigned <= last <= cosigned + 1
        assert post(port, request(signer, last, last + 5, FORK))[0] == 422
        assert post(port, request(signer, 0, 7, FORK)) == (409, b"%d\n" % last)
        assert post(port, request(signer, last, last, LEAVES))[0] == 200


def test_a_witness_alone_answers_nothing_else(port: int) -> None:
    with witness(port), urllib3.PoolManager(retries=False, timeout=60) as pool:
        health = json.loads(pool.request("GET", f"http://127.0.0.1:{port}/health").data)
        assert health["node"] == "XC/witness"
        for path in ("/log/checkpoint", "/v1/receipts/x", "/", "/cases"):
            assert pool.request("GET", f"http://127.0.0.1:{port}{path}").status == 404
