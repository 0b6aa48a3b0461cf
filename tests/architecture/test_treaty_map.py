"""Nothing of the Convention is skipped in silence: the map is as drawn, code and catalogue agree, all is accounted for.

That every rule has a scenario is tested beside the scenarios.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.treaty.citation import catalogue
from comity.treaty.coverage import Operative, coverage, rows
from comity.treaty.measures import all_measures
from comity.treaty.rule_catalogue import Rule, all_rules, rules_of
from scripts.draw_treaty_map import drawn, rules_in, scenarios_of

RULE_ID = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
FILES = (".toml", ".csv")

PARAGRAPHS = {
    "2": "R2.a R2.b R2.c R2.d R2.e R2.f R2.g R2.h R2.i-n R2.o",
    "3": "R3",
    "4": "R4.1 R4.2",
    "5": "R5.1 R5.2",
    "6": "R6.1 R6.2",
    "7-17, 19": "R7 R8 R9 R10 R11.1 R11.2 R11.3 R12 R13 R14.1 R14.2-3 R14.4 R15 R16 R17 R19",
    "23": "R23.1 R23.2 R23.3",
    "24": "R24.1 R24.2 R24.3 R24.4 R24.5",
    "25-26": "R25.1 R25.2 R25.3 R26",
    "27-28": "R27.a R27.b R28.1-2 R28.3 R28.4",
    "29-31": "R29.1 R29.3 R30 R31",
    "35": "R35.1.a R35.1.b R35.1.c R35.2 R35.3",
    "36": "R36.1.a R36.1.b R36.1.c R36.2 R36.3",
    "40": " ".join(f"R40.{n}" for n in [*range(1, 9), "9-11", *range(12, 33)]),
    "41": " ".join(f"R41.{n}" for n in range(1, 7)),
    "42": " ".join(f"R42.{n}" for n in range(1, 10)),
    "43-44": "R43.1 R43.2 R44",
    "45-46": "R45.1-2 R45.3 R46",
    "47-50": "R47 R49 R50",
}
"""The operative rules, article by article, written here a second time so that none is lost from the list."""


def ids_in(source: str) -> Iterator[str]:
    """The rule ids written in Python source, as literals of their own."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            if text == "dual_criminality" or (RULE_ID.fullmatch(text) and not text.endswith(FILES)):
                yield text


def ids_of(folder: Path) -> set[str]:
    return {name for file in sorted(folder.rglob("*.py")) for name in ids_in(file.read_text(encoding="utf-8"))}


def test_the_page_is_what_the_script_draws(root: Path) -> None:
    for path, text in drawn(root).items():
        assert (root / path).read_text(encoding="utf-8") == text, "run: python -m scripts.draw_treaty_map"


def test_code_and_catalogue_name_the_same_rules(root: Path) -> None:
    law = root / "comity" / "treaty"
    written = ids_of(law / "rules") | set(ids_in((law / "book.py").read_text(encoding="utf-8")))
    assert written == set(all_rules())


def test_the_rules_of_another_instrument_stand_in_its_own_catalogue(root: Path) -> None:
    assert ids_of(root / "comity" / "treaty" / "budapest") == set(rules_of("budapest"))


def test_the_search_for_ids_finds_one_and_leaves_text_and_files_alone() -> None:
    source = 'rule("scope.offence", "see scope.offence", "rules.toml", f"{x}.y", name="dual_criminality")'
    assert list(ids_in(source)) == ["scope.offence", "dual_criminality"]


@pytest.mark.parametrize(("name", "rule"), [*all_rules().items(), *rules_of("budapest").items()])
def test_every_rule_has_a_title_and_a_citation(name: str, rule: Rule) -> None:
    assert rule.title.strip(), name
    assert rule.cited.provisions, name


def test_every_operative_rule_is_in_the_list() -> None:
    assert [one.id for one in coverage().operative] == " ".join(PARAGRAPHS.values()).split()


@pytest.mark.parametrize("one", coverage().operative, ids=lambda one: one.id)
def test_every_operative_rule_is_carried_or_excluded_with_a_reason(one: Operative) -> None:
    assert bool(one.excluded.strip()) != bool(one.rules or one.rows)
    assert one.excluded or one.rules, "a row alone is not enough: name the rule that reads it"
    assert one.about.endswith(".")
    assert one.article in catalogue()


def test_every_rule_carries_an_operative_rule_and_every_row_exists() -> None:
    assert coverage().mistakes() == ()
    assert {row for one in coverage().operative for row in one.rows} <= rows()


def test_every_measure_is_carried_or_sent_where_it_belongs() -> None:
    kinds = all_measures()
    assert len(kinds) == coverage().counts["measures"] == 28
    for kind in kinds:
        assert kind.is_carried != bool(kind.elsewhere and kind.instead), kind.name


def test_every_measure_that_is_carried_is_named_in_the_coverage() -> None:
    named = {row.partition("#")[2] for one in coverage().operative for row in one.rows if row.startswith("measures")}
    assert {kind.name for kind in all_measures() if kind.is_carried} - named == {"spontaneous_information"}


def test_a_scenario_is_found_by_the_rules_it_expects(tmp_path: Path) -> None:
    text = 'title = "x"\n[expect]\noutcome = "not_met"\nstop = ["scope.offence"]\nmet = ["basis.exercise"]\n'
    (tmp_path / "three-years.toml").write_text(text, encoding="utf-8")
    assert scenarios_of(tmp_path) == {"scope.offence": ("three-years.toml",), "basis.exercise": ("three-years.toml",)}
    assert list(rules_in({"expect": "nothing"})) == []
