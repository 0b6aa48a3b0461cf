"""`make` alone lists every command, and every command it lists is there."""

import re
import subprocess
from pathlib import Path

import pytest

PROMISED = {"demo", "test", "check", "bench", "clean", "lock"}
INNER = {"help", "setup-run"}  # what other targets call, and the list itself


def phony(root: Path) -> set[str]:
    text = (root / "Makefile").read_text(encoding="utf-8")
    return {name for line in re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE) for name in line.split()}


def listed(root: Path) -> str:
    return subprocess.run(["make", "--no-print-directory"], cwd=root, capture_output=True, text=True, check=True).stdout


def test_the_promised_commands_are_there(root: Path) -> None:
    assert phony(root) >= PROMISED


def test_make_alone_lists_every_command_with_a_few_words(root: Path) -> None:
    described = set(re.findall(r"^  make ([\w-]+) {2,}\S", listed(root), re.MULTILINE))
    assert described == phony(root) - INNER


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_every_command_has_something_to_run(root: Path, name: str) -> None:
    done = subprocess.run(["make", "-n", name], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_the_run_on_the_server_calls_the_same_commands(root: Path) -> None:
    script = (root / ".ci" / "run").read_text(encoding="utf-8")
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    checks = re.search(r"^check: (.*)$", makefile, re.MULTILINE)
    assert checks is not None
    called = {word for line in re.findall(r"\bmake ([\w ]+)", script) for word in line.split()}
    assert called >= set(checks[1].split())
    assert (root / ".ci" / "run").stat().st_mode & 0o100
