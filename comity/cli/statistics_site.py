"""`comity statistics site`: what a log publishes of its statistics, as pages for any web server."""

from pathlib import Path
from typing import Annotated, Final

import typer

from comity.adapters.config import read_config
from comity.adapters.log_sources import open_source
from comity.adapters.site_folder import check_folder, put_site
from comity.base.counted import counted
from comity.base.errors import Malformed
from comity.cli import output
from comity.cli.options import Json
from comity.cli.statistics_trust import Trusted
from comity.cli.trusting import AtLeast, Policy, Witness
from comity.web.public_site.files import SIGN, SUMS, PublicSite
from comity.web.public_site.published import Published, gather

LOG: Final = "log"
FOUND: Final = 3
"""The exit code where the pages are written and say that something is against the figures."""


def site(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write: new, empty, or of an earlier run.")],
    source: Annotated[
        str, typer.Option("--from", help="A log with its figures: https://node.example/log, or a folder with a copy.")
    ] = "",
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", envvar="COMITY_CONFIG", help="This node's comity.toml, without --from."),
    ] = None,
    at: Annotated[str, typer.Option("--log-at", help="The address of the log, as the pages are to name it.")] = "",
    vkey: Annotated[list[str] | None, typer.Option(help="A key of the log; again for more.")] = None,
    policy: Policy = None,
    witness: Witness = None,
    at_least: AtLeast = None,
    as_json: Json = False,
) -> None:
    """Write the published statistics as a site of static files, in six languages, with data and proofs.

    It needs only what a log publishes, so anyone can make it, of any authority. All links are relative. The figures are
    checked as `comity verify statistics` does; what is found stands in the pages, and the command ends with 3.

    \b
    Example: comity statistics site --config xa/comity.toml -o public/statistics
    Example: comity statistics site --from https://xa.example/log -o xa-statistics
    """
    check_folder(out, SUMS, SIGN)
    told = Trusted(vkey or [], policy, witness, at_least)
    address = at or (source if "://" in source else "")
    published = gather(open_source(source or _own_log(config)), told.of, address, _say)
    found = PublicSite(published)
    output.say(f"writing {counted(len(found.paths), 'file')}")
    count = put_site(out, found.files(), SUMS, SIGN)
    _tell(published, out, count, told.is_told, as_json)
    if published.faults:
        raise typer.Exit(FOUND)


def _own_log(config: Path | None) -> str:
    """Its folder; the database is not opened, and no key."""
    if config is None:
        raise Malformed("whose statistics?", where="--from", hint="--from LOG, or --config of this node")
    read_config(config)
    return str(config.parent / LOG)


def _say(period: str) -> None:
    output.say(f"checking {period}")


def _tell(published: Published, out: Path, count: int, is_told: bool, as_json: bool) -> None:
    faults = [(one.name, fault) for one in published.periods for fault in one.looked.faults]
    if as_json:
        said = [{"period": period, "kind": one.kind, "what": one.what} for period, one in faults]
        facts = {
            "node": published.node,
            "folder": str(out),
            "files": count,
            "keys": "given" if is_told else "their own",
        }
        periods = [{"period": one.name, "sha256": one.release.sha256} for one in published.periods]
        output.emit_json({"ok": not faults, **facts, "periods": periods, "faults": said})
        return
    names = ", ".join(one.name for one in published.periods)
    output.facts({"node": output.clean(published.node), "periods": names, "folder": str(out), "files": str(count)})
    if not is_told:
        output.say("the keys are those that the files name: --policy tells them by others")
    for period, one in faults:
        output.result(f"[bold red]{one.kind}[/]: {period}: {output.clean(one.what)}")
    if faults:
        output.say("the pages say so too")
