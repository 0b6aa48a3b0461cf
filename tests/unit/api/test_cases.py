"""Cases by the interface: read, drafted, mended; what a token cannot do however it asks."""

import json
from typing import Any

import msgspec
import pytest

from comity.base.ids import ActorId
from comity.cases import events as e
from comity.exchange.directory import Use
from comity.exchange.document import verify
from comity.workflows.record import load, record
from comity.workflows.token_store import Scope
from tests.simulators.forge import send_request_unchecked
from tests.simulators.interface import caller
from tests.simulators.story import at, case_at, draft
from tests.simulators.world import XA, XB, SmallWorld, preservation, production, without_statement

NOBODY = "00000000-0000-7000-8000-000000000000"


def facts(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(preservation()))
    return {**found, **changes}


def test_a_list_is_read_page_by_page_in_order_and_by_what_is_asked_for() -> None:
    world = at("new")
    made = [draft(world, preservation()).id for _ in range(5)] + [draft(world, production()).id]
    one = caller(world.xa, Scope.CASES_READ)
    after, found = "", []
    while True:
        page = one.get(f"/cases?limit=2&after={after}")
        found += [case["id"] for case in page["cases"]]
        after = page["next"]
        if not after:
            break
    assert found == made
    for query, expected in (
        ("procedure=stored_data", made[5:]),
        ("position=requested", []),
        ("state=draft&peer=XB/central-authority&procedure=preservation", made[:5]),
        (f"after={made[-1]}", []),
    ):
        page = one.get(f"/cases?{query}")
        assert ([case["id"] for case in page["cases"]], page["next"]) == (expected, "")


def test_a_case_is_shown_with_its_request_its_events_its_findings_and_what_may_come_next() -> None:
    world = at("asked")
    ours = case_at(world, "xa", "preservation")
    one = caller(world.xa, Scope.CASES_READ)
    case = one.get(f"/cases/{ours.id}")
    assert case["request"] == facts()
    assert (case["state"], case["drafted_by"], case["approved_by"]) == ("requested", "anna", "bo")
    assert "preserved" in case["allowed"]
    events = one.get(f"/cases/{ours.id}/events")["events"]
    assert [event["kind"] for event in events] == world.xa.history(ours.id)
    assert events[0]["detail"]["request"] == facts()
    findings = one.get(f"/cases/{ours.id}/findings")
    assert findings["outcome"] == "met"
    assert all(finding["citation"] for finding in findings["findings"])


def test_what_a_peer_turned_down_names_the_code_and_the_field_at_fault_apart() -> None:
    world = at("asked")
    ours = case_at(world, "xa", "preservation")
    when = world.xa.office.clock.now().seconds
    turned_down = e.Receipted(at=when, by=XB, message="m", status="rejected", code="invalid-field:body.until")
    with world.xa.office.store.transaction() as tx:
        record(world.xa.office, tx, load(tx, ours.id), turned_down)
    one = caller(world.xa, Scope.CASES_READ)
    event, case = one.get(f"/cases/{ours.id}/events")["events"][-1], one.get(f"/cases/{ours.id}")
    assert event["detail"] == {"message": "m", "status": "rejected", "code": "invalid-field", "field": "body.until"}
    assert (case["trouble"], case["trouble_field"]) == ("invalid-field", "body.until")


def test_documents_are_given_as_they_were_signed_on_both_sides() -> None:
    world = at("asked")
    for node, direction in ((world.xa, "sent"), (world.xb, "received")):
        (case,) = node.cases()
        one = caller(node, Scope.CASES_READ)
        (document,) = one.get(f"/cases/{case.id}/documents")["documents"]
        assert (document["direction"], document["kind"]) == (direction, "request.preserve")
        token = one.send("GET", f"/api/v1/cases/{case.id}/documents/{document['id']}")
        assert one.headers["content-type"] == "application/jose"
        key = world.xa.entity(XA).key(Use.AUTHORITY, world.xa.clock.now())
        assert verify(token, key.public_bytes).document.id == document["id"]
        assert one.call("GET", f"/cases/{case.id}/documents/{NOBODY}")["code"] == "not-found"


def test_a_draft_waits_for_a_person_and_no_token_approves_it() -> None:
    world = at("new")
    one = caller(world.xa, *Scope, acts_for=["anna", "bo"])
    made = one.call("POST", "/cases", {"peer": XB, "request": facts()})
    assert one.status == 201
    assert one.headers["location"] == f"/api/v1/cases/{made['id']}"
    assert (made["state"], made["drafted_by"]) == ("draft", "anna")
    one.person = "bo"  # who may approve, and is not the author
    for body in (None, {"reasons": "read"}):
        said = one.call("POST", f"/cases/{made['id']}/approval", body)
        assert (one.status, said["code"]) == (403, "not-permitted")
        assert "passkey" in said["detail"]
    world.settle()
    assert world.xa.case(made["id"]).state == "draft"
    assert world.xa.outbox() == []


