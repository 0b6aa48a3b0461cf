"""Build `.venv` out of the lock files: whole, or not at all and said so in a sentence.

1. `.venv/.ok` names the lock it was built from, so a second run has nothing to do.
2. uv, itself locked, is fetched into `.tools` and installs the locked packages: quick.
3. If that fails for any reason, the standard library's venv and pip install the same packages: slower.
4. `.venv/.ok` is removed before the first change and written after the last.

Every package is checked against its hash. The index, proxy and certificates are those that pip is set to use.
Only the standard library is used here: this runs before anything is installed.
"""

import ast
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
SETUP_LOCK = "requirements-setup.lock"

# What pip is told, and what uv calls it. pip parts several values by spaces.
_UV_NAMES = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "cert": ("SSL_CERT_FILE", " "),
    "proxy": ("ALL_PROXY", " "),
}

_REASONS = (
    (
        ("do not match the hashes", "hash mismatch"),
        "a package that came is not the one in the lock; it was not installed",
        "try again on another network; if it stays so, report it (SECURITY.md)",
    ),
    (("no space left",), "the disk is full", "make room (about 400 MB) and run it again"),
    (
        ("ensurepip", "no module named venv", "no module named pip"),
        "this Python has no pip or no venv module",
        "install them, as Debian's python3-pip and python3-venv, and run it again",
    ),
    (
        ("connection", "resolve", "timed out", "unreachable", "retrying", "no matching distribution", "error sending"),
        "the package index did not answer or lacks a package: no network?",
        "check the network, or name a reachable index: PIP_INDEX_URL=... make ...",
    ),
)


