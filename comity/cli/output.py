"""All printing of the command line.

Results to standard output, talk (progress, errors, hints) to standard error. Colour and width only at a terminal: what
is piped or kept has no escape codes and one row of a table a line. NO_COLOR (no-color.org) takes all styling away.
"""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from comity.base.errors import ComityError, Malformed

_MOST_MISTAKES = 20


def _console(stderr: bool) -> Console:
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    return Console(stderr=stderr, highlight=False, soft_wrap=True, emoji=False, color_system=colours)


def give_up() -> None:
    """Standard output takes nothing more: drop what is left, so that the end of the program does not fail on it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


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


def say_lines(text: str) -> None:
    """Several lines of talk, as they are."""
    for line in text.splitlines():
        say(clean(line))


def clean(text: str) -> str:
    """Text from outside, made safe to print: no markup, no control characters."""
    return escape(_visible(text))


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> None:
    """A table of text on standard output, its cells cleaned. Fitted to a terminal; elsewhere a row is a line."""
    console = _console(False)
    if not console.is_terminal:
        if title:
            result(title)
        _lines([headings, *rows])
        return
    grid = Table(*headings, title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        grid.add_row(*(clean(cell) for cell in row))
    console.print(grid)


def _lines(rows: Sequence[Sequence[str]]) -> None:
    cells = [[_visible(cell) for cell in row] for row in rows]
    widths = [max(cell_len(cell) for cell in column) for column in zip(*cells, strict=True)]
    padded = ([cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)] for row in cells)
    _console(False).print("\n".join("  ".join(row).rstrip() for row in padded), markup=False)


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
        result(f"{clean(name).ljust(width)}  {clean(value)}".rstrip())
