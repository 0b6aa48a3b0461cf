"""Draw docs/states/ from the transition tables: `python -m scripts.draw_states`, in the environment of `make setup`.

A page a procedure: a picture of every move to another state, and a table of every move. The pages are never written by
hand; a test compares them with what this makes.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

from comity.cases.events import EVENTS, CaseEvent, tag_of
from comity.cases.machine import PROCEDURES
from comity.cases.procedures.table import EVERYWHERE, Moves, Procedure

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "docs" / "states"
_PAGE: Final = """\
# {title}

Articles {articles} of the Convention. Drawn by `scripts/draw_states.py` from the table in
[{code}](../../{code}): do not edit.

The same table is folded on both sides of the border and at the provider; the first event says on which side. What is
not in the table is refused, and the refusal names what is possible. The case ends in: {ends}.

```mermaid
stateDiagram-v2
{picture}
```

A move that leaves the state as it is stands in the table only. In every state these may happen too, and change none:
{everywhere}.

While oversight has frozen the case, or a doubt stands in it, we may not do these; what comes from others is entered all
the same: {barred}.

The two sides may each end the case before they hear of the other. Then each keeps its own end, and enters what it is
told beside it; nobody does so here: {crossed}.

| state | event | next state |
|---|---|---|
{table}

## The events

| event | what happened |
|---|---|
{events}
"""


def page(name: str, procedure: Procedure) -> str:
    """The page of one procedure, as it stands in docs/states/."""
    used = {kind for moves in [procedure.start, *procedure.moves.values()] for kind in moves}
    return _PAGE.format(
        title=procedure.name[0].upper() + procedure.name[1:],
        articles=procedure.articles,
        code=f"comity/cases/procedures/{name}.py",
        ends=", ".join(sorted(procedure.ends)),
        everywhere=_named(EVERYWHERE),
        barred=_named(kind for kind in EVENTS if kind in procedure.frozen_bars),
        crossed="; ".join(f"{state}: {_named(kinds)}" for state, kinds in procedure.crossed.items()),
        picture="\n".join(f"    {line}" for line in _picture(procedure)),
        table="\n".join(_rows(procedure)),
        events="\n".join(f"| `{tag_of(kind)}` | {_meaning(kind)} |" for kind in EVENTS if kind in used | {*EVERYWHERE}),
    )


def _named(kinds: Iterable[type[CaseEvent]]) -> str:
    return ", ".join(f"`{tag_of(kind)}`" for kind in kinds)


def pages() -> Mapping[str, str]:
    """Every page by its file name."""
    return {file_name(name): page(name, procedure) for name, procedure in PROCEDURES.items()}


def file_name(procedure: str) -> str:
    return procedure.replace("_", "-") + ".md"


def _picture(procedure: Procedure) -> Iterator[str]:
    """Mermaid: every state, every move to another one; events that lead the same way share an arrow."""
    for state in procedure.moves:
        yield f'state "{state}" as {state.name}'
    for target, kinds in _grouped(procedure.start).items():
        yield f"[*] --> {target.name}: {_tags(kinds)}"
    for state, moves in procedure.moves.items():
        for target, kinds in _grouped(moves).items():
            if target is not state:
                yield f"{state.name} --> {target.name}: {_tags(kinds)}"
    for state in procedure.moves:
        if state in procedure.ends:
            yield f"{state.name} --> [*]"


def _grouped(moves: Moves) -> dict[StrEnum, list[type[CaseEvent]]]:
    found: dict[StrEnum, list[type[CaseEvent]]] = {}
    for kind, target in moves.items():
        found.setdefault(target, []).append(kind)
    return found


def _tags(kinds: list[type[CaseEvent]]) -> str:
    return ", ".join(tag_of(kind) for kind in kinds)


def _rows(procedure: Procedure) -> Iterator[str]:
    for kind, target in procedure.start.items():
        yield f"| (not begun) | `{tag_of(kind)}` | {target} |"
    for state, moves in procedure.moves.items():
        for kind, target in moves.items():
            yield f"| {state} | `{tag_of(kind)}` | {target} |"


def _meaning(kind: type[CaseEvent]) -> str:
    """The first paragraph of the event's docstring, on one line."""
    return " ".join((kind.__doc__ or "").split("\n\n")[0].split()).replace("|", r"\|")


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/states/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