class SetUpFailed(Exception):
    """A step of set-up did not work; `output` is what its program said."""

    def __init__(self, what: str, *, hint: str = "", output: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.output = output

    def explained(self) -> "SetUpFailed":
        """The same failure, in the words of the first known reason that its output matches."""
        said = self.output.lower()
        for signs, what, hint in _REASONS:
            if any(sign in said for sign in signs):
                return SetUpFailed(what, hint=hint, output=self.output)
        return self


def stamp_lines(root: Path, kind: str) -> list[str]:
    """The lines of `.venv/.ok` that a ready environment of this kind has: one a kind it serves.

    The folder is part of the hash, since a virtual environment that was moved does not work.
    """
    lines = []
    for served in ("run", "dev") if kind == "dev" else ("run",):
        state = hashlib.sha256(str(root).encode())
        for name in ("pyproject.toml", *LOCKS.values()) if served == "dev" else ("pyproject.toml", LOCKS["run"]):
            state.update((root / name).read_bytes())
        lines.append(f"{served} {state.hexdigest()}")
    return lines


def is_ready(root: Path, kind: str) -> bool:
    """Whether `.venv` was built, to its end, from the present lock for this kind of use."""
    stamp = root / ".venv" / ".ok"
    if not stamp.is_file() or not (root / ".venv" / "bin" / "python").exists():
        return False
    return stamp_lines(root, kind)[-1] in stamp.read_text(encoding="utf-8").splitlines()


def check_writable(root: Path) -> None:
    """Raise SetUpFailed if nothing can be created in the folder."""
    try:
        with tempfile.TemporaryFile(dir=root):
            pass
    except OSError as error:
        raise SetUpFailed(
            f"this folder cannot be written to: {root} ({error.strerror})",
            hint="clone it into a folder of your own, or have its owner run set-up once",
        ) from None


def uv_settings(environ: Mapping[str, str], pip_config: str) -> dict[str, str]:
    """pip's settings as uv's environment variables; what is already set for uv stays.

    pip_config: what `pip config list` prints, lines of name='value'; the environment goes before the files.
    """
    found: dict[str, str] = {}
    for prefix in ("global.", "install.", ":env:."):
        for line in pip_config.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(prefix):
                found[name.removeprefix(prefix)] = str(ast.literal_eval(value))
    settings = {}
    for name, (uv_name, separator) in _UV_NAMES.items():
        if name in found and uv_name not in environ:
            settings[uv_name] = separator.join(found[name].split())
    return settings


def run(command: Sequence[str | Path], environ: Mapping[str, str]) -> str:
    """Run a program to its end; its output, or SetUpFailed."""
    try:
        done = subprocess.run(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise SetUpFailed(f"{command[0]} could not be run: {error.strerror}") from None
    if done.returncode != 0:
        output = done.stdout + done.stderr
        last = next((line for line in reversed(output.splitlines()) if line.strip()), "no word of why")
        raise SetUpFailed(f"{Path(command[0]).name} failed: {last.strip()}", output=output)
    return done.stdout


def base_environment() -> dict[str, str]:
    """Our environment without what would send packages to another place than `.venv`."""
    dropped = {"VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_USER"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_PYTHON_DOWNLOADS": "never"}


_PIP_INSTALL = ("-m", "pip", "install", "--quiet", "--no-input", "--retries", "2")


def fetch_uv(root: Path, environ: Mapping[str, str]) -> Path:
    """The locked uv, from `.tools` or fetched into it."""
    lock = root / SETUP_LOCK
    tools = root / ".tools"
    stamp = tools / ".ok"
    if not stamp.is_file() or stamp.read_bytes() != lock.read_bytes():
        shutil.rmtree(tools, ignore_errors=True)
        run([sys.executable, *_PIP_INSTALL, "--require-hashes", "--target", tools, "-r", lock], environ)
        stamp.write_bytes(lock.read_bytes())
    return tools / "bin" / "uv"


def build_with_uv(root: Path, kind: str, environ: Mapping[str, str]) -> None:
    uv = fetch_uv(root, environ)
    settings = uv_settings(environ, run([sys.executable, "-m", "pip", "config", "list"], environ))
    # Any index may serve any package here, since only the locked hashes are taken.
    uv_environ = {"UV_INDEX_STRATEGY": "unsafe-best-match", **environ, **settings}
    venv = root / ".venv"
    run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, venv], uv_environ)
    install: list[str | Path] = [uv, "pip", "install", "--quiet", "--python", venv / "bin" / "python"]
    run([*install, "--require-hashes", "-r", root / LOCKS[kind]], uv_environ)
    run([*install, "--no-deps", "--no-build-isolation", "-e", root], uv_environ)


def build_with_pip(root: Path, kind: str, environ: Mapping[str, str]) -> None:
    venv = root / ".venv"
    run([sys.executable, "-m", "venv", "--clear", venv], environ)
    install: list[str | Path] = [venv / "bin" / "python", *_PIP_INSTALL]
    run([*install, "--require-hashes", "-r", root / LOCKS[kind]], environ)
    run([*install, "--no-deps", "--no-build-isolation", "-e", root], environ)


def build(root: Path, kind: str) -> None:
    """Build `.venv` anew. Raises SetUpFailed, and then `.venv` is not marked ready."""
    check_writable(root)
    stamp = root / ".venv" / ".ok"
    stamp.unlink(missing_ok=True)
    environ = base_environment()
    say("set-up: installing the locked packages into .venv; needed once")
    try:
        build_with_uv(root, kind, environ)
    except SetUpFailed:
        say("set-up: uv could not be used; trying pip, which is slower")
        try:
            build_with_pip(root, kind, environ)
        except SetUpFailed as problem:
            raise problem.explained() from None
    unfinished = stamp.with_name(".ok.new")
    unfinished.write_text("\n".join(stamp_lines(root, kind)) + "\n", encoding="utf-8")
    unfinished.replace(stamp)


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        say("usage: python scripts/setup.py run|dev")
        return 64
    root = Path(__file__).resolve().parent.parent
    if is_ready(root, arguments[0]):
        return 0
    try:
        build(root, arguments[0])
    except SetUpFailed as problem:
        if not problem.hint and problem.output:
            say(problem.output.rstrip())
        say(f"error: {problem.what}")
        say(f"hint:  {problem.hint or 'the lines above are what the installer said; mend that and run it again'}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
