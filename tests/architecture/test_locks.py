"""What is installed is fixed by hash, comes from wherever the user's index is, and is what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-setup.lock")
ENTRY = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; [^\\\n]+)? \\\n(?P<hashes>(?: {4}--hash=.*\n)+)", re.M
)
HASH = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}(?: \\)?")


def pins(root: Path, lock: str) -> dict[str, str]:
    found = ENTRY.findall((root / lock).read_text(encoding="utf-8"))
    return {name: version for name, version, _ in found}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_with_hashes_and_nothing_else(root: Path, lock: str) -> None:
    text = (root / lock).read_text(encoding="utf-8")
    rest = [line for line in ENTRY.sub("", text).splitlines() if not line.startswith("# ")]
    assert rest == (["-r requirements.lock"] if lock == "requirements-dev.lock" else [])
    assert [
        line for entry in ENTRY.finditer(text) for line in entry["hashes"].splitlines() if not HASH.fullmatch(line)
    ] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_an_address_or_a_folder(root: Path, lock: str) -> None:
    text = (root / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted|@ |file:|(^|\s)/", text)


@pytest.mark.parametrize(
    ("lock", "group"),
    [
        ("requirements.lock", ""),
        ("requirements.lock", "build"),
        ("requirements-dev.lock", "dev"),
        ("requirements-setup.lock", "setup"),
    ],
)
def test_every_dependency_asked_for_is_locked(root: Path, lock: str, group: str) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    asked = project["dependency-groups"][group] if group else project["project"]["dependencies"]
    locked = pins(root, lock)
    for wish in asked:
        name, least = re.fullmatch(r"([A-Za-z0-9-]+)[>=]=([\d.]+).*", wish, re.S).groups()  # type: ignore[union-attr]
        assert [int(n) for n in locked[name].split(".")] >= [int(n) for n in least.split(".")], wish


def test_nothing_is_pinned_in_two_locks(root: Path) -> None:
    names = [name for lock in LOCKS for name in pins(root, lock)]
    assert len(names) == len(set(names))
