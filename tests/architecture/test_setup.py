"""Set-up builds all of `.venv` or says in a sentence why not."""

import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

NEEDED = ("pyproject.toml", "requirements.lock", "requirements-dev.lock", "requirements-setup.lock")
NOBODY = 65534


@pytest.fixture(scope="session")
def environment(root: Path) -> dict[str, Any]:
    """The names of scripts/environment.py."""
    return runpy.run_path(str(root / "scripts" / "environment.py"), run_name="environment")


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """What set-up needs of the repository, in a folder of its own."""
    for name in NEEDED:
        shutil.copy(root / name, tmp_path)
    shutil.copytree(root / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def outside(**more: str) -> dict[str, str]:
    """The environment without what sets an index up."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    return kept | {"PIP_CONFIG_FILE": os.devnull, "PYTHONDONTWRITEBYTECODE": "1"} | more


def set_up(python: str, folder: Path, environ: Mapping[str, str], **more: Any) -> subprocess.CompletedProcess[str]:
    command = [python, str(folder / "scripts" / "setup.py"), "run"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, **more)


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
def test_an_old_python_is_told_what_is_needed(root: Path, version: tuple[int, ...]) -> None:
    too_old = runpy.run_path(str(root / "scripts" / "setup.py"), run_name="setup")["too_old"]
    said = too_old(version, "/usr/bin/python3")
    assert said.startswith("error: comity needs Python 3.11 or newer; /usr/bin/python3 is Python ")
    assert "\nhint: " in said


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
def test_a_new_python_is_taken(root: Path, version: tuple[int, ...]) -> None:
    assert runpy.run_path(str(root / "scripts" / "setup.py"), run_name="setup")["too_old"](version, "python3") == ""


@pytest.mark.parametrize("name", ["python2.7", "python3.6", "python3.8", "python3.9", "python3.10"])
def test_an_old_interpreter_prints_it(copy: Path, name: str) -> None:
    try:
        done = set_up(name, copy, outside())
    except OSError:
        pytest.skip(f"no {name} here to try it with")
    if done.returncode == 127:
        pytest.skip(f"{name} is only a name here")
    assert done.returncode == 1
    assert done.stderr.startswith("error: comity needs Python 3.11 or newer; ")


def test_without_a_network_it_says_so_and_nothing_is_marked_ready(copy: Path) -> None:
    done = set_up(sys.executable, copy, outside(PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0"))
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if not line.startswith("set-up: ")]
    assert lines[0].startswith("error: the package index did not answer")
    assert lines[1].startswith("hint: ")
    assert len(lines) == 2
    assert not (copy / ".venv" / ".ok").exists()


def test_in_a_folder_that_cannot_be_written_to_it_says_so(copy: Path) -> None:
    """As a user without rights: for root, who may write anywhere, the step is taken as nobody."""
    other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    python = interpreter_for(other)
    copy.chmod(0o755)
    for folder in copy.parents:
        folder.chmod(0o755)
        if folder.name.startswith("pytest-of-"):
            break
    copy.chmod(0o555)
    done = set_up(python, copy, outside(), **other)
    copy.chmod(0o755)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: this folder cannot be written to: {copy}")
    assert len(done.stderr.splitlines()) == 2


def interpreter_for(other: Mapping[str, Any]) -> str:
    """A Python that the other user may run; root's own is often out of reach."""
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            done = subprocess.run(
                [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False, **other
            )
        except OSError:
            continue
        if done.returncode == 0:
            return python
    pytest.skip("no Python 3.11 here that another user may run")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: No matching distribution found for uv==0.13.9", "the package index did not answer"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE",
            "a package that came is not the one",
        ),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("The virtual environment was not created because ensurepip is not available.", "this Python has no pip"),
        ("SomethingElse: 7", "pip failed"),
    ],
)
def test_what_an_installer_says_becomes_a_sentence(environment: dict[str, Any], said: str, told: str) -> None:
    problem = environment["SetUpFailed"]("pip failed", output=said).explained()
    assert problem.what.startswith(told)


def test_an_environment_is_ready_only_for_the_lock_it_was_built_from(copy: Path, environment: dict[str, Any]) -> None:
    is_ready, stamp_lines = environment["is_ready"], environment["stamp_lines"]
    (copy / ".venv" / "bin").mkdir(parents=True)
    (copy / ".venv" / "bin" / "python").touch()
    assert not is_ready(copy, "run")
    (copy / ".venv" / ".ok").write_text("\n".join(stamp_lines(copy, "dev")), encoding="utf-8")
    assert is_ready(copy, "run")
    assert is_ready(copy, "dev")
    (copy / ".venv" / ".ok").write_text("\n".join(stamp_lines(copy, "run")), encoding="utf-8")
    assert is_ready(copy, "run")
    assert not is_ready(copy, "dev")
    with (copy / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    assert not is_ready(copy, "run")


def test_uv_is_given_the_index_that_pip_has(environment: dict[str, Any]) -> None:
    said = "\n".join(
        [
            "global.index-url='https://index.example/simple'",
            "install.extra-index-url='https://one.example https://two.example'",
            "global.find-links='/a /b'",
            ":env:.find-links='/c'",
            "global.timeout='9'",
        ]
    )
    assert environment["uv_settings"]({}, said) == {
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX": "https://one.example https://two.example",
        "UV_FIND_LINKS": "/c",
    }
    assert "UV_DEFAULT_INDEX" not in environment["uv_settings"]({"UV_DEFAULT_INDEX": "https://mine.example"}, said)
