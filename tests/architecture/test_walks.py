"""The walks in docs/architecture.md go through the code: each function is there, and its caller's file names it."""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

WALK = re.compile(r"^```walk\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"( *)([a-z_.0-9]+):([A-Za-z_.0-9]+)(?:  .*)?")
FILE = re.compile(r"^\| `([a-z_.0-9]+)` \| `(comity/[a-z_/0-9]+\.py)` \|$", re.MULTILINE)
LEAST_LINES = 20


@dataclass(frozen=True)
class Stop:
    """One line of a walk: a name of the list, a function or class in it, and the stop it is called from."""

    name: str
    function: str
    caller: "Stop | None"

    def __str__(self) -> str:
        return f"{self.name}:{self.function}"


def stops(walk: str) -> Iterator[Stop]:
    """The stops of a walk. A line at the margin without a function says where we are: nothing above it calls what
    follows. Any other line is a stop; raises ValueError for one that is not written so."""
    open_stops: list[tuple[int, Stop]] = []
    for line in walk.splitlines():
        found = LINE.fullmatch(line)
        if found is None and not line.startswith(" "):
            open_stops = []
            continue
        if found is None:
            raise ValueError(f"not a stop: {line.strip()}")
        depth = len(found[1])
        open_stops = [(at, stop) for at, stop in open_stops if at < depth]
        stop = Stop(found[2], found[3], open_stops[-1][1] if open_stops else None)
        yield stop
        open_stops.append((depth, stop))


def faults(stop: Stop, files: Mapping[str, str], root: Path) -> Iterator[str]:
    """What is wrong with one stop, in words."""
    if stop.name not in files:
        yield f"{stop}: {stop.name} is not in the list of files"
        return
    value: object = importlib.import_module(files[stop.name].removesuffix(".py").replace("/", "."))
    for part in stop.function.split("."):
        value = getattr(value, part, None)
    if not callable(value):
        yield f"{stop}: no such function"
    if stop.caller is not None and stop.caller.name in files:
        called = stop.function.split(".")[-1]
        if called not in words((root / files[stop.caller.name]).read_text(encoding="utf-8")):
            yield f"{stop}: not named in the file of {stop.caller}"


def words(source: str) -> set[str]:
    """Every name and attribute that a module uses. To import a function, or to define one, is not to use it."""
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_there_are_three_walks_and_each_goes_somewhere(page: str) -> None:
    walks = WALK.findall(page)
    assert len(walks) == 3
    assert all(len(list(stops(walk))) >= LEAST_LINES for walk in walks)


def test_every_stop_is_in_the_code_and_named_by_its_caller(page: str, root: Path) -> None:
    files = dict(FILE.findall(page))
    found = [fault for walk in WALK.findall(page) for stop in stops(walk) for fault in faults(stop, files, root)]
    assert found == []


def test_a_name_is_its_file_and_each_is_walked_through(page: str, root: Path) -> None:
    listed = FILE.findall(page)
    assert len(dict(listed)) == len(listed)
    assert [name for name, file in listed if not (root / file).is_file()] == []
    walked = {stop.name for walk in WALK.findall(page) for stop in stops(walk)}
    assert {name for name, _ in listed} == walked


@pytest.mark.parametrize(
    ("walk", "fault"),
    [
        ("base.clocks:now", "not in the list"),
        ("base.ids:nonesuch", "no such function"),
        ("base.errors:ComityError.nonesuch", "no such function"),
        ("base.ids:node_id\n  base.errors:BadProof", "not named in the file"),
    ],
)
def test_a_walk_that_is_not_one_is_found(walk: str, fault: str, root: Path) -> None:
    files = {"base.ids": "comity/base/ids.py", "base.errors": "comity/base/errors.py"}
    found = [text for stop in stops(walk) for text in faults(stop, files, root)]
    assert len(found) == 1
    assert fault in found[0]


def test_a_heading_ends_what_was_called_before_it() -> None:
    first, second, third = stops("here\n  a.b:c\n    a.d:e\nthere\n  a.f:g  with words")
    assert (first.caller, second.caller, third.caller) == (None, first, None)


def test_a_line_that_is_neither_stop_nor_heading_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not a stop: a\.d\.e"):
        list(stops("a.b:c\n  a.d.e"))