def test_the_author_decides_nothing_of_a_request_by_any_token() -> None:
    world = at("new")
    request = facts(screens={**facts().get("screens", {}), "expression": True})
    everything = frozenset({"duty_officer", "case_lawyer", "reviewer"})
    world.change(XA, people={**world.xa.office.people, ActorId("anna"): everything})
    one = caller(world.xa, *Scope, acts_for=["anna", "rose"])
    made = one.call("POST", "/cases", {"peer": XB, "request": request})
    decision = {"rule": "screens.expression", "in_favour": True, "decision": "go on", "reasons": "fraud only"}
    said = one.call("POST", f"/cases/{made['id']}/decide", decision)
    assert (one.status, said["code"]) == (403, "not-permitted")
    one.person = "rose"
    assert one.call("POST", f"/cases/{made['id']}/decide", decision)["decided"] == ["screens.expression"]


def test_what_was_asked_for_is_supplied_and_waits_for_a_person_too() -> None:
    world = at("new")
    ours = send_request_unchecked(world, draft(world, without_statement()))
    world.settle()
    one = caller(world.xa, *Scope, acts_for=["anna"])
    case = one.get(f"/cases/{ours.id}")
    assert case["asked"]
    mended = one.call("PUT", f"/cases/{ours.id}/request", {"request": facts()})
    assert one.status == 200
    assert mended["mended"] == facts()
    world.settle()
    assert world.xa.history(ours.id)[-1] == "mended"


def test_a_decision_takes_the_scope_and_a_person_with_the_role() -> None:
    world = at("production asked")
    theirs = case_at(world, "xb", "stored_data")
    grant = {"reasons": "fraud in both States"}
    wrong = caller(world.xb, Scope.DECISIONS_WRITE, acts_for=["dan"])
    assert "dan may not grant" in wrong.call("POST", f"/cases/{theirs.id}/grant", grant)["detail"]
    assert wrong.status == 403
    narrow = caller(world.xb, Scope.DECISIONS_WRITE, acts_for=["olga", "rita"], roles=["case_lawyer", "reviewer"])
    assert "olga may not grant" in narrow.call("POST", f"/cases/{theirs.id}/grant", grant)["detail"]
    narrow.person = "rita"
    assert narrow.call("POST", f"/cases/{theirs.id}/grant", grant)["state"] == "granted"
    said = narrow.call("POST", f"/cases/{theirs.id}/withdraw", {"reasons": "no"})
    assert narrow.status == 403
    narrow = caller(world.xb, Scope.DECISIONS_WRITE, acts_for=["dan"])
    said = narrow.call("POST", f"/cases/{theirs.id}/withdraw", {"reasons": "it is not ours"})
    assert (narrow.status, said["code"]) == (409, "out-of-order")
    assert world.xb.events(theirs.id)[-1].by == "rita"


def test_an_order_is_given_and_answered_by_the_interface_alone() -> None:
    world = at("asked")
    theirs = case_at(world, "xb", "preservation")
    xb = caller(world.xb, Scope.DECISIONS_WRITE, acts_for=["dan"])
    order = {"provider": "XB/hosting-company", "legal_basis": "section 4", "reasons": "a request of XA"}
    assert xb.call("POST", f"/cases/{theirs.id}/order", {**order, "days": 1})["code"] == "malformed"
    assert xb.status == 422
    assert xb.call("POST", f"/cases/{theirs.id}/order", order)["state"] == "ordered"
    world.settle()
    lee = caller(world.provider, Scope.DECISIONS_WRITE, acts_for=["lee"])
    case = case_at(world, "provider", "preservation")
    assert lee.call("POST", f"/cases/{case.id}/confirm", {"until": "2020-01-01"})["errors"][0]["field"] == "until"
    assert lee.call("POST", f"/cases/{case.id}/confirm", {})["state"] == "preserved"
    world.settle()
    assert case_at(world, "xa", "preservation").state == "preserved"


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({}, "body.request"),
        (facts(made_up=1), "body.request"),
        (facts(urgent="yes"), "body.request.urgent"),
        (facts(made_on="2026-13-01"), "body.request.made_on"),
        (facts(requesting="xa"), "body.request.requesting"),
        (facts(offence={"max_penalty_years": -1}), "body.request.offence.max_penalty_years"),
        (facts(measures=[{"data": "all"}]), "body.request.measures[0]"),
        ("text", "body.request"),
    ],
)
def test_a_mistake_in_a_request_is_named_by_its_place(request_: Any, field: str) -> None:
    world = at("new")
    one = caller(world.xa, *Scope, acts_for=["anna"])
    said = one.call("POST", "/cases", {"peer": XB, "request": request_})
    assert (one.status, said["code"]) == (400, "malformed")
    assert [mistake["field"] for mistake in said["errors"]] == [field]
    assert world.xa.cases() == ()


