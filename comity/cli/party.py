"""`comity party`: who has signed the Convention, who is Party, and when it enters into force, each with its source."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.clock import SystemClock
from comity.adapters.files import read_limited, write_whole
from comity.base.counted import counted
from comity.base.digests import Digest
from comity.base.errors import Conflict, Malformed, Mistake
from comity.cli import output
from comity.cli.options import Json
from comity.treaty import periods
from comity.treaty.differences import differences, lost
from comity.treaty.mtdsg import MTDSG_LIMIT, Imported, read_mtdsg, write_mtdsg
from comity.treaty.participation import Participation, Register, load_register, read_register, write_register

app = typer.Typer(no_args_is_help=True, help="Who has signed the Convention, who is Party, and since when.")

On = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day to look at; today if not given.")
]

HOW_COUNTED = (
    "Signature binds nobody. A consent without a deposit on record is unconfirmed and never counted; a date known to "
    "the month counts from its last day; a signature of unknown day counts from the day its source shows it done."
)


@app.command("list")
def list_(
    as_json: Json = False,
    on: On = None,
    sources: Annotated[bool, typer.Option("--sources", help="Show where each row stands.")] = False,
) -> None:
    """List signatories and Parties on a day, one row each; JSON always has the sources.

    \b
    Example: comity party list --on 2026-01-31 --sources
    """
    register, day = load_register(), _day(on)
    rows = [one for one in register.entries if _standing(one, day) != "none"]
    if as_json:
        output.emit_json({"ok": True, "on": day.isoformat(), "states": [_row(one, register, day) for one in rows]})
        return
    headings = ["Code", "State", "Signed", "Consent", "Standing", *(["Source"] if sources else [])]
    cells = [
        (one.state, one.name, _signed(one), _consent(one), _standing(one, day), *([one.source] if sources else []))
        for one in rows
    ]
    output.table(headings, cells, title=f"On {day}")
    output.say(HOW_COUNTED)


@app.command("status")
def status(as_json: Json = False, on: On = None) -> None:
    """Say how many have signed and consented, how many instruments are missing, and when it enters into force.

    \b
    Example: comity party status --json
    """
    register, day = load_register(), _day(on)
    signatories, parties, unconfirmed = register.signatories(day), register.parties(day), register.unconfirmed()
    missing, force = register.instruments_missing(day), register.entry_into_force()
    needed, closes = periods.count("instruments_needed", day), periods.day("signature_closes", day)
    unknown = [one for one in signatories if one.signed_on is None]
    if as_json:
        output.emit_json(
            {
                "ok": True,
                "on": day.isoformat(),
                "signatories": len(signatories),
                "signed_on_unknown_day": [one.state for one in unknown],
                "parties": [one.state for one in parties],
                "unconfirmed": [one.state for one in unconfirmed],
                "instruments_needed": needed,
                "instruments_missing": missing,
                "entry_into_force": None if force is None else force.isoformat(),
                "in_force": force is not None and force <= day,
                "signature_closes": closes.isoformat(),
                "how_counted": HOW_COUNTED,
            }
        )
        return
    output.facts(
        {
            "On": str(day),
            "Signatories": f"{len(signatories)} ({len(unknown)} of them on a day not known: {_names(unknown)})"
            if unknown
            else str(len(signatories)),
            "Parties": f"{len(parties)}: {_names(parties)}" if parties else "0",
            "Unconfirmed": f"{len(unconfirmed)}, not counted: {_names(unconfirmed)}" if unconfirmed else "0",
            "Instruments": f"{missing} of {needed} are missing" if missing else f"{needed} of {needed} deposited",
            "Entry into force": str(force) if force else "not yet known",
            "Open for signature": f"until {closes}" if day <= closes else f"closed since {closes}",
        }
    )
    output.say(HOW_COUNTED)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The depositary's status file (XML), or a record as CSV.")],
    out: Annotated[Path, typer.Option("--out", help="Where to write the record: a name in .csv, or in .xml.")],
    allow_fewer: Annotated[
        bool, typer.Option("--allow-fewer", help="Write it even if a State of the record before is not in it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read a status file strictly and write it as a record of participation; what cannot be read is named and left out.

    The record before is the file at --out, or the one packaged with comity. A row that cannot be read makes no Party.

    \b
    Example: comity party import XVIII-16.en.xml --out participation.csv
    """
    if out.suffix not in {".csv", ".xml"}:
        raise Malformed("a record is written as .csv or .xml", where=str(out), hint="as --out participation.csv")
    read = _imported(file)
    before = _imported(out).register if out.exists() else load_register()
    gone = lost(before, read.register)
    if gone and not allow_fewer:
        hint = "a signature is not taken back: look at the file; --allow-fewer writes it all the same"
        states = counted(len(gone), "State of the record before is", "States of the record before are")
        raise Conflict(f"{states} not in it: {_names(gone)}", hint=hint)
    write_whole(out, write_mtdsg(read.register) if out.suffix == ".xml" else write_register(read.register))
    if as_json:
        told = {"unreadable": _told(read.unreadable), "flagged": _told(read.flagged)}
        lost_ = [one.state for one in gone]
        output.emit_json({"ok": True, "rows": len(read.register.entries), "out": str(out), "lost": lost_, **told})
        return
    output.result(f"{counted(len(read.register.entries), 'row')} written to {output.clean(str(out))}")
    for what, mistakes in (("left out, no Party", read.unreadable), ("to look at", read.flagged)):
        for one in mistakes:
            output.result(f"{what}: {output.clean(one.field)}: {output.clean(one.what)}")
    if gone:
        output.result(f"no longer in it: {output.clean(_names(gone))}")


