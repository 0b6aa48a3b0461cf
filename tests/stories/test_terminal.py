"""What a terminal gets, and what a pipe gets: colour at the one, whole lines without escape codes at the other."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.stories.transcript import in_process

CHECK = ["check", "examples/iceland-2013/request.toml", "--on", "2026-11-22"]
LIST = ["party", "list", "--on", "2026-11-22", "--sources"]


def at_terminal(root: Path, arguments: list[str], columns: int, **variables: str) -> str:
    """What the command shows at a terminal so wide."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "CI")}
    process = subprocess.Popen(
        [sys.executable, "-m", "comity.cli.main", *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=root,
        env={**environment, "TERM": "xterm-256color", **variables},
    )
    os.close(slave)
    shown = b""
    try:
        while data := os.read(master, 65536):
            shown += data
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(master)
    process.wait()
    return shown.decode()


@pytest.fixture(autouse=True)
def in_the_repository(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "40")


def piped(arguments: list[str]) -> str:
    """What the command prints where no terminal is."""
    came = in_process(arguments)
    return came.out + came.err


def test_a_terminal_gets_colour_and_with_no_color_no_escape_code_at_all(root: Path) -> None:
    assert "\x1b[" in at_terminal(root, CHECK, 80)
    plain = at_terminal(root, CHECK, 80, NO_COLOR="1")
    assert "\x1b" not in plain
    assert "Result: conditions are not met" in plain


@pytest.mark.parametrize("arguments", [CHECK, LIST, ["chek"], ["case", "list", "--help"]], ids=" ".join)
def test_a_pipe_gets_no_escape_code(arguments: list[str]) -> None:
    assert "\x1b" not in piped(arguments)


def test_a_table_is_a_line_a_row_in_a_pipe_and_fits_the_terminal_at_one(root: Path) -> None:
    told = piped(LIST).splitlines()
    rows = [line for line in told if line.startswith("DZ ")]
    assert len(rows) == 1
    sources = {row["state"]: row["source"] for row in json.loads(piped([*LIST, "--json"]))["states"]}
    assert rows[0].endswith(f"  {sources['DZ']}")
    assert len(rows[0]) > 80
    assert all(line == line.rstrip() for line in told)
    shown = at_terminal(root, ["party", "list", "--on", "2026-11-22"], 70, NO_COLOR="1").splitlines()
    table = shown[: next(n for n, line in enumerate(shown) if line.startswith("Signature binds"))]
    assert max(len(line) for line in table) <= 70