def test_a_request_of_another_state_or_to_nobody_known_is_refused_as_it_stands() -> None:
    world = at("new")
    one = caller(world.xa, *Scope, acts_for=["anna"])
    for request, peer, status in (
        (facts(requesting="XC"), XB, 422),
        (facts(), "XC/observatory", 422),
        (facts(), "XB/nobody", 409),
        (facts(measures=[{"measure": "interception_of_content"}]), XB, 422),
    ):
        said = one.call("POST", "/cases", {"peer": peer, "request": request})
        assert (one.status, bool(said["hint"])) == (status, True)
    assert one.call("POST", "/cases", {"peer": XB, "request": facts(), "follows": NOBODY})["code"] == "not-found"
    assert world.xa.cases() == ()


def test_a_rule_that_stands_against_it_comes_with_its_findings() -> None:
    world: SmallWorld = at("new")
    ours = draft(world, preservation())
    one = caller(world.xa, *Scope, acts_for=["anna"])
    said = one.call("PUT", f"/cases/{ours.id}/request", {"request": facts(measures=[], facts="")})
    assert one.status in (409, 422)
    bad = facts(measures=[{**facts()["measures"][0], "period_days": 36500}], assistance_will_follow=False)
    said = one.call("PUT", f"/cases/{ours.id}/request", {"request": bad})
    assert (one.status, said["code"]) == (409, "treaty-check")
    assert said["findings"][0]["verdict"] == "stop"
    assert said["findings"][0]["citation"] in said["detail"]


def test_who_looked_is_written_down_once_a_day_for_each_kind_of_look() -> None:
    world = at("asked")
    (ours,) = world.xa.cases()
    one = caller(world.xa, Scope.CASES_READ)
    for _ in range(3):
        one.get(f"/cases/{ours.id}")
        (document,) = one.get(f"/cases/{ours.id}/documents")["documents"]
        one.get(f"/cases/{ours.id}/documents/{NOBODY}")
    world.pass_days(1)
    one.get(f"/cases/{ours.id}")
    looks = [(row["what"], row["case_id"]) for row in world.xa.dump()["access"]]
    assert looks == [("read", ours.id), ("exported", ours.id), ("read", ours.id)]
    assert document["id"]
    assert {row["person"].partition(":")[0] for row in world.xa.dump()["access"]} == {"token"}


def test_the_two_sides_talk_about_a_case_by_the_interface() -> None:
    world = at("production asked")
    theirs = case_at(world, "xb", "stored_data").id
    xb = caller(world.xb, Scope.DECISIONS_WRITE, Scope.CASES_READ, acts_for=["rita"])
    asked = {"about": "refusal", "text": "may it be narrowed?"}
    assert xb.call("POST", f"/cases/{theirs}/consult", asked)["id"] == theirs
    assert xb.call("POST", f"/cases/{theirs}/consult", {**asked, "about": "the weather"})["code"] == "malformed"
    world.settle()
    ours = case_at(world, "xa", "stored_data").id
    xa = caller(world.xa, Scope.DECISIONS_WRITE, acts_for=["bo"])
    assert xa.call("POST", f"/cases/{ours}/reply", {"text": "yes, to the first account"})["id"] == ours
    world.settle()
    put_off = {"reasons": "own proceedings go on", "look_again": "2027-03-01"}
    assert xb.call("POST", f"/cases/{theirs}/postpone", put_off)["state"] == "postponed", xb.body
    assert xb.call("POST", f"/cases/{theirs}/resume", {"reasons": "they ended"})["state"] == "requested"
    said = xb.call("POST", f"/cases/{theirs}/ask", {"missing": ["the court"], "text": "it is not named"})
    assert said["asked"] == ["the court"]
    assert xb.call("POST", f"/cases/{theirs}/postpone", {**put_off, "look_again": 20270301})["code"] == "malformed"
    assert xb.status == 400


def test_whoever_asks_for_the_list_by_a_token_is_written_down_once_a_day() -> None:
    world = at("asked")
    one = caller(world.xb, Scope.CASES_READ)

    def looks() -> list[str]:
        with world.xb.office.store.transaction() as tx:
            return [access.person for access in tx.accesses.latest(10) if access.page == "/api/v1/cases"]

    for _ in range(2):
        one.get("/cases")
    assert len(looks()) == 1 and looks()[0].startswith("token:")
    world.pass_days(1)
    one.get("/cases")
    assert len(looks()) == 2
