"""`comity case list` and `show`, and how a case is told after a command."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import typer

from comity.cases import machine
from comity.cases.case import Case
from comity.cases.deadlines import due_dates
from comity.cases.emergency import Emergency
from comity.cli import output
from comity.cli.session import Config, Json, PassphraseFile, opened
from comity.workflows import oversee, read_cases

app = typer.Typer()
CaseId = Annotated[str, typer.Argument(metavar="CASE", help="The case's id, or as much of its end as is unique.")]


@app.command("list")
def list_(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """List all cases of this node, oldest first.

    \b
    Example: comity case list --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        cases = read_cases.all_cases(node.office)
    if as_json:
        output.emit_json({"ok": True, "cases": [_row(one) for one in cases]})
        return
    rows = [
        (one.id[-8:], one.procedure, one.position, one.state, one.peer, str(one.preserved_until or ""), one.trouble)
        for one in cases
    ]
    output.table(("Case", "Procedure", "We are", "State", "Peer", "Preserved until", "Trouble"), rows)


@app.command("show")
def show(
    case_id: CaseId,
    config: Config,
    person: Annotated[str, typer.Option("--as", help="Who looks; oversight says so, and its look is recorded.")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show a case: its state, what may happen next, what waits for a person, what falls due, and its events.

    \b
    Example: comity case show 4f2a --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        view = read_cases.view(node.office, found)
        if person:
            oversee.note_look(node.office, person, found.id)
    if as_json:
        output.emit_json(
            {
                "ok": True,
                **_row(found),
                "next": machine.allowed(found),
                "waiting": [{"rule": one.rule, "article": str(one.citation), "why": one.why} for one in view.waiting],
                "stops": [{"rule": one.rule, "article": str(one.citation), "why": one.why} for one in view.stops],
                "events": view.history,
            }
        )
        return
    output.facts(
        {**{name: str(value) for name, value in _row(found).items()}, "next": ", ".join(machine.allowed(found))}
        | {"asked": "; ".join(found.asked)}
    )
    for line in _decided(found):
        output.result(line)
    for stop in view.stops:
        output.result(f"[bold red]stop[/]    {stop.citation}  {output.clean(stop.why)}")
    for wait in view.waiting:
        output.result(f"[bold yellow]decide[/]  {wait.citation}  {output.clean(wait.why)}  ({wait.rule}, {wait.who})")
    for due in due_dates(found, warn_days=read_cases.WARN_DAYS):
        output.result(f"due     {due.on}  {due.what} ({due.basis}, art. {due.citation})")
    output.table(("At", "By", "Event"), [(one["at"], one["by"], _event(one)) for one in view.history])


def _decided(case: Case) -> Iterator[str]:
    """What stands decided or asked, a line each."""
    if case.is_frozen:
        yield f"frozen  by oversight ({output.clean(case.frozen_by)}): nothing of it goes further"
    if case.emergency is not None and case.position == "requested":
        yield from _emergency(case, case.emergency)
    for doubt in case.doubts:
        ground, node = doubt.ground, output.clean(doubt.node)
        yield f"doubt   {ground} of {node}: a person settles it (comity exchange settle-doubt)"
    if case.undone:
        yield "undone  what came is not relied on: only what takes it back goes on"
    for granted in case.scope:
        yield f"granted {output.clean(granted.measure)}: {output.clean(granted.data)}"
    for condition in case.conditions:
        yield f"if      {output.clean(condition)} ({'accepted' if case.conditions_accepted else 'not accepted yet'})"
    for one in case.consultations:
        said = f"{'we' if one.is_ours else 'they'} asked: {output.clean(one.text)}"
        yield f"consult {said}; {output.clean(one.answer) or 'no answer yet'}"
    if case.question:
        yield f"asked   by the provider: {output.clean(case.question)}"


def _emergency(case: Case, found: Emergency) -> Iterator[str]:
    """How an emergency stands that came, and what it waits for."""
    if found.awaits_decision:
        yield f"held    {', '.join(found.held).replace('_', ' ')}: comity case admit-emergency {case.id[-8:]}"
    if found.denied:
        yield "barred  the call-back did not confirm the emergency; nothing is disclosed"
    elif found.awaits_check:
        yield f"barred  a second person checks the call: comity case confirm-emergency {case.id[-8:]}"
    elif found.awaits_call:
        yield f"barred  nothing is disclosed before a call-back: comity case call-back {case.id[-8:]}"


def _row(case: Case) -> dict[str, object]:
    return {
        "case": case.id,
        "mode": case.mode,
        "stamp": case.mode.stamp,
        "procedure": case.procedure,
        "position": case.position,
        "state": case.state,
        "peer": case.peer,
        "their_case": case.their_case,
        "drafted_by": case.drafted_by,
        "approved_by": case.approved_by,
        "provider": case.provider,
        "preserved_until": str(case.preserved_until or ""),
        "package": case.package,
        "holder": case.holder,
        "asked": list(case.asked),
        "trouble": case.trouble,
    }


def tell(case: Case, as_json: bool) -> None:
    """The case as it stands after a command."""
    if as_json:
        output.emit_json({"ok": True, **_row(case)})
        return
    output.result(f"{case.id}  {case.procedure}: {case.state}  ({case.peer})")


def _event(happened: Mapping[str, str]) -> str:
    signed = happened.get("signed", "")
    return f"{happened['event']}, {signed}" if signed else happened["event"]
