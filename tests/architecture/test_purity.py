"""The pure part calls nothing that reads, writes, asks the time or draws chance.

.importlinter keeps whole modules out of it. What import contracts cannot see is looked for here, in the syntax tree:
built-in functions, the clock inside `datetime`, files through `pathlib` or `importlib`, keys drawn by a library.
"""

import ast
import configparser
from collections.abc import Iterator
from pathlib import Path

import pytest

BUILTINS = {"open", "print", "input", "exec", "eval", "compile", "breakpoint", "__import__"}
CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
CHANCE = {"generate", "generate_key", "uuid1", "uuid4"}
FILES = {"read_text", "read_bytes", "write_text", "write_bytes"}
IMPORTS = {"importlib", "pkgutil"}
PATHS = {"PurePath", "PurePosixPath"}

READS_THE_LAW = "comity/treaty/data.py"
"""The one file of the pure part that reads: the law's figures, out of the package itself."""


def impurities(source: str, *, may_read: bool = False) -> Iterator[str]:
    """Each impure thing in the source, as 'line: what'."""
    for node in ast.walk(ast.parse(source)):
        found = ""
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in BUILTINS:
                found = f"{name}()"
            case ast.Attribute() if ast.unparse(node).endswith(tuple(CLOCK)):
                found = ast.unparse(node)
            case ast.Attribute(attr=name) if name in CHANCE or (name in FILES and not may_read):
                found = f".{name}"
            case ast.Import(names=names):
                found = " ".join(a.name for a in names if a.name == "pathlib" or _is_import_machinery(a.name, may_read))
            case ast.ImportFrom(module="pathlib", names=names):
                found = " ".join(a.name for a in names if a.name not in PATHS)
            case ast.ImportFrom(module="io" | "uuid" as module, names=names):
                found = " ".join(f"{module}.{a.name}" for a in names if a.name in {"open", "FileIO"} | CHANCE)
            case ast.ImportFrom(module=str(module)) if _is_import_machinery(module, may_read):
                found = module
        if found:
            yield f"{getattr(node, 'lineno', 0)}: {found}"


def _is_import_machinery(module: str, may_read: bool) -> bool:
    return module.partition(".")[0] in IMPORTS and not may_read


def pure_files(root: Path) -> list[Path]:
    """The files of the packages that .importlinter holds to be pure."""
    contracts = configparser.ConfigParser()
    contracts.read(root / ".importlinter")
    packages = contracts["importlinter:contract:pure"]["source_modules"].split()
    return [file for package in packages for file in sorted((root / package.replace(".", "/")).rglob("*.py"))]


def test_no_file_of_the_pure_part_is_impure(root: Path) -> None:
    files = pure_files(root)
    assert files
    found = []
    for file in files:
        name = file.relative_to(root).as_posix()
        source = file.read_text(encoding="utf-8")
        found += [f"{name}:{what}" for what in impurities(source, may_read=name == READS_THE_LAW)]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "print('x')",
        "eval('1')",
        "at = datetime.now(UTC)",
        "at = datetime.datetime.now()",
        "clock = datetime.utcnow",
        "day = datetime.date.today()",
        "key = Ed25519PrivateKey.generate()",
        "name = uuid.uuid4()",
        "from uuid import uuid4",
        "from pathlib import Path",
        "import pathlib",
        "from io import open",
        "text = place.read_text()",
        "import importlib.resources",
        "from importlib import resources",
        "from importlib.resources import files",
    ],
)
def test_an_impure_line_is_found(source: str) -> None:
    assert len(list(impurities(f"value = 1\n{source}\n"))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import UTC, datetime\nat = datetime.fromtimestamp(0, UTC)",
        "from pathlib import PurePosixPath",
        "import io\nstream = io.BytesIO()",
        "from uuid import UUID",
    ],
)
def test_a_pure_line_is_left_alone(source: str) -> None:
    assert list(impurities(source)) == []


def test_the_file_that_reads_the_law_may_read_and_no_more() -> None:
    assert list(impurities("from importlib.resources import files\nfiles('x').read_text()", may_read=True)) == []
    assert list(impurities("open('x')", may_read=True)) == ["1: open()"]
