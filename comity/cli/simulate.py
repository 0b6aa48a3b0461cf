"""`comity simulate`: many States in one process over simulated time and network, and what came of it."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from comity.adapters.files import write_whole
from comity.base.counted import counted
from comity.cli import output
from comity.cli.options import Json
from comity.simulate.plan import CHECKS, DISHONEST, Plan

if TYPE_CHECKING:  # a whole world takes a while to import, and no other command needs it
    from comity.simulate.report import Behaviour, Report, Spread
    from comity.simulate.run import Progress
    from comity.simulate.world import World

FAILED: Final = 1
"""The exit code where a message was lost or doubled, a kind of lie found by nobody, or an honest node accused."""
INTERRUPTED: Final = 130
_MOST_SHOWN: Final = 12


def simulate(
    states: Annotated[int, typer.Option(help="How many States, 4 to 193; all are invented.")] = 72,
    days: Annotated[int, typer.Option(help="How many days, 1 to 365.")] = 30,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 1,
    volume: Annotated[float, typer.Option(help="A factor on how many matters begin.")] = 1.0,
    without: Annotated[
        list[str] | None, typer.Option(help=f"Leave a check out, to see what it finds: {', '.join(CHECKS)}.")
    ] = None,
    plot_file: Annotated[Path | None, typer.Option("--plot", help="Write a drawing there, as SVG.")] = None,
    as_json: Json = False,
) -> None:
    """Run many authorities and their providers in one process: the real workflows, rules and formats over a simulated
    net that loses, doubles and delays, with outages, stolen keys, and dishonest nodes. Nothing leaves this process.

    Ends with 1 if a message was lost or doubled, a kind of lie that can be found was found by nobody, or an honest node
    was accused; Ctrl-C gives what there is so far, and 130. What is real and what is drawn: docs/guides/simulate.md.

    \b
    Example: comity simulate --states 12 --days 30 --seed 1
    \b
    Example: comity simulate --states 72 --days 30 --plot run.svg --json
    """
    from comity.simulate.plot import plot
    from comity.simulate.report import report_of
    from comity.simulate.run import Run

    liars = DISHONEST[: max(0, states - 1)]  # at least one State is honest, however few there are
    run = Run(
        Plan(states=states, days=days, seed=seed, volume=volume, dishonest=liars, without=frozenset(without or ()))
    )
    with _progress(days) as progress:
        try:
            run.go(progress)
        except KeyboardInterrupt:
            output.say("stopped; this is what there was until then")
    report = report_of(run)
    if plot_file is not None:
        write_whole(plot_file, plot(report).encode())
    if as_json:
        output.emit_json(report)
    else:
        show(report)
    if not report.is_whole:
        raise typer.Exit(INTERRUPTED)
    if not report.is_good:
        raise typer.Exit(FAILED)


@contextmanager
def _progress(days: int) -> Iterator["Progress"]:
    """A line that is written over at a terminal; elsewhere one line for each tenth."""
    is_terminal = sys.stderr.isatty()
    told = 0

    def tell(day: float, world: "World") -> None:
        nonlocal told
        requests = counted(world.network.befell["requests"], "request")
        line = f"day {day:.0f} of {days}: {counted(world.begun, 'matter')}, {requests}"
        if is_terminal:
            sys.stderr.write(f"\r{line}\x1b[K")
        elif day * 10 // days > told:
            told = int(day * 10 // days)
            output.say(line)
        sys.stderr.flush()

    yield tell
    if is_terminal:
        sys.stderr.write("\r\x1b[K")


def show(report: "Report") -> None:
    """The report for people."""
    days = "1 day" if report.days == 1 else f"{report.days:g} days"
    output.facts(
        {
            "world": f"{counted(report.states, 'State')}, {counted(report.nodes, 'node')}, {days}, seed {report.seed}",
            "matters": f"{report.matters}",
            "messages": f"{report.sent} sent, {report.delivered} delivered, {_listed(report.rejected) or 0} rejected, "
            f"{report.under_way} under way",
            "lost, doubled": f"{report.lost}, {report.doubled}",
            "befell them": _listed(report.net),
            "emergencies": _listed(report.emergencies) or "none",
            "outages, stolen keys": f"{report.outages}, {report.stolen_keys}",
        }
    )
    output.result()
    _spreads("Time from queued to the second receipt, seconds", report.delivery_seconds)
    output.result()
    _spreads("Time from a request to its answer, hours", report.answer_hours)
    output.result()
    output.result(f"[bold]Stuck: {report.stuck}[/]")
    for why, count in list(report.stuck_why.items())[:_MOST_SHOWN]:
        output.result(f"  {count:>4}  {output.clean(why)}")
    output.result()
    output.result(f"[bold]Lies: {report.lies} told, {report.caught} caught[/]")
    for one in report.dishonest:
        _behaviour(one)
    for kind, whys in report.escaped.items():
        for why, count in whys.items():
            output.result(f"  {count} {kind} found by nobody: {output.clean(why)}")
    effort = report.effort
    output.result()
    output.result(
        f"{effort.seconds:.1f} s ({effort.cpu_seconds:.1f} s of processor time), "
        f"{effort.most_memory_bytes / 1e6:.0f} MB at most, {effort.requests_a_second:.0f} requests a second"
    )
    for alarm in report.alarms:
        what = f"{alarm.by} against {alarm.node}, {alarm.check}: {alarm.word} ({alarm.about}, day {alarm.day:g})"
        output.result(f"[bold red]an honest node was accused:[/] {output.clean(what)}")
    for one_rejected in report.rejected_messages:
        what = f"{one_rejected.kind} of {one_rejected.sender} by {one_rejected.peer}: {one_rejected.code}"
        output.result(f"a message was rejected: {output.clean(what)}")
    for kind in report.uncaught:
        output.result(f"[bold red]found by nobody:[/] {output.clean(kind)}")
    if report.lost or report.doubled:
        output.result("[bold red]messages were lost or doubled[/]")


def _behaviour(one: "Behaviour") -> None:
    told = ", ".join(f"{kind}: {one.caught.get(kind, 0)} of {count} caught" for kind, count in one.told.items())
    none = "no lie was told" if one.is_lie else "no lie, but misuse: for people to see"
    output.result(f"  {one.node} {one.name}: {told or none}")
    if one.by:
        output.result(
            f"       by {_listed(one.by)}; {counted(one.witnesses, 'other')} saw it; {one.days:g} days at most"
        )


def _spreads(title: str, spreads: Mapping[str, "Spread"]) -> None:
    rows = [
        (name, str(one.count), *(f"{figure:,.1f}" for figure in (one.p50, one.p90, one.p99, one.most)))
        for name, one in spreads.items()
    ]
    output.table(("", "count", "p50", "p90", "p99", "most"), rows, title=title)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
