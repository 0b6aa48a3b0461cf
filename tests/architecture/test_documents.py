"""The documents point at what is there: links, tests, change fragments, dependencies."""

import re
import tomllib
from pathlib import Path

import pytest

KINDS = {"law", "format", "security", "feature", "fix"}
FRAGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.(" + "|".join(sorted(KINDS)) + r")\.md")
LINK = re.compile(r"\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
NOT_OURS = {".venv", ".tools", ".git", "node_modules", ".pytest_cache", ".hypothesis"}


def documents(root: Path) -> list[Path]:
    found = sorted(root.rglob("*.md"))
    return [file for file in found if not NOT_OURS.intersection(file.relative_to(root).parts)]


def prose(text: str) -> str:
    """A document without its fenced blocks, where a bracket is no link."""
    return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


def broken_links(file: Path) -> list[str]:
    """The relative links of a document that lead to no file."""
    targets = LINK.findall(prose(file.read_text(encoding="utf-8")))
    local = [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:", target)]
    return [target for target in local if target and not (file.parent / target).exists()]


def test_every_relative_link_leads_to_a_file(root: Path) -> None:
    assert {str(file.relative_to(root)): broken for file in documents(root) if (broken := broken_links(file))} == {}


def test_a_link_to_nothing_is_found(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(
        "[a](page.md) [b](gone.md#part)\n```\n[c](code.md)\n```\n[d](https://example.org/x)", encoding="utf-8"
    )
    assert broken_links(file) == ["gone.md"]


def test_every_test_that_a_document_names_exists(root: Path) -> None:
    missing = []
    for file in documents(root):
        for name, test in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", file.read_text(encoding="utf-8")):
            code = (root / name).read_text(encoding="utf-8") if (root / name).is_file() else ""
            if not code or (test and f"def {test}(" not in code):
                missing.append(f"{file.name}: {name} {test}".strip())
    assert missing == []


def test_every_threat_names_its_test_or_says_there_is_none(root: Path) -> None:
    lines = (root / "docs" / "threat-model.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| T")]
    assert rows
    assert [row for row in rows if "`tests/" not in row and "no test yet" not in row] == []


def test_every_fragment_is_named_for_its_kind(root: Path) -> None:
    names = [file.name for file in (root / "changes").iterdir() if file.name != "README.md"]
    assert [name for name in names if not FRAGMENT.fullmatch(name)] == []


@pytest.mark.parametrize("name", ["frame.md", "frame.idea.md", "The-Frame.feature.md", "a_b.fix.md", ".fix.md"])
def test_a_fragment_named_otherwise_is_found(name: str) -> None:
    assert FRAGMENT.fullmatch(name) is None


def test_every_dependency_has_its_line_and_no_other_has(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"]]
    for group in project["dependency-groups"].values():
        wanted += group
    names = {re.split(r"[^A-Za-z0-9._-]", wish)[0] for wish in wanted}
    page = (root / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([\w.-]+)`", page, re.MULTILINE)) == names


def test_every_decision_is_in_the_list(root: Path) -> None:
    folder = root / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(file.name for file in folder.glob("[0-9]*.md"))
