"""What the README and the guides show is what the program does: steps and refusals of the demo, output, commands."""

import ast
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from comity.cli.main import main, tree
from comity.exchange.problems import PROBLEMS

FENCE = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CUT = "[...]"
STEP = re.compile(r" *\d+ ms  (.{26}) (.+?)(?:  art\. (\S+))? *")
REFUSED = re.compile(r"  refused  (\S+) +(.+)")


@dataclass(frozen=True)
class Step:
    """A step as the demo's code has it; a part that is only known when it runs is '.+'."""

    name: str
    by: str
    article: str


def blocks(text: str) -> list[str]:
    return FENCE.findall(text)


def block_after(text: str, command: str) -> list[str]:
    """The lines of the fenced block that begins with `$ command`, without that line."""
    (found,) = [block for block in blocks(text) if block.startswith(f"$ {command}\n")]
    return found.splitlines()[1:]


def demo_calls(root: Path) -> Iterator[tuple[str, ast.Call, dict[str, ast.expr]]]:
    """Each call of `step`, `saw` and `must_refuse` in the demo, with what its function assigns to plain names."""
    for file in sorted((root / "comity" / "cli" / "demo").glob("*.py")):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            names = {
                node.targets[0].id: node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
            }
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                    yield node.func.attr, node, names


def pattern(node: ast.expr, names: dict[str, ast.expr]) -> str:
    """A regular expression for the text that an expression gives."""
    match node:
        case ast.Constant(value=str(text)):
            return re.escape(text)
        case ast.JoinedStr(values=values):
            return "".join(pattern(value, {}) for value in values)
        case ast.Name(id=name) if name in names:
            return pattern(names[name], {})
        case _:
            return ".+"


def steps_of(root: Path) -> list[Step]:
    found = [[pattern(part, names) for part in call.args] for at, call, names in demo_calls(root) if at == "step"]
    return [Step(*parts) for parts in found]


def refusals_of(root: Path) -> set[tuple[str, str]]:
    """(code, attempt) of everything the demo must see refused."""
    calls = [(call.args, names) for at, call, names in demo_calls(root) if at in ("saw", "must_refuse")]
    pairs = [(pattern(args[1], names), pattern(args[0], names)) for args, names in calls]
    return {(code.replace("\\", ""), attempt.replace("\\", "")) for code, attempt in pairs}


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


def test_the_steps_shown_are_steps_of_the_demo(readme: str, root: Path) -> None:
    steps = steps_of(root)
    shown = [found for line in block_after(readme, "make demo") if (found := STEP.fullmatch(line))]
    assert len(shown) > 10
    strange = [
        found[0]
        for found in shown
        if not any(
            re.fullmatch(step.name, found[2])
            and re.fullmatch(step.by, found[1].strip())
            and re.fullmatch(step.article, found[3] or "")
            for step in steps
        )
    ]
    assert strange == []


def test_everything_the_demo_must_see_refused_is_shown_with_its_code(readme: str, root: Path) -> None:
    lines = block_after(readme, "make demo")
    shown = {(found[1], found[2]) for line in lines if (found := REFUSED.fullmatch(line))}
    codes = {*PROBLEMS, "bad-proof", "out-of-order"}
    expected = {(code, attempt) for code, attempt in refusals_of(root) if code in codes}
    assert len(expected) >= 8
    assert shown == expected


def test_a_shown_output_is_the_commands_own(readme: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = "comity check examples/investment-scam/three-year-offence.toml --on 2026-11-22"
    assert main(shlex.split(command)[1:]) == 1
    real = "\n" + capsys.readouterr().out
    place, parts = 0, "\n".join(["", *block_after(readme, ".venv/bin/" + command), ""]).split(CUT)
    for part in parts:
        found = real.find(part.rstrip(), place)
        assert found >= 0, part
        place = found + len(part.rstrip())
    assert place == len(real.rstrip()) or not parts[-1].strip()


def test_every_page_on_a_format_is_in_the_list(root: Path) -> None:
    folder = root / "docs" / "formats"
    listed = re.findall(r"\]\(([\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(file.name for file in folder.glob("*.md") if file.name != "README.md")


def command_lines(root: Path) -> Iterator[tuple[str, str]]:
    """Every line in a fenced block that calls comity: (document, line)."""
    for file in [root / "README.md", *sorted((root / "docs" / "guides").glob("*.md"))]:
        for block in blocks(file.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                if found := re.match(r"(?:\$ )?(?:\.venv/bin/)?comity (.+)", line):
                    yield file.name, found[1]


def parse(line: str) -> None:
    """Parse a command line as comity does, and run nothing. Raises TyperException for a mistake in it."""
    command, words = get_command(tree()), shlex.split(line)
    while (inner := getattr(command, "commands", {}).get(words[0] if words else "")) is not None:
        command, words = inner, words[1:]
    if words and hasattr(command, "commands"):
        raise typer.TyperException(f"no such command: {words[0]}")
    command.make_context(line, words)


def test_every_command_line_in_the_documents_is_one_that_comity_takes(root: Path) -> None:
    lines = list(command_lines(root))
    assert len(lines) >= 8
    wrong = []
    for document, line in lines:
        try:
            parse(line)
        except typer.TyperException as error:
            wrong.append(f"{document}: {line}: {error.format_message()}")
    assert wrong == []


@pytest.mark.parametrize("line", ["nonesuch", "case", "case draft", "check a.toml --nonesuch", "init xa --role king"])
def test_a_command_line_with_a_mistake_is_found(line: str) -> None:
    with pytest.raises(typer.TyperException):
        parse(line)
