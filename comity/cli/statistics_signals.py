"""`comity statistics signals`: what anyone can read of misuse from published figures, without a node."""

from typing import Annotated

import typer

from comity.adapters.log_sources import open_source
from comity.base.errors import NotFound
from comity.cli import output
from comity.cli.options import Json
from comity.cli.oversight_signals import row
from comity.oversight.published import listed, release_at
from comity.oversight.signals.published import impossible, possible, read_releases


def signals(
    sources: Annotated[
        list[str], typer.Argument(help="Logs with their figures: addresses or folders, two or more.", metavar="URL...")
    ],
    period: Annotated[str, typer.Option(help="Which; the last that all of them list if not given.")] = "",
    as_json: Json = False,
) -> None:
    """Read what signals of misuse published figures allow, each node beside all others named.

    The figures are taken as they are: check them first (comity verify statistics). A signal proves nothing.

    \b
    Example: comity statistics signals https://xa.example/log https://xb.example/log --period 2026-Q4
    """
    files = [open_source(text) for text in sources]
    chosen = period or _latest([{one.period for one in listed(source)} for source in files])
    readings, unread = read_releases([release_at(source, chosen)[0] for source in files])
    cannot = [one.name for one in impossible()]
    if as_json:
        said = [{"signal": one.signal, "node": one.node, "why": one.why} for one in unread]
        rows = [{name: value for name, value in row(one).items() if name != "cases"} for one in readings]
        output.emit_json({"ok": True, "period": chosen, "readings": rows, "unread": said, "not_from_figures": cannot})
        return
    output.table(
        ("signal", "node", "counted", "by chance", ""),
        [
            (
                one.signal,
                one.requester,
                f"{one.hits} of {one.of}",
                f"{one.chance:.1e}",
                "stands out" if one.fires else "" if one.enough else "too few cases",
            )
            for one in readings
        ],
        title=f"{chosen}: what each node sent, by its own figures",
    )
    for one in unread:
        output.result(f"{one.signal} of {output.clean(one.node)}: not read; {one.why}")
    output.result(f"figures allow {len(possible())} signals; oversight alone can read: {', '.join(cannot)}")


def _latest(listings: list[set[str]]) -> str:
    common = set.intersection(*listings)
    if not common:
        raise NotFound("no period is published by all of them", hint="--period names one")
    return max(common)
