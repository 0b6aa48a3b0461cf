"""Paths: what may be a file's name in a package."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import Malformed
from comity.evidence.paths import check_path, check_tree


@pytest.mark.parametrize(
    "path",
    ["a", "a/b.txt", "mail box/2026-11-22T03:00.eml", "%41", "~", ".hidden", "été", "письмо/信", "a" * 255, "-rf"],
)
def test_plain_relative_paths_are_taken(path: str) -> None:
    assert check_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "..",
        "a/../b",
        "a/./b",
        "a//b",
        "a/",
        "C:/x",
        "c:x",
        "a/C:",
        "a\\b",
        "\\\\server\\share",
        "a\0b",
        "a\nb",
        "a\rb",
        "a\x1b[2J",
        "a\x85b",
        "a\x7f",
        "\udcff",
        "a" * 256,
        "é" * 128,
        "/".join(["a" * 200] * 21),
    ],
)
def test_hostile_paths_are_refused_and_not_repeated(path: str) -> None:
    with pytest.raises(Malformed) as caught:
        check_path(path)
    assert len(path) < 3 or path not in caught.value.explain() + caught.value.hint


@given(st.text())
def test_a_path_that_is_taken_stays_below_its_folder(path: str) -> None:
    try:
        check_path(path)
    except Malformed:
        return
    assert not path.startswith("/")
    assert ".." not in path.split("/")


def test_a_tree_lists_every_folder_before_what_is_in_it() -> None:
    check_tree([("a", "dir"), ("a/b", "dir"), ("a/b/c", "file"), ("a0", "file")])
    with pytest.raises(Malformed, match="not listed"):
        check_tree([("a/b", "file")])
    with pytest.raises(Malformed, match="not listed"):
        check_tree([("a", "file"), ("a/b", "file")])


def test_a_tree_has_one_order_and_nothing_twice() -> None:
    with pytest.raises(Malformed, match="in order"):
        check_tree([("b", "file"), ("a", "file")])
    with pytest.raises(Malformed, match="in order"):
        check_tree([("a", "file"), ("a", "file")])


@pytest.mark.parametrize(
    ("one", "other"), [("A", "a"), ("STRASSE", "straße"), ("e\u0301", "é"), ("E\u0301", "é"), ("İ", "i\u0307")]
)
def test_names_that_some_system_takes_for_one_are_refused(one: str, other: str) -> None:
    with pytest.raises(Malformed, match="differ only"):
        check_tree([(path, "file") for path in sorted([one, other])])


def test_a_hostile_path_in_a_tree_is_named_by_its_number() -> None:
    with pytest.raises(Malformed) as caught:
        check_tree([("a", "file"), ("b/../c", "file")])
    assert caught.value.where == "item 2"
