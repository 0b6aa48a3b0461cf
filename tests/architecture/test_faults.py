"""The list of faults of evidence names tests that are there."""

import re
from pathlib import Path


def test_every_test_in_the_list_of_faults_is_there(root: Path) -> None:
    named = set(re.findall(r"`(test_[a-z0-9_]+)`", (root / "docs" / "evidence-faults.md").read_text(encoding="utf-8")))
    defined: set[str] = set()
    for file in (root / "tests").rglob("test_*.py"):
        defined |= set(re.findall(r"^def (test_[a-z0-9_]+)\(", file.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(named) > 50
    assert named - defined == set()
