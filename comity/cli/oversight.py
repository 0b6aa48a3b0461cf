"""`comity oversight`: what an independent body sees of this node, from a terminal; each look is recorded."""

from enum import StrEnum
from typing import Annotated

import typer

from comity.base.instants import Instant
from comity.cli import output, oversight_signals
from comity.cli.case import Reasons
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.exchange.receipt_code import read_fault
from comity.workflows import oversee, watch_oversight
from comity.workflows.oversee import Overview

app = typer.Typer(no_args_is_help=True, help="What oversight sees: cases, decisions, secrecy, complaints, who looked.")


class Part(StrEnum):
    CASES = "cases"
    DECISIONS = "decisions"
    SECRECY = "secrecy"
    COMPLAINTS = "complaints"
    ACCESSES = "accesses"
    PEOPLE = "people"
    ALARMS = "alarms"


@app.command("show")
def show(
    config: Config,
    person: Person,
    part: Annotated[Part, typer.Option(help="Which part.")] = Part.CASES,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show a part of what oversight sees, without what a case is about. That you looked is recorded.

    To freeze a case: comity case freeze. To see one whole: comity case show --as.

    \b
    Example: comity oversight show --part secrecy --config xb/comity.toml --as otto
    """
    with opened(config, passphrase_file) as node:
        found = oversee.look(node.office, person, with_cases=part in _OF_CASES)
    rows = _ROWS[part](found)
    if as_json:
        output.emit_json({"ok": True, "part": part, "on": found.on.isoformat(), part.value: rows})
        return
    if not rows:
        output.result("nothing")
        return
    output.table(tuple(rows[0]), [tuple(str(value) for value in row.values()) for row in rows])


@app.command("acknowledge")
def acknowledge(
    config: Config,
    person: Person,
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As oversight: end the alarm that somebody no longer oversees, and say what became of it.

    \b
    Example: comity oversight acknowledge -c xb/comity.toml --as otto --reasons "her term was over"
    """
    with opened(config, passphrase_file) as node:
        watch_oversight.acknowledge(node.office, person, reasons=reasons)
    if as_json:
        output.emit_json({"ok": True})
        return
    output.result("the alarm has ended; it stays in the record")


app.command("signals")(oversight_signals.signals)
app.command("ask")(oversight_signals.ask)
app.command("questions")(oversight_signals.questions)
app.command("answer")(oversight_signals.answer)


def _cases(found: Overview) -> list[dict[str, object]]:
    return [
        {
            "case": one.id,
            "procedure": one.procedure,
            "position": one.position.value,
            "peer": one.peer,
            "state": str(one.state),
            "frozen_by": one.frozen_by,
            "rejected": fault.code,
            "rejected_field": fault.field,
        }
        for one, fault in ((case, read_fault(case.trouble)) for case in found.cases)
    ]


def _decisions(found: Overview) -> list[dict[str, object]]:
    return [
        {
            "case": one.case,
            "at": str(Instant.from_seconds(one.at)),
            "by": one.by,
            "kind": one.kind,
            "reasons": one.reasons,
        }
        for one in found.decisions
    ]


def _secrecy(found: Overview) -> list[dict[str, object]]:
    return [
        {
            "case": one.id,
            "reason": one.secrecy.reason.value,
            "since": one.secrecy.since.isoformat(),
            "until": one.secrecy.until.isoformat(),
            "ended": one.secrecy_ended,
            "notice": one.notice.value or ("due" if one in found.owed else "none"),
            "notice_due": one.notice_due.isoformat() if one.notice_due else "",
        }
        for one in found.cases
        if one.secrecy is not None
    ]


def _complaints(found: Overview) -> list[dict[str, object]]:
    late = {(case, one.id) for case, one in found.late}
    return [
        {
            "case": case.id,
            "complaint": one.id,
            "kind": one.kind,
            "reference": one.reference,
            "due": one.due.isoformat(),
            "late": (case.id, one.id) in late,
            "answered": one.is_answered,
            "unanswered": ", ".join(one.unanswered),
        }
        for case in found.cases
        for one in case.complaints
    ]


def _accesses(found: Overview) -> list[dict[str, object]]:
    return [
        {
            "at": str(Instant.from_seconds(one.at)),
            "person": one.person,
            "what": one.what,
            "case": one.case_id,
            "page": one.page,
        }
        for one in found.accesses
    ]


def _people(found: Overview) -> list[dict[str, object]]:
    return [
        {
            "at": str(Instant.from_seconds(one.at)),
            "by": one.by,
            "person": one.person,
            "what": one.what,
            "roles": ", ".join(one.roles),
        }
        for one in found.people
    ]


def _alarms(found: Overview) -> list[dict[str, object]]:
    return [{"kind": kind, "what": what} for kind, what in found.alarms]


_OF_CASES = (Part.CASES, Part.DECISIONS, Part.SECRECY, Part.COMPLAINTS)
_ROWS = {
    Part.CASES: _cases,
    Part.DECISIONS: _decisions,
    Part.SECRECY: _secrecy,
    Part.COMPLAINTS: _complaints,
    Part.ACCESSES: _accesses,
    Part.PEOPLE: _people,
    Part.ALARMS: _alarms,
}
