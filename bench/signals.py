"""`python -m bench.signals [--seeds N] [--write]`: how often signals are wrong of honest requesters, and find others.

Over so many drawn years (comity.simulate.asking): every signal is read for every honest requester at every node, and a
requester that misuses as one signal is to see is put to the node that is asked most, with more and more matters. What
was counted goes to `comity/adapters/signals.json`, which the pages show; a test counts a few seeds again.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from comity.adapters.signal_rates import FILE, Caught, Rate, Rates, encode
from comity.base.ids import StateCode
from comity.oversight.signals.every import SIGNALS, read_all, read_one
from comity.oversight.signals.signal import CHANCE, WINDOW_DAYS
from comity.simulate.asking import authority, honest_year, planted
from comity.simulate.chance import drawn_for
from comity.simulate.plan import Plan
from comity.simulate.states import draw_states

STATES: Final = 24
DAYS: Final = 365
VOLUME: Final = 10.0
SIZES: Final = (10, 20, 40, 80, 160)
"""Matters in a year that the misusing requester puts to the one node."""
MISUSER: Final = StateCode("ZY")
SEEDS: Final = 200
PATH: Final = Path(__file__).resolve().parent.parent / "comity" / "adapters" / FILE


@dataclass
class Counted:
    """`read`, `alarms`: readings of honest requesters with cases enough, and those that stood out; `nodes`: node-years,
    and `alarmed`: those with any; `caught`: by signal and size."""

    seeds: int = 0
    read: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    nodes: int = 0
    alarmed: int = 0
    caught: Counter[tuple[str, int]] = field(default_factory=Counter)

    def add(self, other: "Counted") -> None:
        self.seeds += other.seeds
        self.nodes += other.nodes
        self.alarmed += other.alarmed
        for mine, theirs in ((self.read, other.read), (self.alarms, other.alarms)):
            mine.update(theirs)
        self.caught.update(other.caught)


def year(seed: int) -> Counted:
    """One drawn year: the honest, then each misuse in each size."""
    plan, found = Plan(states=STATES, days=DAYS, seed=seed, volume=VOLUME, dishonest=()), Counted(seeds=1)
    honest = honest_year(plan)
    for asked in honest.values():
        readings = read_all(asked)
        found.read.update(one.signal for one in readings if one.enough)
        found.alarms.update(one.signal for one in readings if one.fires)
        found.nodes += 1
        found.alarmed += any(one.fires for one in readings)
    watch = max(sorted(honest), key=lambda node: len(honest[node]))
    state = replace(draw_states(STATES, drawn_for(plan.seed, "states"))[0], code=MISUSER)
    for signal in SIGNALS:
        for size in SIZES:
            added = planted(plan, signal.name, state, watch, size)
            readings = read_one(signal.name, (*honest[watch], *added))
            mine = [one for one in readings if one.requester == authority(MISUSER)]
            found.caught[signal.name, size] += any(one.fires for one in mine)
    return found


def rates_of(found: Counted, first: int, last: int, day: str) -> Rates:
    """What is written, in the order of the signals."""
    return Rates(
        v=1,
        measured=day,
        command=f"python -m bench.signals --seeds {found.seeds}",
        first_seed=first,
        last_seed=last,
        states=STATES,
        days=DAYS,
        volume_percent=round(VOLUME * 100),
        window_days=WINDOW_DAYS,
        chance_ppm=round(CHANCE * 1e6),
        node_years=found.nodes,
        node_years_with_alarm=found.alarmed,
        signals=tuple(
            Rate(
                signal=one.name,
                rate_percent=round(one.rate * 100),
                least=one.least,
                hits_least=one.hits_least,
                readings=found.read[one.name],
                alarms=found.alarms[one.name],
                caught=tuple(Caught(size, found.caught[one.name, size], found.seeds) for size in SIZES),
            )
            for one in SIGNALS
        ),
    )


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.signals", description="Measure the signals of misuse.")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"how many years, from seed 1 on ({SEEDS})")
    parser.add_argument("--workers", type=int, default=2, help="processes at work (2)")
    parser.add_argument("--write", action="store_true", help=f"write {FILE}, which the pages show")
    chosen = parser.parse_args(arguments)
    if chosen.seeds < 1 or chosen.workers < 1:
        parser.error("--seeds and --workers are 1 or more")
    found = Counted()
    with ProcessPoolExecutor(chosen.workers) as pool:
        for one in pool.map(year, range(1, chosen.seeds + 1)):
            found.add(one)
            if found.seeds % max(1, chosen.seeds // 10) == 0:
                print(f"{found.seeds} of {chosen.seeds} years", file=sys.stderr, flush=True)
    rates = rates_of(found, 1, chosen.seeds, f"{datetime.now(UTC):%Y-%m-%d}")
    print(json.dumps(json.loads(encode(rates)), indent=1))
    if chosen.write:
        PATH.write_bytes(encode(rates))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
