"""The tests keep their own rules: foreign programs by one fixture, and in the unit tests no patching and no waiting."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ASKED_IN = "conftest.py"
"""Here alone a program is looked for, so that COMITY_REQUIRE_SYSTEM can turn every such skip into a failure."""
PATCHING = {"mock", "setattr", "delattr"}


def faults(source: str) -> Iterator[str]:
    """Each use of what the rules forbid, as 'line: what'."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="shutil"), attr="which") | ast.Attribute(attr="sleep"):
                yield f"{node.lineno}: {ast.unparse(node)}"
            case ast.Attribute(value=ast.Name(id="monkeypatch" | "unittest"), attr=name) if name in PATCHING:
                yield f"{node.lineno}: {ast.unparse(node)}"
            case ast.ImportFrom(module="unittest" | "unittest.mock" | "time" | "shutil", names=names):
                for alias in names:
                    if alias.name in {"which", "sleep", "mock", "patch", "Mock", "MagicMock"}:
                        yield f"{node.lineno}: {node.module}.{alias.name}"


def test_unit_tests_and_laws_neither_patch_nor_wait_nor_look_for_programs(root: Path) -> None:
    files = [file for part in ("unit", "properties") for file in sorted((root / "tests" / part).rglob("*.py"))]
    assert files
    found = {file.relative_to(root).as_posix(): list(faults(file.read_text(encoding="utf-8"))) for file in files}
    assert {name: what for name, what in found.items() if what} == {}


def test_programs_are_looked_for_in_one_place(root: Path) -> None:
    files = [file for file in (root / "tests").rglob("*.py") if file.name != ASKED_IN]
    asking = [file for file in files if any("which" in what for what in faults(file.read_text(encoding="utf-8")))]
    assert [file.relative_to(root).as_posix() for file in asking] == []


@pytest.mark.parametrize(
    "source",
    [
        "path = shutil.which('age')",
        "from shutil import which",
        "time.sleep(1)",
        "from time import sleep",
        "monkeypatch.setattr(module, 'name', value)",
        "from unittest.mock import patch",
        "from unittest import mock",
        "unittest.mock.patch('x')",
    ],
)
def test_a_line_against_the_rules_is_found(source: str) -> None:
    assert len(list(faults(source))) == 1
