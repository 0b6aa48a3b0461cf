"""The environment of `as4`, made once under .tools from a lock of its own, and the process that runs in it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scripts.environment import SetUpFailed, base_environment, fetch_uv

_ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = _ROOT / "bench" / "as4.lock"
PLACE: Final = _ROOT / ".tools" / "as4"


@dataclass
class As4:
    """It runs until `end`."""

    running: subprocess.Popen[bytes]
    bytes_each: int = 0

    def carry(self, count: int) -> float:
        """So many messages and their receipts; the processor's seconds."""
        assert self.running.stdin and self.running.stdout
        self.running.stdin.write(json.dumps({"count": count}).encode() + b"\n")
        self.running.stdin.flush()
        line = self.running.stdout.readline()
        if not line:
            raise RuntimeError("as4 ended by itself")
        found: dict[str, Any] = json.loads(line)
        self.bytes_each = found["bytes"]
        return float(found["cpu"])

    def end(self) -> None:
        assert self.running.stdin
        self.running.stdin.close()
        self.running.wait(30)
        assert self.running.stdout
        self.running.stdout.close()


def start() -> As4 | str:
    """It, or why it is left out."""
    try:
        python = _environment()
    except (SetUpFailed, subprocess.CalledProcessError):
        return "as4 could not be installed and was left out; it needs the package index once"
    command = [str(python), str(_ROOT / "bench" / "as4_peer.py")]
    return As4(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))


def _environment() -> Path:
    """The environment's Python. What is marked with the lock's own text is whole."""
    python, mark = PLACE / "bin" / "python", PLACE / "lock"
    if not mark.is_file() or mark.read_bytes() != LOCK.read_bytes():
        environ = base_environment()
        uv = fetch_uv(_ROOT, environ)
        whole: dict[str, str] = {**os.environ, **environ}
        for step in (
            ["venv", "--quiet", "--clear", "--python", sys.executable, str(PLACE)],
            ["pip", "install", "--quiet", "--require-hashes", "--python", str(python), "-r", str(LOCK)],
        ):
            subprocess.run([str(uv), *step], env=whole, check=True, capture_output=True)
        mark.write_bytes(LOCK.read_bytes())
    return python
