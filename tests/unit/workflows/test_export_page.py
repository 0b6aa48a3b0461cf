"""docs/formats/case-export.md says what the code does: members, fields, limits, types and the numbered checks."""

import re
from pathlib import Path

import msgspec
import pytest

from comity.exchange import receipt_alone
from comity.workflows import export_case, export_format, verify_export
from tests.simulators import story


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "formats" / "case-export.md").read_text(encoding="utf-8")


def names(struct: type[msgspec.Struct]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(struct)]


def test_every_field_is_on_the_page_in_its_order(page: str) -> None:
    assert f"`{' '.join(names(export_case.Summary))}`" in page
    example = page[page.index('{"v":1') : page.index(", …]}")]
    keys = re.findall(r'"(\w+)":', example)
    assert keys == [*names(export_format.Manifest), *names(export_format.Listed)]
    receipt = next(line for line in page.splitlines() if line.startswith('    {"jws"'))
    assert re.findall(r'"(\w+)":', receipt) == names(receipt_alone._Alone)


def test_every_limit_and_type_is_on_the_page(page: str) -> None:
    assert f"{export_format.LIMIT // 2**20} MiB, {export_format.MOST_FILES:,} members" in page
    assert f"a manifest of {export_format.MANIFEST_LIMIT // 2**20} MiB" in page
    assert f"At most {receipt_alone.LIMIT // 1024} KiB" in page
    assert f"`{export_format.TYP}`" in page


def test_every_member_there_is_has_its_line_on_the_page(page: str) -> None:
    rows = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    patterns = [
        re.sub(r"<[^>]*>", "[^/]+", re.escape(row).replace("\\<", "<").replace("\\>", ">").replace("\\ ", " "))
        for row in rows
    ]
    world = story.at("examined")
    case = story.case_at(world, "xb", "stored_data").id
    members = set(export_format.read(export_case.export(world.xb.office, "rita", case).data))
    world.publish()
    members |= set(export_format.read(export_case.export(world.xb.office, "rita", case).data))
    assert [one for one in members if not any(re.fullmatch(pattern, one) for pattern in patterns)] == []
    assert all(any(re.fullmatch(pattern, one) for one in members) for pattern in patterns)


def test_the_checks_are_numbered_as_in_the_code(page: str) -> None:
    rows = re.findall(r"^\| (\d) \|", page, re.M)
    in_code = re.findall(r"^ (\d) ", verify_export.__doc__ or "", re.M)
    assert rows == in_code == [str(number) for number in range(1, 9)]
