"""`comity party`: who has signed the Convention, who is Party, and when it enters into force, each with its source."""

from datetime import date, datetime
from typing import Annotated

import typer

from comity.adapters.clock import SystemClock
from comity.cli import output
from comity.treaty import periods
from comity.treaty.participation import Participation, Register, load_register

app = typer.Typer(no_args_is_help=True, help="Who has signed the Convention, who is Party, and since when.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
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
