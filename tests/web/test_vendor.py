"""The front-end files kept here are those that vendor.lock names, every one with its licence."""

import re
from pathlib import Path

from scripts import vendor


def test_every_kept_file_is_the_one_the_lock_names(root: Path) -> None:
    assert vendor.differing() == []
    named = {line.split("  ")[3] for line in vendor.LOCK.read_text().splitlines() if not line.startswith("#")}
    kept = {
        path.relative_to(root).as_posix()
        for folder in (vendor.STATIC, vendor.TESTS)
        for path in folder.iterdir()
        if path.is_file()
    }
    assert kept == named
    assert {name for name in named if name.endswith("LICENSE.txt")} and len(named) == len(vendor.MADE)


def test_no_kept_file_brings_a_typeface_or_another_sites_address() -> None:
    css = (vendor.STATIC / "frontend.css").read_text()
    assert "GDS Transport" not in css and "@font-face" not in css and "url(" not in css


def test_our_own_style_mirrors_by_itself(root: Path) -> None:
    """Only logical properties: nothing names left or right."""
    css = (root / "comity" / "web" / "static" / "comity.css").read_text()
    edges = r"(?:margin|padding|border)-(?:left|right)|(?<![-\w])(?:left|right|float)\s*:|text-align:\s*(?:left|right)"
    physical = re.findall(edges, css)
    assert physical == []
