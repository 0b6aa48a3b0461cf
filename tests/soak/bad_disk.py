"""A disk that fails: full, broken, or not to be written any more. What is not safe is not acknowledged.

    python -m tests.soak.bad_disk

strace is attached to a running node for some requests, and makes SQLite's calls fail; a limit on the size of files does
the same without it. XB must refuse with a typed error, acknowledge nothing while it lasts, lose nothing it
acknowledged, and go on by itself once the disk is well again.
"""

import resource
import signal
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

REQUESTS: Final = 9
BEGIN: Final = 3
END: Final = 6
FROM: Final = {"fdatasync": (1, 2, 3), "pwrite64": (1, 2, 3, 5, 8, 13)}
"""From which call of a thread on it fails: the first is early in a transaction, a later one in the middle of it."""
FAULTS: Final = {
    "a flush fails": "fdatasync:error=EIO",
    "the disk is full": "pwrite64:error=ENOSPC",
    "a write fails": "pwrite64:error=EIO",
    "the disk is read-only": "pwrite64:error=EROFS",
}


@dataclass
class Seen:
    """What was told of each request, in order, and how many of the messages acknowledged are gone."""

    told: list[list[str]] = field(default_factory=list)
    lost: int = 0

    def words(self, start: int, end: int) -> list[str]:
        return [word for request in self.told[start:end] for word in request]


def run(fault: str, at: int) -> Seen:
    """The fault lasts for the requests BEGIN to END, in each thread from its call numbered `at` on."""
    with TemporaryDirectory(prefix="comity-disk-") as name:
        seen = Seen()
        with _node(Path(name)) as node:
            assert node.stdout is not None
            _until(node.stdout, "ready")
            seen.told += [_ask(node) for _ in range(BEGIN)]
            inject = ["-e", f"trace={fault.partition(':')[0]}", "-e", f"inject={fault}:when={at}+"]
            watch = ["strace", "-f", "-p", str(node.pid), "-o", "/dev/null", *inject]
            with subprocess.Popen(watch, stderr=subprocess.PIPE, text=True) as strace:
                assert strace.stderr is not None
                _until(strace.stderr, "attached")
                seen.told += [_ask(node) for _ in range(BEGIN, END)]
                strace.send_signal(signal.SIGINT)  # it lets go, and the node goes on
            seen.told += [_ask(node) for _ in range(END, REQUESTS)]
        seen.lost = _lost(seen, Path(name))
        return seen


def run_limited(limit: int) -> Seen:
    """No file may be longer than so many bytes."""
    with TemporaryDirectory(prefix="comity-disk-") as name:
        seen = Seen()
        with _node(Path(name)) as node:
            assert node.stdout is not None
            _until(node.stdout, "ready")
            seen.told += [_ask(node) for _ in range(BEGIN)]
            before = resource.prlimit(node.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            seen.told += [_ask(node) for _ in range(BEGIN, END)]
            resource.prlimit(node.pid, resource.RLIMIT_FSIZE, before)
            seen.told += [_ask(node) for _ in range(END, REQUESTS)]
        seen.lost = _lost(seen, Path(name))
        return seen


def _node(folder: Path) -> subprocess.Popen[str]:
    inside = [sys.executable, "-m", "tests.soak.exchanging", str(folder), str(REQUESTS), "--told"]
    return subprocess.Popen(inside, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _until(stream: IO[str], word: str) -> None:
    for line in stream:
        if word in line:
            return
    raise RuntimeError(f"it ended before it said {word!r}")


def _ask(node: subprocess.Popen[str]) -> list[str]:
    """Let one request go, and hear what becomes of it: what was said of its storing, and of its opening."""
    assert node.stdin is not None and node.stdout is not None
    node.stdin.write("\n")
    node.stdin.flush()
    told = [node.stdout.readline().strip()]
    if told[0].startswith("stored"):
        told.append(node.stdout.readline().strip())
    return told


def _lost(seen: Seen, folder: Path) -> int:
    connection = sqlite3.connect(folder / "comity.db")
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        kept = {row[0]: row[1] for row in connection.execute("SELECT id, state FROM inbox")}
    finally:
        connection.close()
    said = [word.split() for word in seen.words(0, REQUESTS)]
    return sum(
        (word == "stored" and name not in kept) or (word == "delivered" and kept.get(name) != "delivered")
        for word, name in said
    )


def check(name: str, seen: Seen, *, is_whole: bool = True) -> None:
    """Raises AssertionError where something was promised that is not so. is_whole: the fault lets nothing through."""
    assert seen.lost == 0, f"{name}: {seen.lost} acknowledged messages are gone"
    assert not any(word.startswith("refused") for word in seen.words(0, BEGIN)), name
    during = seen.words(BEGIN, END)
    assert "refused unavailable" in during, f"{name}: nothing was refused: {during}"
    assert not is_whole or set(during) == {"refused unavailable"}, f"{name}: acknowledged all the same: {during}"
    assert not any(word.startswith("refused") for word in seen.words(END, REQUESTS)), f"{name}: it did not go on"


def main() -> int:
    for name, fault in FAULTS.items():
        places = FROM[fault.partition(":")[0]]
        for at in places:
            check(f"{name} from call {at}", run(fault, at), is_whole=at == 1)
        print(f"{name}, from {len(places)} places: nothing lost, nothing acknowledged meanwhile")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
