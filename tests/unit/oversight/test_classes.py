"""The catalogue of what is counted, and the page that describes it."""

import re
from pathlib import Path

from comity.base.mode import Mode
from comity.crypto import pedersen
from comity.oversight import classes as c
from comity.oversight.cells import Opened, add_up, blinding, categories_of
from comity.transparency.entry import StatRow


def page(root: Path) -> str:
    return (root / "docs" / "formats" / "statistics.md").read_text(encoding="utf-8")


def test_every_class_is_one_word_that_a_row_can_hold() -> None:
    for one in c.dimensions():
        assert one.field in StatRow.__struct_fields__
        assert len(set(one.classes)) == len(one.classes)
        for word in one.classes:
            StatRow(Mode.LIVE, word, word, word, word, word)


def test_the_format_page_names_every_dimension_and_class(root: Path) -> None:
    text = page(root)
    assert str(len(c.categories())) + " in this version" in text
    for one in c.dimensions():
        line = re.search(rf"^- `{one.name}`: (.*(?:\n  .*)*)", text, re.M)
        assert line is not None
        if one.name not in ("measure", "offence"):
            assert re.findall(r"`([^`]+)`", line[1]) == list(one.classes)


def test_the_worked_example_of_the_format_page_comes_out(root: Path) -> None:
    text = page(root)
    assert pedersen.H.hex() in text
    assert pedersen.H_TEXT.decode() in text
    salt, month, asks, asked = bytes(range(32)), "2026-11", "XA/central-authority", "XB/central-authority"
    cells = []
    for count, category in ((7, "measure.expedited_preservation"), (0, "measure.subscriber_information")):
        cells.append(Opened(count, blinding(salt, month, asks, asked, category)))
        assert f"| `{category}` | {count} | `{cells[-1].blinding.hex()}` | `{cells[-1].cell.hex()}` |" in text
    total = add_up(cells)
    assert f"| their sum | 7 | `{total.blinding.hex()}` | `{total.cell.hex()}` |" in text
    assert pedersen.add(one.cell for one in cells) == total.cell


def test_a_cell_is_its_pair_s_month_s_and_category_s_own() -> None:
    salt = bytes(32)
    places = [
        (salt, "2026-11", "XA/a", "XB/b", "x"),
        (salt, "2026-12", "XA/a", "XB/b", "x"),
        (salt, "2026-11", "XB/b", "XA/a", "x"),
        (salt, "2026-11", "XA/a", "XB/b", "y"),
        (b"\1" + bytes(31), "2026-11", "XA/a", "XB/b", "x"),
    ]
    assert len({blinding(*one) for one in places}) == len(places)


def test_a_word_of_a_later_version_counts_as_other() -> None:
    row = StatRow(
        Mode.LIVE,
        "sent",
        "x",
        "requested",
        "none",
        "state",
        measure="telepathy",
        offence="art-99",
        basis="x",
        secrecy="no-secrecy",
    )
    assert categories_of(row)[:3] == ("measure.other", "offence.other", "basis.other")
