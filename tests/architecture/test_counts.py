"""The terminal counts in English: a noun that is counted in one place agrees with its number in every place."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path


def nouns_counted(tree: ast.AST) -> Iterator[str]:
    """The first word of every plural that `counted` says."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="counted"), args=[_, ast.Constant(value=str(one))]):
                yield f"{one}s".split()[0]
            case ast.Call(func=ast.Name(id="counted"), args=[_, ast.Constant(), ast.Constant(value=str(several))]):
                yield several.split()[0]


def fixed_plurals(tree: ast.AST, nouns: set[str]) -> Iterator[str]:
    """Each number that such a plural follows whatever it is. One written with a format is an amount, and no count."""
    for text in (one for one in ast.walk(tree) if isinstance(one, ast.JoinedStr)):
        for number, after in pairwise(text.values):
            match number, after:
                case ast.FormattedValue(format_spec=None), ast.Constant(value=str(words)):
                    found = re.match(r" (?:more |other )?(\w+)", words)
                    if found and found[1] in nouns:
                        yield f"{text.lineno}: {ast.unparse(number.value)}{found[0]}"


def trees(folder: Path) -> dict[Path, ast.AST]:
    return {file: ast.parse(file.read_text()) for file in sorted(folder.rglob("*.py"))}


def test_no_command_says_a_plural_of_one(root: Path) -> None:
    nouns = {noun for tree in trees(root / "comity").values() for noun in nouns_counted(tree)}
    found = [
        f"{file}:{one}" for file, tree in trees(root / "comity" / "cli").items() for one in fixed_plurals(tree, nouns)
    ]
    assert not found


def test_a_plural_of_one_would_be_found() -> None:
    source = 'f"{len(found)} rows, {n} copies, {size:,} bytes"'
    assert list(fixed_plurals(ast.parse(source), {"rows", "bytes"})) == ["1: len(found) rows"]


def test_both_ways_to_count_name_their_noun() -> None:
    source = 'counted(n, "row"), counted(n, "entry waits", "entries wait")'
    assert set(nouns_counted(ast.parse(source))) == {"rows", "entries"}
