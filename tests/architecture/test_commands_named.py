"""Every command that a hint, a docstring or a page tells somebody to type is there, with the options it is given."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from comity.cli.main import tree

TREE: Any = typer.main.get_command(tree())
NAMED = re.compile(r"\bcomity ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)*)([^`\n;]*)")
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*|-[a-z])(?![\w-])")
ANOTHER = re.compile(r"\bcomity [a-z]")


def wrong(said: str) -> list[str]:
    """The commands in a text that are not there, and the options that are not theirs. Words that only follow a command,
    as in "comity serve ends", are no fault; after the name of a group there must be one of its commands."""
    found = []
    for match in NAMED.finditer(said):
        words, rest = match[1].split(), ANOTHER.split(match[2])[0]
        if words[0] not in TREE.commands:
            continue  # prose: what the program does
        command = TREE
        for number, word in enumerate(words):
            if not hasattr(command, "commands"):
                break
            if word not in command.commands:
                found.append("comity " + " ".join(words[: number + 1]))
                break
            command = command.commands[word]
        else:
            if hasattr(command, "commands"):
                continue  # a group by its name alone
        if hasattr(command, "commands"):
            continue
        known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help", "-h"}
        options = OPTION.findall(re.sub(r"'[^']*'|\"[^\"]*\"", "", rest))
        found += [f"comity {' '.join(words)} {one}" for one in options if one not in known]
    return found


def in_code(file: Path) -> Iterator[str]:
    """The texts of a module."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def in_document(file: Path) -> Iterator[str]:
    """What a document shows as code: fenced, or within a line."""
    text = file.read_text(encoding="utf-8")
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    yield from (block.replace("\\\n", " ") for block in fenced)
    yield from re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def test_every_command_that_the_program_names_is_there(root: Path) -> None:
    files = sorted((root / "comity").rglob("*.py"))
    found = {str(file.relative_to(root)): faults for file in files if (faults := [*_faults(in_code(file))])}
    assert found == {}


def test_every_command_that_a_document_names_is_there(root: Path) -> None:
    files = [*sorted((root / "docs").rglob("*.md")), *sorted((root / "changes").glob("*.md")), root / "README.md"]
    found = {str(file.relative_to(root)): faults for file in files if (faults := [*_faults(in_document(file))])}
    assert found == {}


def _faults(texts: Iterator[str]) -> Iterator[str]:
    for text in texts:
        yield from wrong(" ".join(text.split(" ")))


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ("see: comity exchange outbox --stuck", []),
        ("see: comity exchange stuck", ["comity exchange stuck"]),
        ("comity people suspend rosa --resume", ["comity people suspend rosa --resume"]),
        ("comity directory sign, then comity directory adopt", []),
        ("comity directory sign next.json --rot 3, then comity directory adopt", ["comity directory sign next --rot"]),
        ("comity serve ends on its own; comity log", []),
        ("comity case follow-up-emergency 4f2a -c xa.toml --as bo --text 'not --an option'", []),
    ],
)
def test_a_command_or_an_option_that_is_not_there_is_found(said: str, faults: list[str]) -> None:
    assert wrong(said) == faults
