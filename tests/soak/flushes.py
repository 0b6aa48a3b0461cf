"""No answer before the flush: strace on both nodes, every request that brought something new.

    python -m tests.soak.flushes --exchanges 200

Between the arrival of `POST /v1/envelopes` or `POST /v1/receipts` and the answer that says it is done, the database's
journal must have been written, and a flush of it begun after that and ended.
"""

import argparse
import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.soak.two_nodes import TwoNodes, is_good

_CALLS: Final = "recvfrom,read,sendto,write,writev,sendmsg,pwrite64,fdatasync,fsync"
_BEGUN: Final = re.compile(r"^(\d+) +(\w+)\((\d+)<([^>]*)>")
_RESUMED: Final = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>")
_ASKED: Final = re.compile(r'"POST (/v1/envelopes|/v1/receipts) ')
_DONE: Final = re.compile(r'"HTTP/1\.1 20[04] ')
_JOURNAL: Final = "comity.db-wal"


@dataclass
class Line:
    """One connection: what was asked, and how far the journal is since."""

    path: str
    is_written: bool = False
    is_flushed: bool = False


@dataclass
class Reader:
    """Reads one node's strace. `flushed` and `early`: answers after a flush, and before one, by path."""

    flushed: Counter[str] = field(default_factory=Counter)
    early: Counter[str] = field(default_factory=Counter)
    lines: dict[str, Line] = field(default_factory=dict)
    under_way: dict[str, tuple[str, str, set[str]]] = field(default_factory=dict)

    def read(self, log: Path) -> None:
        with log.open(errors="replace") as found:
            for line in found:
                self._one(line)

    def _one(self, line: str) -> None:
        if resumed := _RESUMED.match(line):
            call, on, written = self.under_way.pop(resumed[1], ("", "", set()))
            self._ended(call, on, written, line)
        elif begun := _BEGUN.match(line):
            process, call, number, on = begun.groups()
            place = f"{number}<{on}>"
            written = {key for key, one in self.lines.items() if one.is_written}
            if call == "pwrite64" and on.endswith(_JOURNAL):
                for one in self.lines.values():
                    one.is_written = True
            if (call, "HTTP" in line) in _ANSWERS and _DONE.search(line):
                self._answered(place)
            if line.rstrip().endswith("<unfinished ...>"):
                self.under_way[process] = (call, place, written)
            else:
                self._ended(call, place, written, line)

    def _ended(self, call: str, place: str, written: set[str], line: str) -> None:
        """A call came back. written: whose changes were in the journal when it began."""
        if call in ("fdatasync", "fsync") and place.endswith(f"{_JOURNAL}>") and line.rstrip().endswith("= 0"):
            for key in written & self.lines.keys():
                self.lines[key].is_flushed = True
        elif call in ("recvfrom", "read") and (asked := _ASKED.search(line)):
            self.lines[place] = Line(asked[1])

    def _answered(self, place: str) -> None:
        line = self.lines.pop(place, None)
        if line is not None:
            (self.flushed if line.is_flushed else self.early)[line.path] += 1


_ANSWERS: Final = {(call, True) for call in ("sendto", "write", "writev", "sendmsg")}


@dataclass
class Watched(TwoNodes):
    """Two nodes under strace, and no faults."""

    def _command(self, node: str) -> list[str]:
        watch = ["strace", "-f", "-y", "-s", "40", "-e", f"trace={_CALLS}", "-o", str(self._place(node) / "strace")]
        return [*watch, *super()._command(node)]

    def run(self) -> tuple[dict[str, object], Reader]:
        self._found()
        for proxy in self.proxies.values():
            proxy.start()
        try:
            for node in self.nodes:
                self._serve(node)
            for number in range(self.exchanges):
                self.ask_one(f"Investigation {number}")
                if number % 4 == 0:  # not all in a few batches
                    self._until(self._is_quiet, "the request to be delivered and receipted")
            self._until(self._is_quiet, "everything to be delivered and receipted")
        finally:
            self._stop()
        reader = Reader()
        for node in self.nodes:
            reader.read(self._place(node) / "strace")
        return self._counted(self._judged()), reader


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--exchanges", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found, reader = Watched(Path(folder), given.exchanges, 0, 0.0, 1).run()
    print(f"answers after a flush: {dict(reader.flushed)}; before one: {dict(reader.early)}; {found}")  # noqa: T201
    return 0 if is_good(found) and reader.flushed and not reader.early else 1


if __name__ == "__main__":
    sys.exit(main())
