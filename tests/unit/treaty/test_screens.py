"""The screens as data: every requirement of the critics is answered by a rule or left out with a reason."""

import ast
from pathlib import Path

import pytest

from comity.base.errors import NotFound
from comity.treaty import screens
from comity.treaty.citation import catalogue
from comity.treaty.screens import all_screens, code, fold

ABOUT_REQUESTS = (
    *(f"OV-{number:02}" for number in range(1, 11)),
    *(f"OV-{number}" for number in range(18, 26)),
    *(f"OV-{number}" for number in range(35, 38)),
    "OV-45",
)
"""Scope and abuse (1-10), authorisation (18-25), research and children (35-37), urgency (45)."""


def rules_in_code(root: Path) -> set[str]:
    """Every text written in the rules that looks like the id of a rule."""
    files = sorted((root / "comity" / "treaty" / "rules").rglob("*.py"))
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return {node.value for tree in trees for node in ast.walk(tree) if _is_text(node)}  # type: ignore[attr-defined]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("ov", ABOUT_REQUESTS)
def test_every_requirement_about_a_request_is_answered_or_left_out_with_a_reason(ov: str) -> None:
    screened = [one.rule for one in all_screens().screen if ov in one.ov]
    carried = [rule for one in all_screens().carried if one.ov == ov for rule in one.rules]
    excluded = [one.reason for one in all_screens().excluded if one.ov == ov]
    assert screened or carried or excluded
    assert all(len(reason.split()) > 5 for reason in excluded)
    assert not (excluded and (screened or carried))


def test_every_rule_named_is_one_that_the_code_has(root: Path) -> None:
    known = rules_in_code(root)
    assert {one.rule for one in all_screens().screen} <= known
    assert {rule for one in all_screens().carried for rule in one.rules} <= known


def test_every_screen_in_code_stands_in_the_data(root: Path) -> None:
    emitted = {text for text in rules_in_code(root) if text.startswith("screens.") and text.count(".") == 1}
    assert {text for text in emitted if " " not in text} == {one.rule for one in all_screens().screen}


def test_every_screen_cites_the_catalogue_and_says_what_to_do() -> None:
    for one in all_screens().screen:
        assert set(one.articles) <= set(catalogue())
        assert one.ov
        assert one.asks.endswith("?")
        assert one.todo.endswith(".")
    rules = [one.rule for one in all_screens().screen]
    assert len(rules) == len(set(rules))


def test_no_word_is_so_short_that_it_stands_in_everything() -> None:
    for one in all_screens().wordlist:
        spaced = [word for word in one.words if fold(word)[0] < "\u0530"]
        assert all(len(word) >= 3 for word in spaced), one.name
        assert all(word.strip() == word and len(word) >= 2 for word in one.words)
        if not one.language:
            assert all(code(word) == word for word in one.words)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Lèse-majesté", "lese-majeste"),
        ("  two\n\tlines ", "two lines"),
        ("d\u2019intrusion", "d'intrusion"),
        ("إهانة", "اهانة"),
        ("ÉTAT", "etat"),
        ("YANILTICI BİLGİ", "yaniltici bilgi"),
        ("yanıltıcı bilgi", "yaniltici bilgi"),
    ],
)
def test_case_marks_and_space_do_not_matter(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("ask", [screens.screen, screens.limit, screens.listed_words])
def test_what_the_file_lacks_is_not_found(ask: object) -> None:
    with pytest.raises(NotFound):
        ask("nothing-of-this-name")  # type: ignore[operator]
