"""Two versions of this program talk to each other, both ways: a request, its answer and all receipts.

    python -m tests.soak.skew [COMMIT]          the last commit if nothing is said, against the files as they lie here

The other version is taken out of the repository's history and run with the libraries of this one: a rolling change of
release, as peers see it. Each node is made, served and worked at by its own code alone. What the page of the formats
promises to other versions is played in tests/stories/test_second_implementation.py, with every `make test`.
"""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import urllib3

from tests.simulators.ports import free_ports

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = ROOT / "examples" / "investment-scam" / "preservation.toml"
PEOPLE: Final = ("anna=duty_officer", "bo=case_lawyer,operator", "cy=operator")
_WAIT_SECONDS: Final = 600.0


@dataclass
class Node:
    """A node of State `state`, whose code is in `code`."""

    state: str
    code: Path
    folder: Path
    port: int
    compare: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        return f"{self.state}/central-authority"

    @property
    def place(self) -> Path:
        return self.folder / self.state.lower()

    def comity(self, *arguments: str, config: bool = True) -> dict[str, Any]:
        """A command of its own code; its JSON. Raises RuntimeError with what it said."""
        at = ["--config", str(self.place / "comity.toml")] if config else []
        done = subprocess.run(
            [*self._program, *arguments, *at, "--json"], cwd=self.code, env=self._env, capture_output=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{self.id}: {' '.join(arguments[:2])}: {done.stdout.decode()} {done.stderr.decode()}")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    @property
    def _program(self) -> list[str]:
        return [sys.executable, "-m", "comity.cli.main"]

    @property
    def _env(self) -> dict[str, str]:
        passphrase = str(self.folder / "passphrase")
        return {**os.environ, "PYTHONPATH": str(self.code), "COMITY_PASSPHRASE_FILE": passphrase}

    def make(self) -> None:
        people = [part for person in PEOPLE for part in ("--person", person)]
        url = ["--url", f"http://127.0.0.1:{self.port}"]
        made = self.comity(
            "init", str(self.place), "--role", "authority", "--state", self.state, *people, *url, config=False
        )
        self.compare = str(made["compare"])

    def trust(self, other: "Node") -> None:
        """Two people compare; an older one may be content with the first."""
        for person in ("bo", "cy"):
            with contextlib.suppress(RuntimeError) if person == "cy" else contextlib.nullcontext():
                file = str(other.place / "directory.json")
                self.comity("directory", "trust", file, "--as", person, "--fingerprint", other.compare)

    def serve(self) -> None:
        with (self.place / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self._program, "serve", "--config", str(self.place / "comity.toml")],
                cwd=self.code,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _until(self._answers, f"{self.id} to answer")

    def _answers(self) -> bool:
        with contextlib.suppress(urllib3.exceptions.HTTPError), urllib3.PoolManager(retries=False, timeout=20) as pool:
            return pool.request("GET", f"http://127.0.0.1:{self.port}/health").status == 200
        return False

    def stop(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def cases_with(self, other: "Node", position: str) -> list[str]:
        found = self.comity("case", "list")["cases"]
        return [one["case"] for one in found if (one["peer"], one["position"]) == (other.id, position)]

    def events(self, case: str) -> list[str]:
        return [one["event"] for one in self.comity("case", "show", case)["events"]]


def _until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + _WAIT_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {_WAIT_SECONDS} s for {what}")
        time.sleep(0.2)


def exchange(asks: Node, asked: Node) -> list[str]:
    """A request from one to the other, a question back, and the receipt of each."""
    text = EXAMPLE.read_text(encoding="utf-8").replace("XA", "?").replace("XB", asked.state).replace("?", asks.state)
    file = asks.place / "request.toml"
    file.write_text(text, encoding="utf-8")
    case = asks.comity("case", "draft", str(file), "--as", "anna", "--to", asked.id)["case"]
    asks.comity("case", "approve", case, "--as", "bo")
    _until(lambda: asked.cases_with(asks, "requested"), f"the case at {asked.id}")
    _until(lambda: "receipted" in asks.events(case), f"its receipt at {asks.id}")
    (theirs,) = asked.cases_with(asks, "requested")
    asked.comity("case", "ask", theirs, "--as", "bo", "--missing", "the period", "--text", "Which days?")
    _until(lambda: "receipted" in asked.events(theirs), f"the receipt of the question at {asked.id}")
    return asks.events(case)


def other_code(commit: str, folder: Path) -> Path:
    """The files of a commit, in a new folder."""
    data = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(folder / "code", filter="data")
    return folder / "code"


def main() -> int:
    commit = sys.argv[1] if len(sys.argv) > 1 else "HEAD"
    command = ["git", "rev-parse", "--verify", "--end-of-options", f"{commit}^{{commit}}"]
    named = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    if named.returncode:
        sys.exit(f"{named.stderr.strip()}\nusage: python -m tests.soak.skew [COMMIT]")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "passphrase").write_text("correct horse battery staple\n", encoding="utf-8")
        ports = free_ports(2)
        here = Node("XA", ROOT, folder, ports[0])
        there = Node("XB", other_code(named.stdout.strip(), folder), folder, ports[1])
        try:
            for node in (here, there):
                node.make()
            for node, other in ((here, there), (there, here)):
                node.trust(other)
            for node in (here, there):
                node.serve()
            for asks, asked in ((here, there), (there, here)):
                sys.stdout.write(f"{asks.id} asks {asked.id}: {', '.join(exchange(asks, asked))}\n")
        finally:
            for node in (here, there):
                node.stop()
    sys.stdout.write(f"this version and {named.stdout.strip()[:12]} exchanged both ways\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
