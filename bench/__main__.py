"""`python -m bench [NAME ...] [--list] [--json] [--rounds N] [--scale X]`: run the benchmarks listed here."""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Final

from bench import (
    assessment,
    delivery,
    delivery_growth,
    exchange,
    inbox,
    log,
    log_append,
    log_proofs,
    log_start,
    reading,
    sealing,
)
from bench.measure import Aim, Benchmark, Row, measure

BENCHMARKS: Final[dict[str, Callable[[float, ExitStack], Benchmark]]] = {
    "assessment": assessment.benchmark,
    "reading": reading.benchmark,
    "exchange": exchange.benchmark,
    "delivery": delivery.benchmark,
    "delivery-growth": delivery_growth.benchmark,
    "delivery-peers": delivery_growth.peers_benchmark,
    "delivery-workers": delivery_growth.workers_benchmark,
    "log": log.benchmark,
    "log-append-1": log_append.benchmark(1),
    "log-append-64": log_append.benchmark(64),
    "log-append-1024": log_append.benchmark(1024),
    "log-proofs": log_proofs.benchmark,
    "log-start": log_start.benchmark,
    "sealing": sealing.benchmark,
    "opening": sealing.opening,
    "small-files": sealing.small_files,
    "inbox": inbox.benchmark,
}
"""Each is made from its scale (1: full size) and a stack that tidies up after it."""


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}


def reached(aim: Aim, rows: Sequence[Row]) -> bool:
    return all(row.seconds < aim.below for row in rows if row.way == aim.way)


def show(benchmark: Benchmark, rows: Sequence[Row]) -> None:
    print(f"{benchmark.name}: {benchmark.what}")
    width = max(len(row.way) for row in rows)
    for row in rows:
        print(f"  {row.way.ljust(width)}  {row.seconds * 1e6:12.1f} µs  {row.ratio:8.3f} x")
    for aim in benchmark.aims:
        taken = next(row.seconds for row in rows if row.way == aim.way)
        said = "yes" if reached(aim, rows) else "NO"
        print(f"  {aim.way}: {taken * 1e3:.3f} ms median; below {aim.below * 1e3:g} ms: {said}")
    for goal in benchmark.goals:
        seen = goal.seen(rows)
        said = "yes" if seen >= goal.times else "NO"
        print(f"  {goal.way}: {seen:.2f} times {goal.against}; at least {goal.times:g}: {said}")
    for line in (*benchmark.absent, *benchmark.notes()):
        print(f"  {line}")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure comity on this machine, as ratios.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(BENCHMARKS)}; all if none is named"
    )
    parser.add_argument("--list", action="store_true", help="list them and measure nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=7, help="how often each way is timed; the median counts (7)")
    parser.add_argument("--scale", type=float, default=1.0, help="how large, where size matters; 1 is full size (1)")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in BENCHMARKS]
    if unknown or chosen.rounds < 1 or not 0 < chosen.scale <= 100:
        parser.error(f"unknown: {', '.join(unknown)}" if unknown else "--rounds is 1 or more, --scale above 0, to 100")
    measured = []
    for name in chosen.names or BENCHMARKS:
        with ExitStack() as stack:
            benchmark = BENCHMARKS[name](chosen.scale, stack)
            if chosen.list:
                print(f"{benchmark.name}: {benchmark.what}")
                continue
            rows = measure(benchmark, rounds=chosen.rounds)
            ways = [asdict(row) for row in rows]
            aims = [{**asdict(aim), "reached": reached(aim, rows)} for aim in benchmark.aims]
            goals = [{**asdict(goal), "seen": goal.seen(rows)} for goal in benchmark.goals]
            said = {"name": name, "what": benchmark.what, "ways": ways, "absent": benchmark.absent}
            found = {**said, "aims": aims, "goals": goals}
            if chosen.json:
                measured.append({**found, "notes": benchmark.notes()})
            else:
                show(benchmark, rows)
    if chosen.json and not chosen.list:
        print(json.dumps({"machine": machine(), "benchmarks": measured}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
