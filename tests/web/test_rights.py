"""For the defence, the person concerned and third States, at the pages; and what oversight sees of it."""

from datetime import date
from pathlib import Path

import pytest

from comity.base.ids import ActorId
from comity.base.instants import Instant
from comity.web.languages import LANGUAGES
from comity.workflows import people
from comity.workflows.people_record import record_change
from comity.workflows.people_store import Person
from tests.simulators.story import case_at
from tests.simulators.world import PROVIDER, WITNESS, XA, XB
from tests.web.structure import faults
from tests.web.test_decisions import Desk, desk, offered


def test_what_speaks_for_an_accused_is_told_and_the_sender_reads_it(tmp_path: Path) -> None:
    found = desk("accepted at XA", tmp_path)
    ours, theirs = case_at(found.world, "xa", "stored_data"), case_at(found.world, "xb", "stored_data")
    legends = [one.text for one in found.at(XA, "anna").get(f"/cases/{ours.id}/exculpatory").root.all("legend")]
    assert legends == ["Already shown"]
    found.act(XA, "anna", ours, "exculpatory", text="The log shows another address.")
    page = found.at(XB, "rita").get(f"/cases/{theirs.id}")
    assert page.says("Something speaks for an accused") and page.says("The log shows another address.")


def test_a_complaint_goes_round_and_every_answer_is_on_the_page_where_it_was_taken(tmp_path: Path) -> None:
    found = desk("accepted at XA", tmp_path)
    at_provider, theirs = case_at(found.world, "provider", "stored_data"), case_at(found.world, "xb", "stored_data")
    ours = case_at(found.world, "xa", "stored_data")
    found.act(
        PROVIDER, "lee", at_provider, "complaint", kind="erasure", text="A neighbour's data.", reference="ombudsman 7"
    )
    complaint = case_at(found.world, "xb", "stored_data").complaints[0].id
    assert found.at(XB, "olga").get("/inbox?show=open").says("A complaint waits for an answer")
    for node, person, case in ((XA, "bo", ours), (XB, "olga", theirs)):
        found.act(
            node, person, case, "answer_complaint", complaint=complaint, outcome="done", reasons=f"Erased at {node}."
        )
    page = found.at(PROVIDER, "lee").get(f"/cases/{at_provider.id}")
    assert page.says(f"Erased at {XA}.") and page.says(f"Erased at {XB}.")
    otto = found.at(XB, "otto").get("/oversight?part=complaints")
    assert otto.says("ombudsman 7") and not otto.says("late")
    found.world.pass_days(31)
    late = found.at(PROVIDER, "lee").get(f"/cases/{at_provider.id}")
    assert late.says("1 day late") and late.says("A complaint is to be answered here")


def test_evidence_for_a_third_state_is_asked_for_and_authorised(tmp_path: Path) -> None:
    found = desk("accepted at XA", tmp_path)
    ours, theirs = case_at(found.world, "xa", "stored_data"), case_at(found.world, "xb", "stored_data")
    found.act(XA, "bo", ours, "onward", to=WITNESS, reasons="The same scam there.")
    assert found.at(XB, "rita").get("/inbox?show=open").says("asks whether it may pass the evidence on")
    page = found.at(XB, "rita").get(f"/cases/{theirs.id}/authorise_onward")
    assert page.says("The same scam there.") and page.says(WITNESS)
    found.act(XB, "rita", theirs, "authorise_onward", authorise="yes", until="2027-03-01", reasons="For that trial.")
    assert found.at(XA, "bo").get(f"/cases/{ours.id}").says("authorised")
    assert "authorise_onward" not in offered(found.at(XB, "rita"), theirs)


def test_a_reviewer_keeps_an_item_longer_and_the_limits_on_use_are_shown(tmp_path: Path) -> None:
    found = desk("accepted at XA", tmp_path)
    ours = case_at(found.world, "xa", "stored_data")
    assert found.at(XA, "rose").get(f"/cases/{ours.id}").says("Limits on its use")
    found.act(XA, "rose", ours, "keep_longer", item="evidence", until="2039-01-01", reasons="A retrial is open.")
    assert dict(case_at(found.world, "xa", "stored_data").kept_until) == {"evidence": date(2039, 1, 1)}
    found.world.pass_days(4000)
    # Nobody can act that late in this world, whose directories have ended; oversight goes on seeing.


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_draft_of_the_notice_is_a_page_once_secrecy_has_ended_in_every_language(
    tmp_path: Path, language: str
) -> None:
    found = desk("asked", tmp_path)
    ours = case_at(found.world, "xa", "preservation")
    bo = found.at(XA, "bo")
    assert bo.get(f"/cases/{ours.id}/notice").status == 409
    found.act(XA, "rose", ours, "end_secrecy", reasons="Arrests were made.")
    bo.get(f"/cases/{ours.id}/notice?lang={language}")
    page = bo.get(f"/cases/{ours.id}/notice")
    assert page.status == 200 and not faults(page)
    assert ours.peer not in page.text and "gain-fast" not in page.text
    written = bo.get(f"/cases/{ours.id}/notice.txt")
    assert written.status == 200 and ours.id in written.text and ours.peer not in written.text
    bo.get("/inbox?lang=en")
    assert bo.get(f"/cases/{ours.id}").says("Notice to the person concerned, a draft")
    assert bo.get("/inbox?show=open").says("the person concerned is to be told")


def test_oversight_sees_that_somebody_of_it_was_removed_and_ends_the_alarm(tmp_path: Path) -> None:
    found = desk("asked", tmp_path)
    office = found.world.xb.office
    with office.store.transaction() as tx:
        for name, role in (("irene", "oversight"), ("omar", "operator")):
            tx.people.put(Person(ActorId(name), name, frozenset({role}), True, Instant.from_seconds(0), ""))
            record_change(office, tx, "joined", by=name, person=name, roles=frozenset({role}))
    people.suspend(office, "omar", "irene")
    otto = found.at(XB, "otto")
    page = otto.get("/oversight?part=people")
    assert page.says("Somebody no longer oversees this node") and not faults(page)
    assert found.at(XB, "rita").get("/oversight?part=people").status == 403
    otto.submit("/oversight/acknowledge", reasons="Her term was over.")
    assert not otto.get("/oversight?part=people").says("Somebody no longer oversees this node")


def test_what_is_kept_too_long_is_shown_to_oversight(tmp_path: Path) -> None:
    found: Desk = desk("withdrawn", tmp_path)
    otto = found.at(XB, "otto")
    assert otto.get("/oversight?part=kept").says("Nothing is past its end.")
    found.world.pass_days(found.world.xb.office.retention.case_days + 400)
    otto = found.at(XB, "otto")
    page = otto.get("/oversight?part=kept")
    assert page.says("The case") and not faults(page)
