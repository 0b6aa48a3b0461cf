"""Terminal transcripts, played: what is typed, what must come back, and the exit code.

    # A comment.
    $ comity check missing.toml
    ! error: missing.toml: there is no such file [not-found]
    ! hint:  [...]
    # exit 66

    -- some-file.toml --
    its content

A line of standard output stands as it is, one of standard error after `! `. `[...]` stands for any text in a line, and
alone for any number of lines. `{name}` keeps the text found there; later it is that text, in commands too. Without
`# exit`, the code is 0. Empty lines do not count. `-- name --` begins a file that is there before the first command.

A `comity` command runs in this process, any other line in a shell, where `comity` is the same program.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from comity.cli.main import main

_FILE = re.compile(r"^-- (\S+) --$", re.MULTILINE)
_HOLE = re.compile(r"(\[\.\.\.\]|\{[a-z_]+\})")
_SHELL = re.compile(r"[|<>&;()`*]")
_LONGEST_SECONDS = 60


@dataclass(slots=True)
class Step:
    """One command and what must come of it."""

    line: int
    command: str
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    code: int = 0


@dataclass(frozen=True, slots=True)
class Came:
    out: str
    err: str
    code: int


def parse(text: str) -> tuple[list[Step], dict[str, str]]:
    """The steps, and the files by name."""
    script, *rest = _FILE.split(text)
    files = dict(zip(rest[::2], (content.removeprefix("\n") for content in rest[1::2]), strict=True))
    steps: list[Step] = []
    for number, line in enumerate(script.splitlines(), 1):
        if line.startswith("$ "):
            steps.append(Step(number, line[2:]))
        elif line.startswith("# exit "):
            steps[-1].code = int(line.removeprefix("# exit "))
        elif line.startswith("! "):
            steps[-1].err.append(line[2:])
        elif line.strip() and not line.startswith("#"):
            steps[-1].out.append(line)
    return steps, files


class Player:
    """Plays steps in the present folder, and says which of them came out otherwise."""

    def __init__(self, name: str, known: dict[str, str]) -> None:
        self._name = name
        self._known = dict(known)

    def play(self, step: Step) -> None:
        command = re.sub(r"\{([a-z_]+)\}", lambda hole: self._known[hole[1]], step.command)
        came = _in_shell(command) if self._needs_shell(command) else in_process(shlex.split(command)[1:])
        wrong = [
            f"{what}:\n{_shown(lines)}but it was:\n{_shown(said.splitlines())}"
            for what, lines, said in (("output", step.out, came.out), ("error output", step.err, came.err))
            if not self._fits(lines, said)
        ]
        if came.code != step.code:
            wrong.append(f"exit code {step.code}, but it was {came.code}\n{_shown(came.err.splitlines())}")
        assert not wrong, f"{self._name}, line {step.line}: $ {command}\nexpected " + "expected ".join(wrong)

    def _needs_shell(self, command: str) -> bool:
        return not command.startswith("comity ") or bool(_SHELL.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", command)))

    def _fits(self, lines: list[str], said: str) -> bool:
        seen: set[str] = set()
        pattern = "".join(self._pattern(line, seen) for line in lines)
        text = "".join(line + "\n" for line in said.splitlines() if line.strip())
        found = re.fullmatch(pattern, text)
        if found:
            self._known |= {name: value for name, value in found.groupdict().items() if value is not None}
        return found is not None

    def _pattern(self, line: str, seen: set[str]) -> str:
        if line == "[...]":
            return r"(?:.*\n)*?"
        parts = []
        for part in _HOLE.split(line):
            if part == "[...]":
                parts.append(".*")
            elif part.startswith("{") and _HOLE.fullmatch(part):
                name = part[1:-1]
                new = f"(?P={name})" if name in seen else f"(?P<{name}>.+)"
                parts.append(re.escape(self._known[name]) if name in self._known else new)
                seen |= {name} - self._known.keys()
            else:
                parts.append(re.escape(part))
        return "".join(parts) + r"\n"


def _shown(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for line in lines) or "    (nothing)\n"


def in_process(arguments: list[str]) -> Came:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
    return Came(out.getvalue(), err.getvalue(), code)


def _in_shell(command: str) -> Came:
    function = f'comity() {{ {shlex.quote(sys.executable)} -m comity.cli.main "$@"; }}\n'
    ran = subprocess.run(
        ["sh", "-c", function + command],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=_LONGEST_SECONDS,
        check=False,
    )
    return Came(ran.stdout, ran.stderr, ran.returncode)
