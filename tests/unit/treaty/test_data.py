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


def test_only_the_invented_states_have_declarations() -> None:
    assert declared() == ("xa", "xb")


def figures_in(source: str) -> set[int]:
    """The whole numbers written in Python source, other than in text."""
    return {
        node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant) and type(node.value) is int
    }


def test_no_figure_of_the_law_stands_in_code(root: Path) -> None:
    law = {one.value for one in periods.figures() if one.unit in {"days", "instruments"}}
    assert law == {30, 40, 60, 90}
    found = [
        f"{file.name}: {sorted(figures_in(file.read_text(encoding='utf-8')) & law)}"
        for file in sorted((root / "comity" / "treaty").rglob("*.py"))
        if figures_in(file.read_text(encoding="utf-8")) & law
    ]
    assert found == []


def test_the_search_for_figures_finds_one() -> None:
    assert figures_in("until = start + timedelta(days=60)  # 90") == {60}
