"""`comity verify statistics`: what anyone can check of the figures that nodes published, with their files alone."""

from collections.abc import Sequence
from itertools import combinations
from typing import Annotated, Final

import typer

from comity.adapters.log_sources import open_source
from comity.base.counted import counted
from comity.base.errors import NotFound
from comity.cli import output
from comity.cli.options import Json
from comity.cli.statistics_trust import Trusted
from comity.cli.trusting import AtLeast, Policy, Witness
from comity.oversight.checks import Fault, check_pair
from comity.oversight.published import Looked, listed, look
from comity.transparency.published import LogSource

FOUND: Final = 3
"""The exit code where something is against the figures."""
UNSEEN: Final = (
    "This shows neither a category that both ends agreed to misstate (an auditor finds it) "
    "nor an exchange that both kept out of their logs (nobody does)."
)


def statistics(
    sources: Annotated[
        list[str], typer.Argument(help="Logs with their figures: addresses or folders, two or more.", metavar="URL...")
    ],
    period: Annotated[str, typer.Option(help="Which; the last that all of them list if not given.")] = "",
    vkey: Annotated[list[str] | None, typer.Option(help="A key of one of the logs; again for more.")] = None,
    policy: Policy = None,
    witness: Witness = None,
    at_least: AtLeast = None,
    show: Annotated[bool, typer.Option("--show", help="Show each check, and what each level can see.")] = False,
    as_json: Json = False,
) -> None:
    """Check published statistics: figures, cells of both ends, sums, and whether they came in time.

    Without --vkey or --policy the keys are taken that the files themselves name, and that is said. Ends with 3 where
    something was found.

    \b
    Example: comity verify statistics https://xa.example/log https://xb.example/log --policy peers.policy
    """
    files = [(text, open_source(text)) for text in sources]
    chosen = period or _latest(files)
    trusted = Trusted(vkey or [], policy, witness, at_least)
    looked = [look(source, chosen, trusted.of) for _, source in files]
    faults = [fault for one in looked for fault in one.faults]
    for one, other in combinations(looked, 2):
        faults += check_pair(one.release, other.release)
    faults = list(dict.fromkeys(faults))
    if as_json:
        _as_json(chosen, looked, faults, trusted.is_told)
    else:
        _tell(chosen, looked, faults, trusted.is_told, show)
    if faults:
        raise typer.Exit(FOUND)


def _latest(files: Sequence[tuple[str, LogSource]]) -> str:
    common = set.intersection(*({one.period for one in listed(source)} for _, source in files))
    if not common:
        raise NotFound("no period is published by all of them", hint="--period names one")
    return max(common)


def _as_json(period: str, looked: Sequence[Looked], faults: Sequence[Fault], is_told: bool) -> None:
    nodes = [
        {
            "node": one.release.node,
            "sha256": one.release.sha256,
            "index": one.index,
            "seen": str(one.seen) if one.seen else "",
            "deadline": one.release.deadline,
        }
        for one in looked
    ]
    said = [{"node": one.node, "kind": one.kind, "what": one.what} for one in faults]
    document = {"ok": not faults, "period": period, "keys": "given" if is_told else "their own", "nodes": nodes}
    output.emit_json({**document, "faults": said, "unseen": UNSEEN})


def _tell(period: str, looked: Sequence[Looked], faults: Sequence[Fault], is_told: bool, show: bool) -> None:
    names = " and ".join(output.clean(one.release.node) for one in looked)
    keys = "" if is_told else "; their keys are those that the files name: --policy tells them by others"
    if faults:
        many = counted(len(faults), "thing is", "things are")
        output.result(f"[bold red]{many} against the statistics of {names} for {period}[/]{keys}")
    else:
        output.result(f"the statistics of {names} for {period} agree, add up, and were published in time{keys}")
    for fault in faults:
        output.result(f"[bold red]{fault.kind}[/]: {output.clean(fault.node)}: {output.clean(fault.what)}")
    if show:
        for one in looked:
            _show(one)
        output.result("")
        output.result("level 0, anyone: " + UNSEEN)
        output.result("level 1, a counterpart: comity statistics verify; level 2, an auditor: comity statistics audit")


def _show(one: Looked) -> None:
    release = one.release
    told = sum(1 for table in release.tables for figure in table.classes if figure.count is not None)
    classes = sum(len(table.classes) for table in release.tables)
    cells = counted(sum(len(cell.sent) * 2 for cell in release.cells), "cell")
    output.result("")
    output.facts(
        {
            "node": release.node,
            "file": release.sha256,
            "log entry": str(one.index if one.index is not None else "none"),
            "counted from": f"entries {release.start} to {release.end}",
            "due by": release.deadline,
            "seen by witnesses by": str(one.seen or "unknown"),
            "figures opened": f"{told} of {classes}; {cells}",
        }
    )
