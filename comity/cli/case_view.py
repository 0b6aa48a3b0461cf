"""`comity case list` and `show`, and how a case is told after a command."""

from collections.abc import Iterator, Mapping
from typing import Annotated

import typer

from comity.base.ids import end_of
from comity.cases import machine
from comity.cases.case import Case
from comity.cases.deadlines import due_dates
from comity.cases.emergency import Emergency
from comity.cli import case_asked, case_next, output
from comity.cli.options import Config, Json, PassphraseFile
from comity.cli.session import opened
from comity.docket.standing import standing_of
from comity.exchange.receipt_code import read_fault
from comity.workflows import oversee, read_cases
from comity.workflows.access import deciders
from comity.workflows.show_outbox import waiting_in

app = typer.Typer()
CaseId = Annotated[str, typer.Argument(metavar="CASE", help="The case's id, or as much of its end as is unique.")]


@app.command("list")
def list_(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """List all cases of this node by their clocks, as the inbox does: what is late, what is urgent, what is due next.

    \b
    Example: comity case list --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        today = node.office.clock.now().day
        found = [standing_of(node.office, one, today) for one in read_cases.all_cases(node.office)]
    found.sort(key=lambda one: one.order)
    if as_json:
        output.emit_json({"ok": True, "cases": [_row(one.case) | case_next.as_row(one) for one in found]})
        return
    output.table(
        ("Case", "Clock", "Procedure", "We are", "State", "Waits for", "Peer", "Trouble"),
        [case_next.columns(one, today) for one in found],
    )


@app.command("show")
def show(
    case_id: CaseId,
    config: Config,
    person: Annotated[str, typer.Option("--as", help="Who looks; oversight says so, and its look is recorded.")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show a case: its state, what is asked for, what can be done next and by which command, what waits for a person or
    is on its way, what falls due, and its events.

    \b
    Example: comity case show 4f2a --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        view, today = read_cases.view(node.office, found), node.office.clock.now().day
        standing = standing_of(node.office, found, today)
        open_messages = waiting_in(node.office, found.id)
        if person:
            oversee.note_look(node.office, person, found.id)
    if as_json:
        output.emit_json(
            {
                "ok": True,
                **_row(found),
                "next": machine.allowed(found),
                "steps": case_next.steps_as_rows(standing),
                "waiting": [{"rule": one.rule, "article": str(one.citation), "why": one.why} for one in view.waiting],
                "stops": [{"rule": one.rule, "article": str(one.citation), "why": one.why} for one in view.stops],
                "due": case_next.due_as_rows(found),
                "wished_for_by": str(standing.wished or ""),
                "on_its_way": [one.id for one in open_messages],
                **case_asked.as_row(found),
                "events": view.history,
            }
        )
        return
    output.facts({name: str(value) for name, value in _row(found).items()} | {"asked": "; ".join(found.asked)})
    for line in (*case_asked.asked_for(found), *map(case_asked.on_its_way, open_messages), *_decided(found)):
        output.result(line)
    for stop in view.stops:
        output.result(f"[bold red]stop[/]    {stop.citation}  {output.clean(stop.why)}")
    for wait in {(one.rule, one.why): one for one in view.waiting}.values():  # for several measures alike: once
        who = deciders(wait.who)
        output.result(f"[bold yellow]decide[/]  {wait.citation}  {output.clean(wait.why)}  ({wait.rule}; {who})")
    for due in due_dates(found, warn_days=read_cases.WARN_DAYS):
        output.result(f"due     {case_next.due(due)}, {case_next.left(due.on, today)}")
    if standing.wished is not None:
        output.result(f"wished  {case_next.wished(standing.wished)}")
    for line in case_next.steps(standing):
        output.result(line)
    output.table(("At", "By", "Event"), [(one["at"], one["by"], _event(one)) for one in view.history])


def _decided(case: Case) -> Iterator[str]:
    """What stands decided or asked, a line each."""
    if case.is_frozen:
        yield f"frozen  by oversight ({output.clean(case.frozen_by)}): nothing of it goes further"
    if case.state == "draft" and case.first_approval is not None:
        yield f"approve the first of two was {output.clean(case.first_approval.by)}; nothing is sent before the second"
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
        yield f"held    {', '.join(found.held).replace('_', ' ')}: comity case admit-emergency {end_of(case.id)}"
    if found.denied:
        yield "barred  the call-back did not confirm the emergency; nothing is disclosed"
    elif found.awaits_check:
        yield f"barred  a second person checks the call: comity case confirm-emergency {end_of(case.id)}"
    elif found.awaits_call:
        yield f"barred  nothing is disclosed before a call-back: comity case call-back {end_of(case.id)}"


def _row(case: Case) -> dict[str, object]:
    fault = read_fault(case.trouble)
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
        "trouble": fault.code,
        "trouble_field": fault.field,
    }


def tell(case: Case, as_json: bool, more: Mapping[str, object] | None = None) -> None:
    """The case as it stands after a command. more: what the command alone has to say, for JSON."""
    if as_json:
        output.emit_json({"ok": True, **_row(case), **(more or {})})
        return
    output.result(f"{case.id}  {case.procedure}: {case.state}  ({case.peer})")


def _event(happened: Mapping[str, str]) -> str:
    more = [happened[name] for name in ("signed", "status", "code", "field") if happened.get(name)]
    return ", ".join([happened["event"], *map(output.clean, more)])
