"""An S3-compatible store of a test's own: SeaweedFS on loopback, its data in a temporary folder, gone afterwards."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import urllib3

from tests.simulators.ports import free_ports

KEY: Final = "comity"
SECRET: Final = "only-for-tests"
_PORTS: Final = ("master", "volume", "filer", "s3")
_READY_SECONDS: Final = 60


def program() -> Path | None:
    """`weed`, which its wheel puts beside this Python."""
    beside = Path(sys.executable).with_name("weed")
    return beside if beside.is_file() else None


@dataclass(slots=True)
class Seaweed:
    """A running server. `bucket()` gives the name of one that nobody else has."""

    folder: Path
    endpoint: str
    _process: subprocess.Popen[bytes]
    _numbers: Iterator[int]

    def bucket(self) -> str:
        """A new bucket's name; the bucket is made by the first object in it."""
        return f"test-{next(self._numbers)}"

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """It answers nobody while the block runs."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def running(weed: Path) -> Iterator[Seaweed]:
    """A server while the block runs."""
    folder = Path(tempfile.mkdtemp(prefix="comity-s3-"))
    ports = free_ports(2 * len(_PORTS))
    identity = {"accessKey": KEY, "secretKey": SECRET}
    rights = {"name": KEY, "credentials": [identity], "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [rights]}), encoding="utf-8")
    (folder / "data").mkdir()
    command = [
        str(weed),
        "-logtostderr",
        "server",
        "-s3",
        f"-dir={folder / 'data'}",
        f"-s3.config={folder / 's3.json'}",
    ]
    command += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.volumeSizeLimitMB=64", "-volume.max=0"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    for name, port, grpc in zip(_PORTS, ports[::2], ports[1::2], strict=True):
        command += [f"-{name}.port={port}", f"-{name}.port.grpc={grpc}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    endpoint = f"http://127.0.0.1:{ports[-2]}"
    try:
        _wait(process, endpoint, folder / "log")
        yield Seaweed(folder, endpoint, process, count(1))
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process: subprocess.Popen[bytes], endpoint: str, log: Path) -> None:
    """Until it can be written to: it listens some time before that."""
    until = time.monotonic() + _READY_SECONDS
    pool = urllib3.PoolManager(retries=False, timeout=2)
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            if pool.request("GET", f"{endpoint}/status").status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the store did not start: {log.read_text(errors='replace')[-2000:]}")
