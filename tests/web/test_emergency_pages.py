"""The call-back as people see it: the directory's number, the questions, the second check, and notices."""

from pathlib import Path

from comity.workflows import draft_request
from tests.simulators.emergencies import NUMBER, ask_at_once, at_xb, called, drafted, ready_world
from tests.simulators.world import XA, XB, SmallWorld
from tests.web.browsing import URL, Browser
from tests.web.desks import pages_of


def browser_of(world: SmallWorld, node: str, person: str, folder: Path) -> Browser:
    browser = Browser(pages_of(world, folder, URL)[{"xa": XA, "xb": XB}[node]])
    browser.sign_in(person)
    return browser


def test_the_number_is_the_directory_s_and_stands_with_the_questions(tmp_path: Path) -> None:
    world = ready_world()
    _, theirs = ask_at_once(world)
    page = browser_of(world, "xb", "dan", tmp_path).get(f"/cases/{theirs.id}/call_back")
    assert page.status == 200
    (number,) = page.root.all("p", **{"class": "call__number"})
    assert number.text.strip() == NUMBER
    assert "anna" in page.text and "rose" in page.text  # both approvers, to compare with what is said
    assert theirs.their_case in page.text


def test_a_call_is_recorded_and_checked_by_somebody_else_on_the_pages(tmp_path: Path) -> None:
    world = ready_world()
    _, theirs = ask_at_once(world)
    caller = browser_of(world, "xb", "dan", tmp_path)
    caller.get(f"/cases/{theirs.id}/call_back")
    done = caller.submit(
        f"/cases/{theirs.id}/call_back", result="confirmed", reached="the duty desk", text="they named the child's case"
    )
    assert done.status == 200
    assert world.xb.case(theirs.id).emergency.call.by == "dan"  # type: ignore[union-attr]
    second = browser_of(world, "xb", "olga", tmp_path / "second")
    second.get(f"/cases/{theirs.id}/check_call")
    checked = second.submit(f"/cases/{theirs.id}/check_call", call_holds="yes", reasons="the desk's number")
    assert checked.status == 200
    assert world.xb.case(theirs.id).emergency.is_confirmed  # type: ignore[union-attr]


def test_a_call_without_a_result_or_a_name_comes_back_with_what_was_typed(tmp_path: Path) -> None:
    world = ready_world()
    _, theirs = ask_at_once(world)
    browser = browser_of(world, "xb", "dan", tmp_path)
    browser.get(f"/cases/{theirs.id}/call_back")
    page = browser.submit(f"/cases/{theirs.id}/call_back", text="nobody knew of it")
    assert page.status == 422 and "nobody knew of it" in page.text
    page = browser.submit(f"/cases/{theirs.id}/call_back", result="denied", text="nobody knew of it")
    assert page.status == 422
    assert world.xb.case(theirs.id).emergency.call is None  # type: ignore[union-attr]


def test_who_called_is_not_offered_the_check_and_nobody_is_offered_the_grant(tmp_path: Path) -> None:
    world = ready_world()
    _, theirs = ask_at_once(world)
    called(world, theirs, by="olga")
    browser = browser_of(world, "xb", "olga", tmp_path)
    assert f"/cases/{theirs.id}/check_call#act" not in browser.get(f"/cases/{theirs.id}").text
    assert browser.get(f"/cases/{theirs.id}/check_call").status == 403
    reviewer = browser_of(world, "xb", "rita", tmp_path / "reviewer")
    text = reviewer.get(f"/cases/{theirs.id}").text
    assert f"/cases/{theirs.id}/check_call#act" in text and f"/cases/{theirs.id}/grant#act" not in text
    assert "Nothing may be disclosed" in text


def test_the_first_approver_is_not_offered_the_second_approval(tmp_path: Path) -> None:
    world = ready_world()
    ours = drafted(world)
    draft_request.approve(world.xa.office, "anna", ours.id)
    browser = browser_of(world, "xa", "anna", tmp_path)
    assert f"/cases/{ours.id}/approve#act" not in browser.get(f"/cases/{ours.id}").text
    other = browser_of(world, "xa", "rose", tmp_path / "r")
    assert f"/cases/{ours.id}/approve#act" in other.get(f"/cases/{ours.id}").text


def test_the_list_shows_what_came_and_says_that_its_figures_are_policy(tmp_path: Path) -> None:
    world = ready_world()
    ours, _ = ask_at_once(world)
    browser = browser_of(world, "xb", "dan", tmp_path)
    page = browser.get("/emergencies")
    assert page.status == 200 and at_xb(world, ours).id in page.text
    assert "Policy of this program, not the treaty" in page.text
    data = browser.get("/emergencies.json")
    assert data.status == 200 and '"budget_a_day":5' in data.text
