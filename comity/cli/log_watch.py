"""`comity log watch`: a monitor. What logs showed is kept, and what they show now must continue it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Annotated, Final

import typer

from comity.adapters.clock import SystemClock
from comity.adapters.files import read_limited, write_whole
from comity.adapters.log_sources import open_source
from comity.base.counted import counted
from comity.base.errors import ComityError, Malformed, NotFound
from comity.base.instants import Instant
from comity.cli import output
from comity.cli.options import Json
from comity.cli.trusting import Policy, Trusting
from comity.transparency.checkpoint import parse_checkpoint
from comity.transparency.monitor import STATE_LIMIT, Fault, Watched, look, read_state, unmatched, write_state
from comity.transparency.note import parse_note, parse_vkey
from comity.transparency.published import LogSource, read_note

FOUND: Final = 3
"""The exit code where something is against a log."""
_LABELS: Final = {
    "comity_watch_size": ("origin",),
    "comity_watch_age_seconds": ("origin",),
    "comity_watch_faults": ("origin", "kind"),
}


def watch(
    sources: Annotated[list[str], typer.Argument(help="Logs: addresses or folders.", metavar="URL...")],
    state: Annotated[Path, typer.Option(help="Where what was seen is kept; made if it is not there.")],
    vkey: Annotated[list[str] | None, typer.Option(help="A key of one of the logs; again for more.")] = None,
    policy: Policy = None,
    every: Annotated[int, typer.Option(min=0, help="Look again after so many seconds; 0 or left out: once.")] = 0,
    stale: Annotated[int, typer.Option(min=1, help="Seconds after which a checkpoint is stale.")] = 7200,
    metrics_file: Annotated[Path | None, typer.Option(help="Write Prometheus metrics there after each look.")] = None,
    metrics_port: Annotated[int, typer.Option(help="Serve them on this machine at a port.")] = 0,
    as_json: Json = False,
) -> None:
    """Watch logs: rollbacks, forks, stale checkpoints, missing files, and pairs that did not close alike.

    Ends with 3 where something was found, 0 where nothing was. Run it somewhere the logs' operators do not run.

    \b
    Example: comity log watch https://xa.example/log https://xb.example/log --state seen.json --policy peers.policy
    """
    trusting = _Trusted(vkey or [], policy)
    from comity.adapters.metrics import Board  # it takes a while to import, and no other command needs it

    board = Board(_LABELS)
    if metrics_port:
        board.listen(metrics_port)
    logs = [(text, open_source(text)) for text in sources]
    while True:
        now = SystemClock().now()
        kept = _kept(state)
        faults = _look_at_all(logs, kept, trusting, now, stale)
        write_whole(state, write_state(kept))
        board.show(_measured(kept, faults, now))
        if metrics_file is not None:
            board.write(metrics_file)
        _tell(kept, faults, now, as_json)
        if not every:
            break
        Event().wait(every)
    if faults:
        raise typer.Exit(FOUND)


class _Trusted:
    """Keys by origin, from --vkey or a policy."""

    def __init__(self, vkeys: Sequence[str], policy: Path | None) -> None:
        if policy is None and not vkeys:
            raise Malformed("whose logs are these to be?", where="--vkey", hint="--vkey KEY for each, or --policy FILE")
        self._of = {parse_vkey(one).name: Trusting(one, None, None, None) for one in vkeys}
        self._else = Trusting("", policy, None, None) if policy else None

    def of(self, origin: str) -> Trusting:
        found = self._of.get(origin, self._else)
        if found is None:
            raise NotFound("no key was given for this log", where=origin, hint="--vkey KEY, or a line in the policy")
        return found


def _kept(path: Path) -> dict[str, Watched]:
    try:
        return read_state(read_limited(path, STATE_LIMIT))
    except NotFound:
        return {}


def _look_at_all(
    logs: Sequence[tuple[str, LogSource]], kept: dict[str, Watched], trusted: _Trusted, now: Instant, stale: int
) -> list[Fault]:
    faults: list[Fault] = []
    for text, source in logs:
        try:
            origin = parse_checkpoint(parse_note(read_note(source)).text).origin
            trusting = trusted.of(origin)
            key = trusting.keys(origin)[0]
        except ComityError as error:
            faults.append(Fault(text, "unreachable", error.what))
            continue
        before = kept.get(origin, Watched(origin=origin))
        kept[origin], found = look(before, source, key, trusting.quorum, now, stale)
        faults += found
    return [*faults, *unmatched(kept.values(), now)]


def _measured(
    kept: Mapping[str, Watched], faults: Sequence[Fault], now: Instant
) -> dict[str, dict[tuple[str, ...], float]]:
    counts: dict[tuple[str, ...], float] = {}
    for fault in faults:
        counts[fault.origin, fault.kind] = counts.get((fault.origin, fault.kind), 0) + 1
    return {
        "comity_watch_size": {(one.origin,): float(one.size) for one in kept.values()},
        "comity_watch_age_seconds": {
            (one.origin,): float(now.seconds - one.cosigned) for one in kept.values() if one.cosigned
        },
        "comity_watch_faults": counts,
    }


def _tell(kept: Mapping[str, Watched], faults: Sequence[Fault], now: Instant, as_json: bool) -> None:
    if as_json:
        logs = [{"origin": one.origin, "size": one.size, "root": one.root} for one in kept.values()]
        found = [{"origin": one.origin, "kind": one.kind, "what": one.what} for one in faults]
        output.emit_json({"ok": not faults, "at": str(now), "logs": logs, "faults": found})
        return
    for one in kept.values():
        output.result(f"{output.clean(one.origin)}: {counted(one.size, 'entry', 'entries')}")
    for fault in faults:
        output.result(f"[bold red]{fault.kind}[/]: {output.clean(fault.origin)}: {output.clean(fault.what)}")
