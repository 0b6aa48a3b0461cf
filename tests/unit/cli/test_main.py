"""The command tree: every command has its help and an example that can be typed; every error its exit code."""

import gc
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from comity.cli.main import main, tree, tree_for_good

Capture = pytest.CaptureFixture[str]
TREE: Any = typer.main.get_command(tree())


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with its path; groups too."""
    for name, command in group.commands.items():
        yield (*path, name), command
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))


ALL = {" ".join(path): command for path, command in commands(TREE)}
LEAVES = {path: command for path, command in ALL.items() if not hasattr(command, "commands")}


def example_of(command: Any) -> str:
    """The example as it is shown, its broken lines joined."""
    _, _, example = (command.help or "").partition("Example: ")
    return re.sub(r"\\\n\s*", "", example).strip().splitlines()[0] if example else ""


def test_the_tree_holds_what_a_case_needs() -> None:
    assert {"demo", "check", "party status", "init", "serve", "migrate", "directory trust"} <= set(LEAVES)
    assert {"case draft", "case approve", "evidence seal", "log verify"} <= set(LEAVES)


def modules_of(command: str) -> set[str]:
    """What a new process has loaded when it is about to run a command."""
    code = f"import sys; from comity.cli.main import tree; tree({command!r}); print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("group", ["case", "people"])
def test_a_command_on_a_node_loads_neither_servers_nor_pages_nor_what_few_commands_need(group: str) -> None:
    found = modules_of(group)
    few = {"alembic", "babel.messages", "boto3", "comity.web.words", "psycopg", "starlette", "uvicorn", "webauthn"}
    assert "comity.wiring" in found and found & few == set()


def test_who_verifies_from_outside_loads_no_node_and_no_database() -> None:
    found = modules_of("verify")
    assert "comity.cli.verify_log" in found and found & {"comity.wiring", "sqlalchemy"} == set()


def test_garbage_is_looked_for_once_a_command_is_loaded() -> None:
    try:
        assert isinstance(tree_for_good("law"), typer.Typer)
        assert gc.isenabled() and gc.get_freeze_count()
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("path", sorted(ALL))
def test_every_command_and_group_answers_to_help_and_exits_0(path: str, capsys: Capture) -> None:
    assert main([*path.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"Usage: comity {path} ")
    assert ALL[path].help
    if path in LEAVES:
        assert "Example: comity " in shown


@pytest.mark.parametrize("path", sorted(LEAVES))
def test_every_example_can_be_typed_as_it_stands(path: str) -> None:
    program, *words = shlex.split(example_of(LEAVES[path]))
    assert program == "comity"
    assert words[: len(path.split())] == path.split()
    with LEAVES[path].make_context(path, words[len(path.split()) :]) as context:  # parses, runs nothing
        assert context.params


def test_every_command_that_ends_by_itself_prints_json_when_asked() -> None:
    without = {path for path in LEAVES if "--json" not in [name for one in LEAVES[path].params for name in one.opts]}
    assert without == {"serve", "work"}


@pytest.mark.parametrize("path", sorted(LEAVES))
def test_an_example_is_shown_unbroken_so_that_it_can_be_copied(path: str, capsys: Capture) -> None:
    main([*path.split(), "--help"])
    shown = re.sub(r"\\\n\s*", "", capsys.readouterr().out)
    assert f"Example: {example_of(LEAVES[path])}\n" in shown


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_whole_has_help_that_says_how_to_begin(option: str, capsys: Capture) -> None:
    assert main([option]) == 0
    assert "Begin with: comity demo" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["case"], ["evidence"]])
def test_a_group_alone_shows_its_help_as_talk_and_is_bad_input(words: list[str], capsys: Capture) -> None:
    assert main(words) == 64
    came = capsys.readouterr()
    assert came.out == ""
    assert came.err.startswith(" ".join(["Usage: comity", *words]))


@pytest.mark.parametrize(
    ("words", "named", "help_of"),
    [
        (["nonsense"], "'nonsense'", "comity"),
        (["case", "nonsense"], "'nonsense'", "comity case"),
        (["case", "list", "--nonsense"], "--nonsense", "comity case list"),
        (["case", "list"], "--config", "comity case list"),
        (["party", "status", "--on", "yesterday"], "'yesterday'", "comity party status"),
        (["party", "status", "more"], "more", "comity party status"),
        (["log", "prove", "first", "x", "-c", "y"], "'index'", "comity log prove"),
        (["init", "x", "--role", "king", "--state", "XA"], "'king'", "comity init"),
    ],
)
def test_what_is_typed_wrongly_is_named_in_one_line_and_the_hint_says_where_to_read(
    words: list[str], named: str, help_of: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMITY_CONFIG", raising=False)
    assert main(words) == 64
    came = capsys.readouterr()
    assert came.out == ""
    error, hint = came.err.splitlines()
    assert error.startswith("error: ")
    assert named in error
    assert hint == f"hint:  see: {help_of} --help"


def test_with_json_a_mistake_on_the_command_line_is_an_object_too(capsys: Capture) -> None:
    assert main(["party", "status", "--json", "--on", "yesterday"]) == 64
    came = capsys.readouterr()
    told = json.loads(came.out)
    assert (told["ok"], told["code"], came.err) == (False, "malformed", "")
    assert "'yesterday'" in told["error"]
