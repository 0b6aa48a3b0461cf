"""What can be done in a case, said with a command that is there; and clocks as the inbox has them."""

import shlex
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

from comity.base.errors import NeedsPerson
from comity.cases.case import Case
from comity.cases.deadlines import Basis, Due
from comity.cli import case_next
from comity.cli.case import why_so_long
from comity.cli.main import tree
from comity.docket.standing import Standing, standing_of
from comity.treaty.assess import Assessment
from comity.treaty.citation import Citation
from comity.treaty.findings import NeedsDecision
from comity.treaty.terms import Role
from comity.web.actions.registry import ACTIONS
from comity.workflows.assess_request import require_clear
from comity.workflows.office import Office
from comity.workflows.order_provider import Term
from tests.simulators.story import at, case_at, draft
from tests.simulators.world import preservation, production
from tests.unit.cli.typed import run, said, with_draft

TREE: Any = typer.main.get_command(tree())
TODAY = date(2026, 11, 22)


def standing(office: Office, case: Case) -> Standing:
    return standing_of(office, case, office.clock.now().day)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_step_has_a_command_that_is_there(action: str) -> None:
    words = shlex.split(case_next.command(action, "0f3a"))
    assert words[0] == "comity" and "0f3a" in words
    found, rest = TREE, words[1:]
    while hasattr(found, "commands"):
        found, rest = found.commands[rest[0]], rest[1:]
    options = {name for one in found.params for name in one.opts}
    assert {one for one in rest if one.startswith("--")} <= options
    arguments = [one for one in found.params if one.param_type_name == "argument"]
    given = [one for number, one in enumerate(rest) if one[0] != "-" and not rest[number - 1].startswith("--")]
    assert len(given) == len(arguments)


def test_a_draft_says_who_approves_it_and_with_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    node = with_draft(tmp_path)
    (row,) = run(["case", "list", *node], capsys)["cases"]
    shown = said(["case", "show", row["case"], *node], capsys)
    end = row["case"][-8:]
    assert f"next    Approve and send (case lawyer, duty officer, reviewer): comity case approve {end}" in shown
    assert f"may     Withdraw the request (case lawyer, duty officer): comity case withdraw {end}" in shown
    assert "\nnext  " in shown and "notice_given" not in shown
    told = run(["case", "show", end, *node], capsys)
    assert {"action": "approve", "waits": True, "command": f"comity case approve {row['case']}"} in told["steps"]
    assert row["waits_for"] == ["approve"]


def test_cases_are_listed_by_their_clocks_and_not_by_their_age() -> None:
    world = at("new")
    calm, urgent = draft(world, production()), draft(world, preservation())
    assert calm.id < urgent.id
    found = sorted((standing(world.xa.office, one) for one in (calm, urgent)), key=lambda one: one.order)
    assert [one.case.id for one in found] == [urgent.id, calm.id]
    assert case_next.clock(found[0], TODAY).startswith("urgent; ")


def test_a_clock_says_how_long_is_left_and_on_what_it_rests() -> None:
    world = at("preserved")
    found = standing(world.xa.office, case_at(world, "xa", "preservation"))
    assert found.due is not None
    told = case_next.clock(found, found.due.on - timedelta(days=2))
    basis = f"{found.due.basis}, art. {found.due.citation}"
    assert told.endswith(f"2 days left: {found.due.on}  {found.due.what} ({basis})")
    day = Due(TODAY, "preservation ends", Basis.ORDER, "25(2)")
    assert case_next.due(day) == "2026-11-22  preservation ends (the order, art. 25(2))"


@pytest.mark.parametrize(
    ("days", "told"), [(-2, "2 days late"), (-1, "1 day late"), (0, "today"), (1, "1 day left"), (2, "2 days left")]
)
def test_how_far_a_day_is(days: int, told: str) -> None:
    assert case_next.left(TODAY + timedelta(days=days), TODAY) == told


def test_the_day_that_is_wished_for_is_no_deadline() -> None:
    world = at("asked")
    theirs = case_at(world, "xb", "preservation")
    found = standing(world.xb.office, theirs)
    assert (found.wished is not None) == (theirs.request is not None and theirs.request.deadline is not None)
    assert "binds nobody" in case_next.wished(TODAY)


def test_who_decides_is_said_in_the_words_of_roles() -> None:
    world = at("production asked")
    theirs = case_at(world, "xb", "stored_data")
    citation = Citation.of("40(8)")
    asked = NeedsDecision("dual_criminality", citation, "Dual", "Which?", "Decide.", Role.REQUESTED_AUTHORITY)
    with pytest.raises(NeedsPerson) as refused:
        require_clear(Assessment((asked,)), theirs)
    assert refused.value.hint.startswith("a case lawyer or reviewer decides, with reasons")
    found = replace(standing(world.xb.office, theirs), found=Assessment((asked,)))
    (line,) = [one for one in case_next.steps(found) if "--rule" in one]
    assert line.startswith("next    Decide what the rules leave to a person (case lawyer or reviewer): ")


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (Term(75, 75, ""), "as the request asks"),
        (Term(90, 180, "25(2)"), "at most so many by art. 25(2); the request asks for 180"),
        (Term(60, 30, "42(8)"), "at least so many by art. 42(8); the request asks for 30"),
        (Term(60, None, "42(8)"), "at least so many by art. 42(8); the request names none"),
    ],
)
def test_an_order_without_days_says_why_it_runs_so_long(found: Term, why: str) -> None:
    assert why_so_long(found) == why
