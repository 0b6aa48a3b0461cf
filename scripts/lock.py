"""Write the lock files anew: `make lock`, or `make lock ARGS=--upgrade` to move to the newest versions allowed.

Each names every package with the hashes of all its published files, for every platform and Python 3.11 to 3.14, and
no address. They are made from the public index alone, whatever this machine's pip is set to use.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from scripts.environment import LOCKS, SETUP_LOCK, SetUpFailed, base_environment, fetch_uv, say

ROOT = Path(__file__).resolve().parent.parent
_HEADER = "# {purpose}. Written by `make lock`; do not edit.\n"
_ENTRY = re.compile(r"^[a-z0-9][^\n]*\n(?: +[^\n]*\n)+", re.MULTILINE)


def compile_lock(uv: Path, source: list[str], output: Path, extra: list[str]) -> list[str]:
    """Have uv resolve `source`, starting from what `output` pins; the entries, each with its hashes."""
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header"]
    apart = ["--no-config", "--no-emit-index-url", "--no-emit-find-links", "--quiet"]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
    command = [str(uv), "pip", "compile", *options, *apart, *extra, *source, "-o", str(output)]
    subprocess.run(command, cwd=ROOT, env=environ, check=True)
    return _ENTRY.findall(output.read_text(encoding="utf-8"))


def main(extra: list[str]) -> int:
    try:
        uv = fetch_uv(ROOT, base_environment())
    except SetUpFailed as problem:
        say(f"error: {problem.explained().what}")
        return 1
    locks = {kind: ROOT / name for kind, name in LOCKS.items()}
    run = compile_lock(uv, ["--group", "build", "pyproject.toml"], locks["run"], extra)
    groups = ["--group", "build", "--group", "dev", "-c", LOCKS["run"], "pyproject.toml"]
    # A package of both may be needed on more platforms in the second: it is pinned once, in the first, for those too.
    wider = compile_lock(uv, groups, locks["dev"], extra)
    named = {_name(entry) for entry in run}
    run = [entry for entry in wider if _name(entry) in named]
    dev = [entry for entry in wider if _name(entry) not in named]
    setup = compile_lock(uv, ["--group", "setup"], ROOT / SETUP_LOCK, extra)
    write(locks["run"], "What comity needs to run, and to be installed", run)
    write(locks["dev"], "What testing and checking comity needs as well", dev, first="-r requirements.lock\n")
    write(ROOT / SETUP_LOCK, "The installer that set-up fetches into .tools", setup)
    return 0


def _name(entry: str) -> str:
    return entry.split("==", 1)[0]


def write(path: Path, purpose: str, entries: list[str], *, first: str = "") -> None:
    path.write_text(_HEADER.format(purpose=purpose) + first + "".join(entries), encoding="utf-8")
    say(f"{path.name}: {len(entries)} packages")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
