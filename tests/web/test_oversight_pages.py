"""What oversight reads without asking anybody, and that each of its looks is recorded."""

import json
from pathlib import Path

from comity.web.oversight import PARTS
from comity.workflows import decide_request, erase_case
from comity.workflows.record import state_publicly
from comity.workflows.record_access import digest_of
from tests.simulators import story
from tests.simulators.long_looks import LongLooksApart
from tests.simulators.world import XB, preservation
from tests.web.reading import at, rows

# Oversight


def test_each_look_of_oversight_is_recorded_in_its_list_and_in_the_log(tmp_path: Path) -> None:
    world = story.at("asked")
    case = world.xb.cases()[0]
    otto, rita = at(world, XB, "otto", tmp_path), at(world, XB, "rita", tmp_path)
    rita.get(f"/cases/{case.id}")
    assert "rita" not in otto.get("/oversight?part=accesses").text
    otto.get(f"/cases/{case.id}")
    otto.get(f"/cases/{case.id}/law")
    page = otto.get("/oversight?part=accesses")
    assert page.says(f"/cases/{case.id}/law") and page.says("otto")
    with world.xb.office.store.transaction() as tx:
        looks = tx.accesses.latest(99)
        bodies = b"".join(leaf.body for n in range(tx.log.size()) if (leaf := tx.log.leaf(n)) is not None)
    assert [one.case_id for one in looks if one.case_id] == [case.id, case.id]
    assert all(str(digest_of(one)).encode() in bodies for one in looks)


def test_no_page_that_reads_much_holds_up_who_writes(tmp_path: Path) -> None:
    world = story.at("production asked")
    store = LongLooksApart(world.xb.office.store)
    world.change(XB, store=store)
    otto = at(world, XB, "otto", tmp_path)
    pages = [f"/oversight?part={part}" for part in PARTS]
    for page in (*pages, "/oversight/decisions.csv", "/directory", "/public/statistics.json"):
        assert otto.get(page).status == 200, page
    assert {"log_search.of_kinds", "log_search.count_kinds", "contacts.by_peer", "log.statements"} <= store.seen


def test_the_decisions_of_a_case_that_was_erased_are_gone_and_the_others_are_shown(tmp_path: Path) -> None:
    world = story.at("production asked").copy()
    kept, gone = (story.case_at(world, "xb", procedure) for procedure in ("stored_data", "preservation"))
    story.grant(world, kept)
    otto = at(world, XB, "otto", tmp_path)
    pages = ("/oversight?part=decisions", "/oversight/decisions.csv", "/oversight.json")
    assert gone.id in otto.get(pages[2]).text
    with world.xb.office.store.transaction() as tx:
        tx.erasures.erase(gone.id)
        tx.known_cases.forget(gone.id)
        state_publicly(world.xb.office, tx, erase_case.STATEMENT, {"entries": 1, "basis": "law"})
    for visits in (otto, at(world, XB, "otto", tmp_path)):
        assert [visits.get(page).status for page in pages] == [200, 200, 200]
        assert kept.id in visits.get(pages[1]).text and gone.id not in visits.get(pages[1]).text


def test_oversight_sees_every_decision_with_its_ground_and_reasons(tmp_path: Path) -> None:
    world = story.at("production asked")
    theirs = story.case_at(world, "xb", "stored_data")
    decide_request.refuse(
        world.xb.office,
        "rita",
        theirs.id,
        ground="essential_interests",
        citation="40(21)(b)",
        reasons="our own inquiry",
        consulted_otherwise="on the telephone, with the central authority",
    )
    otto = at(world, XB, "otto", tmp_path)
    page = otto.get("/oversight?part=decisions")
    assert page.says("our own inquiry") and page.says("Ground: Execution would harm sovereignty")
    assert not page.says("essential_interests")
    found = rows(otto.get("/oversight/decisions.csv"))
    assert {
        "case": theirs.id,
        "decision": "refused",
        "ground": "essential_interests",
        "reasons": "our own inquiry",
    }.items() <= next(one.items() for one in found if one["decision"] == "refused")
    assert json.loads(otto.get("/oversight.json").text)["decisions"] == [
        {name: one[name] for name in json.loads(otto.get("/oversight.json").text)["decisions"][0]} for one in found
    ]


def test_the_data_for_oversight_hold_metadata_of_cases_and_nothing_they_are_about(tmp_path: Path) -> None:
    world = story.at("asked")
    text = at(world, XB, "otto", tmp_path).get("/oversight/cases.csv").text
    assert world.xb.cases()[0].id in text
    assert preservation().subject not in text
