"""`comity statistics`: figures counted from the log, published so that anyone can check them."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited, write_whole
from comity.adapters.log_sources import open_source
from comity.base.errors import NotPermitted, OutOfOrder
from comity.cli import output, statistics_audit, statistics_signals, statistics_site
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import ask_for_yes, opened
from comity.exchange.directory import Use
from comity.oversight import checks
from comity.oversight.drafting import cells_of
from comity.oversight.periods import Span, deadline, last_settled
from comity.oversight.published import release_at
from comity.oversight.release import COLUMNS, Release, lines_of
from comity.workflows import audit_statistics, publish_statistics
from comity.workflows.statistics_books import OPEN, count_period

app = typer.Typer(no_args_is_help=True, help="Figures from the log, without small numbers, that anyone can check.")

Period = Annotated[str, typer.Argument(help="A quarter, as 2026-Q4; or a year, as 2026.")]
Finest = Annotated[Span, typer.Option("--finest", help="The shortest period that any node publishes; the same at all.")]
ATTESTATION_LIMIT = 128 * 1024


@app.command("draft")
def draft(
    config: Config,
    period: Annotated[str, typer.Argument(help="A quarter or a year; the last that is settled if not given.")] = "",
    finest: Finest = Span.QUARTER,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show what would be published, and what would be withheld because it is small. Nothing is written.

    \b
    Example: comity statistics draft 2026-Q4 --config xa/comity.toml
    """
    with opened(config, passphrase_file, unlock=(Use.LOG,)) as node:
        office = node.office
        chosen = period or last_settled(office.clock.now(), finest)
        found = publish_statistics.draft(office, chosen, finest)
    _show(found.release, as_json, open_months=found.open_months)


def _show(release: Release, as_json: bool, *, open_months: tuple[tuple[str, str], ...] = ()) -> None:
    lines = list(lines_of(release))
    if as_json:
        rows = [dict(zip(COLUMNS, line, strict=True)) for line in lines]
        facts = {"ok": True, "period": release.period, "start": release.start, "end": release.end}
        waiting = [{"month": month, "peer": peer} for month, peer in open_months]
        output.emit_json({**facts, "deadline": release.deadline, "figures": rows, "not_closed": waiting})
        return
    shown = [(*line[2:6], "withheld" if line[7] == "yes" else line[6]) for line in lines if line[6] != "0"]
    output.table(("requests", "counted", "by", "class", "figure"), shown, title=f"{release.period}: all that is not 0")
    withheld = sum(1 for line in lines if line[7] == "yes")
    output.result(
        f"withheld: {withheld} of {len(lines)} figures; each is below {release.least}, or would give one away"
    )
    for month, peer in open_months:
        output.say(f"{month} with {output.clean(peer)} is not closed: these figures may still change")
    output.say(f"publish it by {release.deadline}: comity statistics publish {release.period}")


@app.command("publish")
def publish(
    period: Period,
    config: Config,
    person: Person,
    finest: Finest = Span.QUARTER,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Although it is published: both are seen.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Publish a period's figures: files beside the log, and their digest in it. It cannot be taken back.

    \b
    Example: comity statistics publish 2026-Q4 --config xa/comity.toml --as bo
    """
    if not yes:
        ask_for_yes(f"Publish {period} for everybody, for good?", look_first="comity statistics draft")
    with opened(config, passphrase_file, unlock=(Use.LOG, Use.AUTHORITY)) as node:
        done = publish_statistics.publish(node.office, person, period, finest, again=again)
        on_time, folder = node.office.clock.now() <= deadline(period), node.log_path / "stats"
    facts = {"period": period, "index": done.index, "sha256": done.release.sha256, "folder": str(folder)}
    if as_json:
        output.emit_json({"ok": True, **facts, "proven": done.proven, "on_time": on_time})
        return
    output.facts({name: str(value) for name, value in facts.items()})
    if not done.proven:
        output.say(
            "the log is not published yet; once it is, a running node writes what is missing there, and the proof"
        )
    if not on_time:
        output.say(f"[bold red]late[/]: it was due by {deadline(period)}, and everybody sees so")


@app.command("verify")
def verify(
    period: Period,
    source: Annotated[str, typer.Argument(help="A peer's log, which has its figures: https://node.example/log.")],
    config: Config,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Check a peer's figures against what this node knows of the two: its cells, and what both signed (level 1).

    Ends with 3 where something differs.

    \b
    Example: comity statistics verify 2026-Q4 https://xb.example/log --config xa/comity.toml
    """
    theirs, _ = release_at(open_source(source), period)
    with opened(config, passphrase_file, unlock=(Use.LOG,)) as node:
        if theirs.node == node.office.node:
            raise NotPermitted("these are this node's own figures", hint="anyone's check: comity verify statistics")
        books = count_period(node.office, period, theirs.finest).books
    waiting = [one.month for one in books.months if (one.peer, one.state) == (theirs.node, OPEN)]
    if waiting:
        raise OutOfOrder(f"{waiting[0]} is not closed with {theirs.node}", hint="the two have no cells of it yet")
    own = cells_of(books)
    faults = list(checks.check_cells(theirs, books.node, own))
    if as_json:
        said = [{"kind": one.kind, "what": one.what} for one in faults]
        output.emit_json({"ok": not faults, "node": theirs.node, "period": period, "faults": said})
    elif not faults:
        output.result(f"{output.clean(theirs.node)} counts for {period} what this node counts, in both directions")
    for one in () if as_json else faults:
        output.result(f"[bold red]{one.kind}[/]: {output.clean(one.what)}")
    if faults:
        raise typer.Exit(3)


@app.command("openings")
def openings(
    period: Period,
    out: Annotated[Path, typer.Argument(help="The file to write, for the auditor alone; it must not exist yet.")],
    config: Config,
    person: Person,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Write what an auditor needs to count again: what opens every row of the period, and every closed month.

    It holds no names, but the month, country and kind of every step: hand it to the auditor and to nobody else.

    \b
    Example: comity statistics openings 2026-Q4 for-the-auditor.jsonl --config xa/comity.toml --as bo
    """
    with opened(config, passphrase_file, unlock=(Use.LOG,)) as node:
        data = b"".join(audit_statistics.hand_over(node.office, person, period))
    write_whole(out, data, mode=0o600, replace=False)
    count = data.count(b"\n") - 1
    if as_json:
        output.emit_json({"ok": True, "period": period, "entries": count, "file": str(out)})
    else:
        output.facts({"entries": str(count), "file": str(out)})


app.command("audit")(statistics_audit.audit)
app.command("signals")(statistics_signals.signals)
app.command("site")(statistics_site.site)


@app.command("attest")
def attest(
    file: Annotated[Path, typer.Argument(help="The auditor's signed attestation (.jws).")],
    config: Config,
    person: Person,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Put an auditor's attestation into the log and beside the figures, whatever it says.

    \b
    Example: comity statistics attest attestation.jws --config xa/comity.toml --as bo
    """
    token = read_limited(file, ATTESTATION_LIMIT).strip()
    with opened(config, passphrase_file) as node:
        index = audit_statistics.enter_attestation(node.office, person, token)
    if as_json:
        output.emit_json({"ok": True, "index": index})
    else:
        output.facts({"index": str(index)})
