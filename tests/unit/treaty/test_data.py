"""Packaged law data, and the rule that code holds no figures of the law."""

import ast
from pathlib import Path

import pytest

from comity.treaty import periods
from comity.treaty.data import FILE_LIMIT, declared, packaged


@pytest.mark.parametrize(
    "name", ["articles.toml", "periods.toml", "offences.toml", "measures.toml", "participation.csv"]
)
def test_each_file_is_packaged_and_within_the_limit(name: str) -> None:
    assert 0 < len(packaged(name)) < FILE_LIMIT


def test_only_invented_states_and_those_with_a_public_source_have_declarations() -> None:
    assert declared() == ("az", "qa", "xa", "xb", "xc")


def figures_in(source: str) -> set[int]:
    """The whole numbers written in Python source, other than in text and as part of a calendar day."""
    nodes = list(ast.walk(ast.parse(source)))
    days = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "date"]
    in_days = {id(argument) for day in days for argument in day.args}
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and type(node.value) is int and id(node) not in in_days
    }


def test_no_figure_of_the_law_stands_in_code(root: Path) -> None:
    law = {one.value for one in periods.figures() if one.unit in {"days", "instruments"}}
    assert law == {15, 30, 40, 60, 90}
    found = [
        f"{file.name}: {sorted(figures_in(file.read_text(encoding='utf-8')) & law)}"
        for file in sorted((root / "comity" / "treaty").rglob("*.py"))
        if figures_in(file.read_text(encoding="utf-8")) & law
    ]
    assert found == []


def test_the_search_for_figures_finds_one() -> None:
    assert figures_in("until = start + timedelta(days=60)  # 90") == {60}
    assert figures_in("seen = date(2026, 4, 15)") == set()
