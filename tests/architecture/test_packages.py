"""Each package says what it is for, and the picture of the house shows it."""

import ast
from pathlib import Path


def test_every_package_says_more_than_a_line_about_itself(root: Path) -> None:
    bare = []
    for file in sorted((root / "comity").rglob("__init__.py")):
        words = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        if len(words.splitlines()) < 2:
            bare.append(file.relative_to(root).as_posix())
    assert bare == []


def test_no_package_exports_from_its_init(root: Path) -> None:
    full = []
    for file in sorted((root / "comity").rglob("__init__.py")):
        if len(ast.parse(file.read_text(encoding="utf-8")).body) > 1:
            full.append(file.relative_to(root).as_posix())
    assert full == []


def test_every_folder_of_the_program_is_a_package(root: Path) -> None:
    folders = {file.parent for file in (root / "comity").rglob("*.py")}
    assert [folder.relative_to(root).as_posix() for folder in folders if not (folder / "__init__.py").is_file()] == []


def test_the_picture_of_the_house_names_every_room(root: Path) -> None:
    picture = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [file.parent.name for file in (root / "comity").glob("*/__init__.py")]
    assert rooms
    assert [room for room in rooms if f"`comity/{room}/`" not in picture] == []
