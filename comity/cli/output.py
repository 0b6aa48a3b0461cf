"""All printing of the command line.

Results to standard output, talk (progress, errors, hints) to standard error. Colour and width only at a terminal.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from comity.base.errors import ComityError, Malformed

_MOST_MISTAKES = 20


def _console(stderr: bool) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def emit_json(value: object) -> None:
    """One JSON object on one line of standard output."""
    sys.stdout.write(msgspec.json.encode(value).decode("utf-8") + "\n")
    sys.stdout.flush()


def result(text: str = "") -> None:
    """A line of the result. `text` may hold rich markup; escape what comes from outside."""
    _console(False).print(text)


def say(text: str) -> None:
    """A line of talk: progress, what is going on."""
    _console(True).print(text)


def clean(text: str) -> str:
    """Text from outside, made safe to print: no markup, no control characters."""
    return escape("".join(c if c.isprintable() else "�" for c in text))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> None:
    """A table of text on standard output; cells are cleaned."""
    grid = Table(*headings, title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        grid.add_row(*(clean(cell) for cell in row))
    _console(False).print(grid)


def error(problem: ComityError, *, as_json: bool = False) -> None:
    """An error as one line and a hint (standard error), or as one JSON object (standard output)."""
    mistakes = problem.mistakes if isinstance(problem, Malformed) else ()
    if as_json:
        emit_json(
            {
                "ok": False,
                "code": problem.code,
                "error": problem.what,
                "where": problem.where,
                "hint": problem.hint,
                "mistakes": [{"field": m.field, "line": m.line, "what": m.what} for m in mistakes],
            }
        )
        return
    console = _console(True)
    console.print(f"[bold red]error:[/] {clean(problem.explain())} [dim]\\[{problem.code}][/]")
    for mistake in mistakes[1:_MOST_MISTAKES]:
        named = f"{mistake.field}: {mistake.what}" if mistake.field else mistake.what
        console.print(f"       line {mistake.line}: {clean(named)}")
    if problem.hint:
        console.print(f"hint:  {clean(problem.hint)}")


def facts(pairs: Mapping[str, str]) -> None:
    """Name and value, one a line, aligned."""
    width = max((len(name) for name in pairs), default=0)
    for name, value in pairs.items():
        result(f"{clean(name).ljust(width)}  {clean(value)}")
