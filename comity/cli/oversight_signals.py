"""`comity oversight`: signals of misuse, the questions they open to people, and the answers, from a terminal."""

from typing import Annotated, Any

import typer

from comity.adapters.signal_rates import Rate, packaged_rates
from comity.base.counted import counted
from comity.base.instants import Instant
from comity.cli import output
from comity.cli.case import Reasons
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.oversight.signals.every import SIGNALS, signal
from comity.oversight.signals.signal import Reading, Signal
from comity.workflows import ask_about_signal, look_for_signals
from comity.workflows.ask_about_signal import kept
from comity.workflows.look_for_signals import Seen
from comity.workflows.signal_store import Question

_LATE = "late"


def signals(
    config: Config,
    person: Person,
    explain: Annotated[str, typer.Option(help="Explain one signal: its name.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Show what does not stand out too.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As oversight: what stands out among the requests of each requester in the last year. That you looked is recorded.

    A signal decides nothing and proves nothing: it is a reason to ask (comity oversight ask).

    \b
    Example: comity oversight signals -c xb/comity.toml --as otto
    \b
    Example: comity oversight signals -c xb/comity.toml --as otto --explain identical-texts
    """
    if explain:
        _explain(signal(explain), as_json)
        return
    with opened(config, passphrase_file) as node:
        seen = look_for_signals.look(node.office, person)
    shown = seen.readings if every else seen.standing_out
    if as_json:
        output.emit_json({"ok": True, **_as_data(seen), "readings": [row(one) for one in shown]})
        return
    output.facts({"window": f"{seen.since.day} to {seen.until.day}", "requests read": str(seen.requests)})
    _table(shown)
    silent = sum(1 for one in seen.readings if not one.enough)
    of = counted(len(seen.readings), "reading")
    output.result(f"{len(seen.standing_out)} of {of} stand out; with too few cases: {silent}")
    for name in dict.fromkeys(one.signal for one in seen.standing_out):
        _explain(signal(name), as_json=False)
    open_ones = sum(1 for one in seen.questions if one.is_open)
    waiting = counted(open_ones, "question is", "questions are")
    output.result(f"{waiting} open: comity oversight questions")


def ask(
    signal_name: Annotated[str, typer.Argument(metavar="SIGNAL", help="Which signal, by its name.")],
    requester: Annotated[
        str, typer.Argument(metavar="REQUESTER", help="Whose requests: a node, as XA/central-authority.")
    ],
    config: Config,
    person: Person,
    of: Annotated[str, typer.Option("--of", help="Who must answer: a person of this node.")],
    question: Annotated[str, typer.Option(help="What you want to know.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As oversight: ask a named person about a signal that stands out. They are not told the requester's name.

    \b
    Example: comity oversight ask serious-crime-share XA/central-authority -c xb/comity.toml --as otto --of olga \\
    --question "Do these rest on one investigation?"
    """
    with opened(config, passphrase_file) as node:
        asked = ask_about_signal.ask(node.office, person, signal=signal_name, requester=requester, of=of, text=question)
    due = str(Instant.from_seconds(asked.due))
    if as_json:
        output.emit_json({"ok": True, "question": asked.id, "of": asked.asked_of, "due": due})
        return
    output.facts({"question": asked.id, "to be answered by": asked.asked_of, "until": due})


def questions(
    config: Config,
    person: Person,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """The questions that signals opened: for oversight all of them, for others those they are to answer.

    \b
    Example: comity oversight questions -c xb/comity.toml --as olga
    """
    with opened(config, passphrase_file) as node:
        found, is_oversight = ask_about_signal.questions_for(node.office, person)
        now = node.office.clock.now()
    rows = [question_row(one, now, with_requester=is_oversight) for one in found]
    if as_json:
        output.emit_json({"ok": True, "questions": rows})
        return
    if not rows:
        output.result("nothing")
    for one in rows:
        output.facts({name: _text(value) for name, value in one.items()})
        _explain(signal(str(one["signal"])), as_json=False)
        output.result()


def answer(
    question: Annotated[str, typer.Argument(help="The question: its id, or the end of it.")],
    config: Config,
    person: Person,
    reasons: Reasons,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As the person asked: answer a question that a signal opened. The answer stays, and changes no case.

    \b
    Example: comity oversight answer 4f2a -c xb/comity.toml --as olga --reasons "one investigation, 14 banks"
    """
    with opened(config, passphrase_file) as node:
        ask_about_signal.answer(node.office, person, question, reasons=reasons)
    if as_json:
        output.emit_json({"ok": True})
        return
    output.result("answered; oversight sees it")


def row(one: Reading) -> dict[str, Any]:
    """A reading as data. `chance`: how likely it is by chance alone."""
    hits, of = one.compared or (0, 0)
    return {
        "signal": one.signal,
        "requester": one.requester,
        "hits": one.hits,
        "of": one.of,
        "others_hits": hits,
        "others": of,
        "chance": float(f"{one.chance:.2e}"),
        "stands_out": one.fires,
        "enough_cases": one.enough,
        "cases": one.cases,
    }


def question_row(one: Question, now: Instant, *, with_requester: bool) -> dict[str, Any]:
    """A question as data; the requester's name for oversight alone."""
    read = kept(one)
    late = one.is_open and one.due < now.seconds
    return {
        "question": one.id,
        "signal": one.signal,
        **({"requester": one.requester} if with_requester else {}),
        "asked_by": one.asked_by,
        "asked_of": one.asked_of,
        "until": str(Instant.from_seconds(one.due)) + (f" ({_LATE})" if late else ""),
        "hits": read.hits,
        "of": read.of,
        "chance": read.chance,
        "cases": read.cases,
        "text": one.text,
        "answer": one.answer,
    }


def rate_lines(rate: Rate) -> tuple[str, ...]:
    """What was measured of one signal, for people."""
    if rate.at_most is None:
        wrong = "no honest requester made cases enough to be read"
    else:
        of = counted(rate.readings, "reading")
        wrong = f"{rate.alarms} of {of} of honest requesters stood out: at most {rate.at_most:.2%}"
    found = ", ".join(f"{one.found * 100 // one.years}% at {one.matters}" for one in rate.caught)
    return wrong, f"found of requesters that misuse, by matters a year put to one node: {found}"


def _as_data(seen: Seen) -> dict[str, Any]:
    return {
        "since": str(seen.since),
        "until": str(seen.until),
        "requests": seen.requests,
        "signals": [_described(one) for one in SIGNALS],
    }


def _described(one: Signal) -> dict[str, Any]:
    return {
        "signal": one.name,
        "title": one.title,
        "meaning": one.meaning,
        "otherwise": one.otherwise,
        "counts": one.counts,
        "rate": one.rate,
        "least": one.least,
    }


def _explain(one: Signal, as_json: bool) -> None:
    rates = packaged_rates()
    if as_json:
        output.emit_json({"ok": True, **_described(one), "measured": rates.of(one.name), "on": rates.measured})
        return
    output.result()
    output.result(f"[bold]{one.name}[/]: {output.clean(one.title)}")
    output.result(f"  {output.clean(one.meaning)}")
    output.result("  What else could explain it:")
    for text in one.otherwise:
        output.result(f"  - {output.clean(text)}")
    output.result(f"  Counted: {output.clean(one.counts)}; stated rate {one.rate:.0%} (policy), from {one.least} on")
    for text in rate_lines(rates.of(one.name)):
        output.result(f"  {output.clean(text)}")
    output.result(f"  (simulated, {rates.measured}, seeds {rates.first_seed} to {rates.last_seed})")


def _table(shown: tuple[Reading, ...]) -> None:
    rows = [
        (
            one.signal,
            one.requester,
            f"{one.hits} of {one.of}",
            f"{one.compared[0]} of {one.compared[1]}" if one.compared else "too few",
            f"{one.chance:.1e}",
            "stands out" if one.fires else "" if one.enough else "too few cases",
        )
        for one in shown
    ]
    if rows:
        output.table(("signal", "requester", "counted", "others", "by chance", ""), rows)


def _text(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, tuple | list) else str(value)
