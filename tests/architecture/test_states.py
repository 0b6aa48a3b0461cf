"""docs/states/ is what the transition tables say: drawn by scripts/draw_states.py, never by hand."""

import re
from pathlib import Path

import pytest

from comity.cases.events import tag_of
from comity.cases.machine import PROCEDURES
from comity.cases.procedures.table import Procedure
from scripts.draw_states import file_name, page, pages

ARROW = re.compile(r"^ {4}(\w+|\[\*\]) --> (\w+|\[\*\])(?:: (.*))?$", re.M)


def test_the_pages_are_what_the_script_draws(root: Path) -> None:
    folder = root / "docs" / "states"
    written = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}
    assert written == dict(pages()), "run: python -m scripts.draw_states"


def arrows(text: str) -> set[tuple[str, str, str]]:
    """Each arrow of a page's picture as state, event, next state."""
    return {(before, tag, after) for before, after, tags in ARROW.findall(text) for tag in tags.split(", ")}


def rows(text: str) -> list[tuple[str, ...]]:
    return re.findall(r"^\| ([^|`]+) \| `(\w+)` \| ([^|`]+) \|$", text, re.M)


@pytest.mark.parametrize("name", PROCEDURES)
def test_a_page_holds_every_move_of_its_table_and_no_other(name: str) -> None:
    procedure = PROCEDURES[name]
    moves = [("(not begun)", tag_of(kind), str(to)) for kind, to in procedure.start.items()]
    moves += [(str(s), tag_of(kind), str(to)) for s, found in procedure.moves.items() for kind, to in found.items()]
    assert rows(page(name, procedure)) == moves


@pytest.mark.parametrize("name", PROCEDURES)
def test_a_picture_holds_every_move_to_another_state_and_every_end(name: str) -> None:
    procedure = PROCEDURES[name]
    expected = {("[*]", tag_of(kind), to.name) for kind, to in procedure.start.items()}
    expected |= {(end.name, "", "[*]") for end in procedure.ends}
    for state, moves in procedure.moves.items():
        expected |= {(state.name, tag_of(kind), to.name) for kind, to in moves.items() if to is not state}
    assert arrows(page(name, procedure)) == expected


def test_a_move_taken_out_of_a_table_is_seen() -> None:
    table = PROCEDURES["preservation"]
    first, *rest = table.moves
    fewer = Procedure(
        table.name, table.articles, table.start, {state: table.moves[state] for state in rest}, table.ends
    )
    assert page("preservation", fewer) != page("preservation", table)
    assert f"| {first} |" not in "\n".join(f"| {row[0]} |" for row in rows(page("preservation", fewer)))


def test_a_page_is_named_for_its_procedure() -> None:
    assert [file_name(name) for name in PROCEDURES] == ["preservation.md", "stored-data.md"]
