"""Printing: results apart from talk, errors in one line with a hint, nothing from outside taken as markup."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from comity.base.errors import Malformed, Mistake, NotPermitted
from comity.cli import output

Capture = pytest.CaptureFixture[str]


def test_results_and_talk_go_their_own_ways(capsys: Capture) -> None:
    output.result("a result")
    output.say("talk")
    output.say_lines("Usage: comity [OPTIONS]\n  second")
    came = capsys.readouterr()
    assert came.out == "a result\n"
    assert came.err == "talk\nUsage: comity [OPTIONS]\n  second\n"


def test_an_error_is_one_line_with_its_code_and_then_a_hint(capsys: Capture) -> None:
    output.error(NotPermitted("this may not be", hint="ask bo", where="case 4f2a"))
    came = capsys.readouterr()
    assert came.out == ""
    assert came.err == "error: case 4f2a: this may not be [not-permitted]\nhint:  ask bo\n"


def test_further_mistakes_follow_with_their_lines_and_not_without_end(capsys: Capture) -> None:
    mistakes = [Mistake(f"field{n}", "wrong", n) for n in range(1, 100)]
    output.error(Malformed("field1: wrong (and 98 more)", where="file, line 1", hint="mend", mistakes=mistakes))
    lines = capsys.readouterr().err.splitlines()
    assert lines[1] == "       line 2: field2: wrong"
    assert len(lines) == 1 + 19 + 1


def test_an_error_as_json_is_one_object_on_standard_output(capsys: Capture) -> None:
    output.error(Malformed("two", where="f", hint="h", mistakes=[Mistake("a.b", "wrong", 3)]), as_json=True)
    came = capsys.readouterr()
    assert came.err == ""
    assert json.loads(came.out) == {
        "ok": False,
        "code": "malformed",
        "error": "two",
        "where": "f",
        "hint": "h",
        "mistakes": [{"field": "a.b", "line": 3, "what": "wrong"}],
    }
    assert came.out.count("\n") == 1


def test_a_table_in_a_pipe_is_aligned_with_a_row_a_line_however_long(capsys: Capture) -> None:
    output.table(
        ("State", "Name"),
        [("XA", "a" * 300), ("日本", "[bold]x[/] :smile:"), ("[b]", "c\\"), ("", "")],
        title="On 2026-11-22",
    )
    assert capsys.readouterr().out.splitlines() == [
        "On 2026-11-22",
        "State  Name",
        "XA     " + "a" * 300,
        "日本   [bold]x[/] :smile:",
        "[b]    c\\",
        "",
    ]


def test_a_table_without_rows_shows_its_headings(capsys: Capture) -> None:
    output.table(("State", "Name"), [])
    assert capsys.readouterr().out == "State  Name\n"


def test_facts_are_aligned_and_end_where_their_text_ends(capsys: Capture) -> None:
    output.facts({"a": "1", "longer": "", "b": "[red]2[/]"})
    assert capsys.readouterr().out == "a       1\nlonger\nb       [red]2[/]\n"
    output.facts({})
    assert capsys.readouterr().out == ""


_ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(text=_ANY)
def test_text_from_outside_is_printed_as_it_is_but_for_what_cannot_be_seen(text: str) -> None:
    shown = Text.from_markup(output.clean(text), emoji=False).plain
    # A backslash at the very end may come out twice: what follows it in a line of ours could be markup.
    assert shown.rstrip("\\") == "".join(c if c.isprintable() else "�" for c in text).rstrip("\\")