@app.command("diff")
def diff(
    a: Annotated[str, typer.Argument(help="A record (CSV or XML), or 'packaged' for the one in comity.")],
    b: Annotated[str, typer.Argument(help="The other.")],
    as_json: Json = False,
) -> None:
    """Show two records side by side where they differ. Exit code: 0 they agree, 1 they do not.

    \b
    Example: comity party diff packaged press.csv
    """
    found = differences(_record(a), _record(b))
    if as_json:
        rows = [
            {
                "state": one.state,
                "name": one.name,
                "point": one.point.value,
                "a": one.a,
                "b": one.b,
                "source_a": one.source_a,
                "source_b": one.source_b,
            }
            for one in found
        ]
        output.emit_json({"ok": not found, "a": a, "b": b, "differences": rows})
    elif found:
        output.table(
            ["Code", "State", "Point", a, b], [(one.state, one.name, one.point, one.a, one.b) for one in found]
        )
    else:
        output.result("The two records agree.")
    raise typer.Exit(1 if found else 0)


def _record(name: str) -> Register:
    return load_register() if name == "packaged" else _imported(Path(name)).register


def _imported(file: Path) -> Imported:
    """A record from a file of either kind: a name in .csv is the record's own form, any other the depositary's."""
    data = read_limited(file, MTDSG_LIMIT)
    if file.suffix == ".csv":
        return Imported(read_register(data, str(file)), (), ())
    source = f"depositary's status file {file.name}, SHA-256 {str(Digest.of(data))[:16]}"
    return read_mtdsg(data, source=source, what=str(file))


def _told(mistakes: tuple[Mistake, ...]) -> list[dict[str, str]]:
    return [{"row": one.field, "why": one.what} for one in mistakes]


def _day(on: datetime | None) -> date:
    return SystemClock().now().day if on is None else on.date()


def _names(entries: tuple[Participation, ...] | list[Participation]) -> str:
    return ", ".join(one.name for one in entries)


def _signed(entry: Participation) -> str:
    return str(entry.signed_on) if entry.signed_on else "date unknown"


def _consent(entry: Participation) -> str:
    if not entry.consent_kind:
        return ""
    return f"{entry.consent_kind}, {entry.consent_on.text if entry.consent_on else 'date unknown'}"


def _standing(entry: Participation, day: date) -> str:
    """What the record shows by that day: party, signatory or none."""
    if entry.has_deposited(day):
        return "party"
    return "signatory" if entry.has_signed(day) else "none"


def _row(entry: Participation, register: Register, day: date) -> dict[str, object]:
    since = register.binding_since(entry.state)
    return {
        "state": entry.state,
        "name": entry.name,
        "standing": _standing(entry, day),
        "signed_on": entry.signed_on.isoformat() if entry.signed_on else None,
        "signed_no_later_than": entry.signed_no_later_than.isoformat() if entry.signed_no_later_than else None,
        "consent_kind": entry.consent_kind or None,
        "consent_on": entry.consent_on.text if entry.consent_on else None,
        "bound_since": None if since is None else since.isoformat(),
        "source": entry.source,
    }
