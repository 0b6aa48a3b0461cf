"""`python -m bench [NAME ...] [--list] [--json] [--rounds N]`: run the benchmarks listed here."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Final

from bench import reading
from bench.measure import Benchmark, Row, measure

BENCHMARKS: Final[dict[str, Callable[[], Benchmark]]] = {
    "reading": reading.benchmark,
}


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}


def show(benchmark: Benchmark, rows: Sequence[Row]) -> None:
    print(f"{benchmark.name}: {benchmark.what}")
    width = max(len(row.way) for row in rows)
    for row in rows:
        print(f"  {row.way.ljust(width)}  {row.seconds * 1e6:12.1f} µs  {row.ratio:6.2f} x")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure comity on this machine, as ratios.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(BENCHMARKS)}; all if none is named"
    )
    parser.add_argument("--list", action="store_true", help="list them and measure nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=7, help="how often each way is timed; the median counts (7)")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in BENCHMARKS]
    if unknown or chosen.rounds < 1:
        parser.error(f"unknown: {', '.join(unknown)}" if unknown else "--rounds is 1 or more")
    found = [BENCHMARKS[name]() for name in chosen.names or BENCHMARKS]
    if chosen.list:
        for benchmark in found:
            print(f"{benchmark.name}: {benchmark.what}")
        return 0
    measured = []
    for benchmark in found:
        rows = measure(benchmark, rounds=chosen.rounds)
        measured.append({"name": benchmark.name, "what": benchmark.what, "ways": [asdict(row) for row in rows]})
        if not chosen.json:
            show(benchmark, rows)
    if chosen.json:
        print(json.dumps({"machine": machine(), "benchmarks": measured}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
