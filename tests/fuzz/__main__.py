"""Fuzz the parsers: all, or those named, for a bounded time.

    python -m tests.fuzz [NAMES] [--seconds 300] [--corpus FOLDER] [--list]      (make fuzz)

The time is shared by the harnesses, two at once. What an input brought to light is kept under build/fuzz with the
command to see it again. Ends with 1 where something was found, with 2 where atheris is not here: it is for Linux.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import Final

from tests.fuzz.all_harnesses import HARNESSES, MODULE_OF
from tests.fuzz.harness import Harness

AT_ONCE: Final = 2
KEPT: Final = Path("build") / "fuzz"
MEMORY_MIB: Final = 1024
"""Of the whole process; one that needs more for an input of a few KiB has been made to."""
HANGS_SECONDS: Final = 20
"""When libFuzzer ends an input that does not; one that takes more than a second is found by the harness itself."""


@dataclass(frozen=True)
class Outcome:
    """What became of one harness: how many inputs, and the files that brought something to light."""

    name: str
    inputs: int
    found: tuple[Path, ...]
    said: str


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    if options.list:
        sys.stdout.write("".join(f"{name}\n" for name in HARNESSES))
        return 0
    if find_spec("atheris") is None:
        sys.stderr.write("error: atheris is not here; it exists for Linux only\n")
        sys.stderr.write("hint:  pytest tests/fuzz runs the same harnesses over their seeds, anywhere\n")
        return 2
    unknown = sorted(set(options.names) - set(HARNESSES))
    if unknown:
        sys.stderr.write(f"error: no harness is called {', '.join(unknown)}\nhint:  --list names them\n")
        return 64
    names = options.names or list(HARNESSES)
    seconds = max(2, int(options.seconds * AT_ONCE / len(names)))
    began = monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(lambda name: _run(HARNESSES[name], seconds, options.corpus), names))
    bad = [one for one in outcomes if one.found or not one.inputs]
    total = sum(one.inputs for one in outcomes)
    sys.stdout.write(
        f"{len(names)} harnesses, {total} inputs, {monotonic() - began:.0f} s; {len(bad)} found something\n"
    )
    return 1 if bad else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz the parsers for a bounded time.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; all without one")
    parser.add_argument("--seconds", type=int, default=300, help="over all, about; 300 without it")
    parser.add_argument("--corpus", type=Path, help="keep what reached new branches here, and begin from it")
    parser.add_argument("--list", action="store_true", help="name the harnesses")
    return parser.parse_args(arguments)


def _run(harness: Harness, seconds: int, corpus: Path | None) -> Outcome:
    kept = KEPT / harness.name
    kept.mkdir(parents=True, exist_ok=True)
    before = set(kept.iterdir())
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        (folder / "seeds").mkdir()
        for number, seed in enumerate(harness.begins_with()):
            (folder / "seeds" / str(number)).write_bytes(seed)
        words = folder / "words"
        words.write_text("".join(f'"{_quoted(word)}"\n' for word in harness.words))
        growing = folder / "grown" if corpus is None else corpus / harness.name
        growing.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.fuzz.child", MODULE_OF[harness.name], harness.name),
                *(f"-max_total_time={seconds}", f"-timeout={HANGS_SECONDS}", f"-rss_limit_mb={MEMORY_MIB}"),
                *(f"-max_len={harness.most_bytes}", f"-artifact_prefix={kept}/", "-print_final_stats=1"),
                *((f"-dict={words}",) if harness.words else ()),
                *(str(growing), str(folder / "seeds")),
            ],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": "."},
        )
    said = done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace")
    inputs = next((int(line.split()[-1]) for line in said.splitlines() if "number_of_executed_units" in line), 0)
    outcome = Outcome(harness.name, inputs, tuple(sorted(set(kept.iterdir()) - before)), said)
    _tell(outcome, failed=bool(done.returncode))
    return outcome


def _tell(outcome: Outcome, *, failed: bool) -> None:
    lines = [f"{outcome.name:24} {outcome.inputs:>9} inputs"]
    if outcome.found or failed:
        lines += [f"  {line}" for line in outcome.said.splitlines() if _matters(line)][-20:]
    for file in outcome.found:
        lines.append(f"  kept: {file}")
        lines.append(f"  again: {sys.executable} -m tests.fuzz.child {MODULE_OF[outcome.name]} {outcome.name} {file}")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _matters(line: str) -> bool:
    return bool(line.strip()) and not line.startswith(("INFO", "WARNING", "#", "stat::", "MS:", "Base64", "artifact_"))


def _quoted(word: bytes) -> str:
    return "".join(chr(one) if 32 <= one < 127 and one not in b'"\\' else f"\\x{one:02x}" for one in word)


if __name__ == "__main__":
    sys.exit(main())
