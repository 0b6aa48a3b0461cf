"""No code is shown to a person where there is a word for it; what nobody here named stands as it was written."""

import json
import re
from pathlib import Path

import pytest

import comity
from comity.cases import events
from comity.exchange.directory import Use
from comity.oversight import published, release
from comity.transparency import log_keys, moves, pairs
from comity.treaty.grounds import all_grounds
from comity.treaty.rule_catalogue import all_rules
from comity.web import account_words, directory_words, words
from comity.workflows import dispatch, erase_case, keep_secrecy, people_record, retain, swap_proofs
from comity.workflows.record import load, record
from tests.simulators import story
from tests.simulators.story import case_at
from tests.simulators.world import PROVIDER, XA, XB
from tests.web.reading import at
from tests.web.structure import faults

WORKFLOWS = Path(comity.__file__).parent / "workflows"


def _third_arguments(function: str) -> set[str]:
    """What stands third in every call of a function among the workflows: a name, or a text in quotes."""
    call = re.compile(rf"(?<!def )\b{function}\(\s*\w+,\s*\w+(?:\(.*?\))?,\s*([\w.\"-]+)")
    return {found for path in WORKFLOWS.glob("*.py") for found in call.findall(path.read_text())}


def test_every_use_of_a_key_has_a_word() -> None:
    assert set(directory_words.USES) == {use.value for use in Use}


def test_every_change_of_people_that_is_recorded_has_a_word() -> None:
    said = {one.strip('"') for one in _third_arguments("record_change") if one.startswith('"')}
    assert {"invited", "configured", "unconfigured", "acknowledged", "passkey_added"} <= said
    assert said - set(account_words.CHANGES) == set()
    assert set(account_words.CHANGES) >= people_record._NO_CHANGE_OF_ROLES


def test_every_statement_that_a_log_makes_has_a_word() -> None:
    named = {
        "STATEMENT": {retain.STATEMENT, erase_case.STATEMENT, release.STATEMENT},
        "PEER_STATEMENT": {erase_case.PEER_STATEMENT},
        "ATTESTED": {published.ATTESTED},
        "LATE": {swap_proofs.LATE},
        "MISSING": {swap_proofs.MISSING},
        "CLOSE": {pairs.CLOSE},
        "RECOVERY": {moves.RECOVERY},
        "statements.ADD": {log_keys.ADD},
        "statements.RETIRE": {log_keys.RETIRE},
    }
    made = _third_arguments("state_publicly")
    kinds = {kind for one in made for kind in named.get(one, {one.strip('"')})}
    assert kinds == set(directory_words.STATEMENTS)


def test_every_ground_and_rule_has_a_word_however_a_case_spells_it() -> None:
    for one in all_grounds():
        assert words.GROUNDS[one.name] == words.GROUNDS[one.name.replace("_", " ")] == one.about
    assert all(words.GROUNDS[name] == rule.title for name, rule in all_rules().items())


def test_whoever_acts_without_a_name_is_said_in_words() -> None:
    assert {dispatch.AUTOMATIC.id, people_record.TERMINAL, "founder"} == set(words.NOBODY)


def test_a_case_says_its_grounds_and_who_acted_by_itself_in_words(tmp_path: Path) -> None:
    world = story.at("preserved")
    case = case_at(world, "xb", "preservation")
    page = at(world, XB, "olga", tmp_path).get(f"/cases/{case.id}/story")
    assert page.says("the node, by itself") and not page.says("automatic")
    assert faults(page) == []


def test_an_objection_is_read_in_words_at_the_authority(tmp_path: Path) -> None:
    world = story.at("production ordered")
    lee = at(world, PROVIDER, "lee", tmp_path)
    order = case_at(world, "provider", "stored_data")
    lee.get(f"/cases/{order.id}/object")
    lee.submit(f"/cases/{order.id}/object", ground="conflict of laws", reasons="Another law binds us.")
    world.settle()
    case = case_at(world, "xb", "stored_data")
    page = at(world, XB, "olga", tmp_path).get(f"/cases/{case.id}")
    assert page.says("Ground It conflicts with another law that binds us")


def test_the_directory_says_what_each_key_is_for(tmp_path: Path) -> None:
    page = at(story.at("asked"), XA, "anna", tmp_path).get("/directory")
    assert page.says("Signs documents authority") and page.says("What is sent is sealed to it encryption")


@pytest.mark.parametrize("person", ["otto", "rita"])
def test_who_may_not_read_the_draft_of_a_notice_is_not_led_to_it(tmp_path: Path, person: str) -> None:
    world = story.at("asked")
    case = case_at(world, "xb", "preservation")
    keep_secrecy.end(world.xb.office, "rita", case.id, reasons="Arrests were made.")
    address = f"/cases/{case.id}"

    def leads(name: str) -> bool:
        page = at(world, XB, name, tmp_path).get(address)
        return f"{address}/notice" in {one.attributes.get("href") for one in page.root.all("a")}

    assert leads("olga") and not leads(person)


def test_what_was_rejected_is_said_in_words_wherever_a_case_is_listed(tmp_path: Path) -> None:
    world = story.at("asked")
    case = case_at(world, "xb", "preservation")
    with world.xb.office.store.transaction() as tx:
        rejected = events.Receipted(
            at=world.xb.office.clock.now().seconds,
            by=XA,
            message="m",
            status="rejected",
            code="out-of-state:body.until",
        )
        record(world.xb.office, tx, load(tx, case.id), rejected)
    olga, otto = at(world, XB, "olga", tmp_path), at(world, XB, "otto", tmp_path)
    said = "Not possible in the case's present state."
    for page in (
        olga.get(f"/cases/{case.id}"),
        olga.get("/handover"),
        olga.get("/inbox?show=open"),
        otto.get("/oversight?part=trouble"),
    ):
        assert page.says(said) and not page.says("out-of-state:"), page.address
    for page in (olga.get("/handover"), otto.get("/oversight?part=trouble"), otto.get("/oversight?part=cases")):
        assert page.says("Field at fault:") and page.says("body.until"), page.address
    assert json.loads(olga.get("/handover.json").text)["rejected"] == [
        {"case": case.id, "code": "out-of-state", "field": "body.until"}
    ]


def test_every_change_that_a_directory_shows_has_a_word() -> None:
    source = (WORKFLOWS.parent / "exchange" / "directory_changes.py").read_text()
    listed = [found for line in re.findall(r"for what in \((.*?)\)", source) for found in re.findall(r'"(\w+)"', line)]
    said = [*re.findall(r'Change\([\w.]+, "([a-z ]+)"', source), "root added", "root removed"]
    assert len(listed) >= 9 and {*listed, *said} == set(directory_words.DIRECTORY_CHANGES)
    of_keys = {re.sub(r"\{[\w.]+\}", "{}", one) for one in directory_words.CHANGES_OF_KEYS}
    named = set(re.findall(r'f"\{named\}: (\w+)"', source))
    assert of_keys == {"new {} key", "{} key gone", *(f"{{}} key {{}}: {one}" for one in named)}
