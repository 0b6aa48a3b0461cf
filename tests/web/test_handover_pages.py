"""The hand-over between duties and the list of what is secret."""

import json
from pathlib import Path

import msgspec

from tests.simulators import story
from tests.simulators.world import XA, XB, SmallWorld, preservation
from tests.web.reading import PAYLOAD, at, rows
from tests.web.structure import faults

# Hand-over


def test_a_hand_over_shows_what_is_new_what_moved_and_what_is_late(tmp_path: Path) -> None:
    world = story.at("preserved")
    world.pass_days(3)
    story.draft(world, msgspec.structs.replace(preservation(), subject="Investigation 2026-0777"))
    anna = at(world, XA, "anna", tmp_path)
    page = anna.get("/handover")
    sections = {one.attributes["aria-labelledby"]: one.text for one in page.root.all("section")}
    assert "2026-0777" in sections["new"] and "2026-0777" not in sections["moved"]
    assert "No case moved." in sections["moved"]
    assert "2026-0777" in sections["waiting"] and "case lawyer" in sections["waiting"]
    data = json.loads(anna.get("/handover.json").text)
    assert [one["subject"] for one in data["new"]] == ["Investigation 2026-0777"] and data["moved"] == []
    assert [one["step"] for one in data["waiting"]] == ["approve"]
    story.draft(world, msgspec.structs.replace(preservation(), subject="Investigation 2026-0778"))
    waiting = next(one for one in anna.get("/handover").root.all("h2") if one.attributes.get("id") == "waiting")
    assert waiting.text == "Waits for somebody here 2"
    world.pass_days(90)
    anna.sign_in("anna")
    assert json.loads(anna.get("/handover.json").text)["late"]
    late = {one.attributes["aria-labelledby"]: one.text for one in anna.get("/handover").root.all("section")}["late"]
    assert "days late" in late


def test_a_hand_over_looks_back_as_far_as_it_is_asked_and_no_further(tmp_path: Path) -> None:
    world = story.at("asked")
    world.pass_seconds(10 * 3600)
    anna = at(world, XA, "anna", tmp_path)
    assert "No new case." not in anna.get("/handover").text
    assert "No new case." in anna.get(f"/handover?since={world.xa.clock.now().plus_seconds(-8 * 3600)}").text
    assert anna.get("/handover?since=yesterday").status == 400
    assert anna.get("/handover?since=2020-01-01T00:00:00Z").status == 400
    assert json.loads(anna.get("/handover.json?since=yesterday").text)["code"] == "malformed"


def test_what_is_stuck_is_told(tmp_path: Path) -> None:
    world = story.at("drafted")
    story.approve(world, world.xa.cases()[0])
    world.pass_seconds(2 * 3600)
    page = at(world, XA, "anna", tmp_path).get("/handover")
    section = next(one for one in page.root.all("section") if one.attributes["aria-labelledby"] == "stuck")
    assert "Expedited preservation to XB" in section.text and "request.preserve" not in section.text


def test_the_day_that_the_other_state_wishes_for_is_shown_as_its_wish(tmp_path: Path) -> None:
    world = story.at("production asked")
    case = story.case_at(world, "xb", "stored_data")
    assert case.request is not None and case.request.deadline is not None
    olga = at(world, XB, "olga", tmp_path)
    clock = olga.get(f"/cases/{case.id}").root.all("div", **{"class": "standing"})[0].text
    assert "Wished for by art. 40(26) 29 January 2027 A wish of the other State: no deadline of the law." in clock
    assert f"Reason for that day art. 40(26) {case.request.deadline_reasons}" in clock
    row = next(one for one in olga.get("/inbox").root.all("li") if one.attributes.get("id") == f"case-{case.id}")
    assert "Wished for by 29 January 2027" in row.text
    assert "Days that other States wish for" not in olga.get("/handover").root.text
    world.pass_days((case.request.deadline - world.xb.clock.now().day).days - 7)
    olga.sign_in("olga")
    page = olga.get("/handover")
    sections = {one.attributes["aria-labelledby"]: one.text for one in page.root.all("section")}
    assert "Wished for by 29 January 2027" in sections["wished"] and faults(page) == []
    assert "29 January 2027" not in sections["late"] + sections["tomorrow"] + sections["week"]
    data = json.loads(olga.get("/handover.json").text)
    assert [(one["case"], one["on"]) for one in data["wished"]] == [(case.id, "2027-01-29")]


def test_a_note_is_put_on_the_page_and_kept_nowhere(busy: SmallWorld, tmp_path: Path) -> None:
    world = busy.copy()
    anna = at(world, XA, "anna", tmp_path)
    anna.get("/handover")
    before = world.xa.dump()
    page = anna.submit("/handover", note=f"call XB at nine {PAYLOAD}")
    assert page.says("call XB at nine") and faults(page) == []
    after = world.xa.dump()
    assert {name: after[name] for name in after if "session" not in name} == {
        name: before[name] for name in before if "session" not in name
    }
    assert "call XB" not in anna.get("/handover").text


# Secrecy


def test_secrecy_is_listed_with_its_end_and_the_notice_that_falls_due(tmp_path: Path) -> None:
    world = story.at("asked")
    case = world.xa.cases()[0]
    assert case.secret_until is not None
    anna = at(world, XA, "anna", tmp_path)
    row = rows(anna.get("/secrecy.csv"))[0]
    left = (case.secret_until - world.xa.clock.now().day).days
    assert (row["case"], row["until"], row["days_left"]) == (case.id, case.secret_until.isoformat(), str(left))
    assert json.loads(anna.get("/secrecy.json").text)["secrecy"][0]["days_left"] == left
    assert anna.get("/secrecy").says(f"{left} days left")
    world.pass_days(left + 1)
    anna.sign_in("anna")
    due = next(one for one in anna.get("/secrecy").root.all("section") if one.attributes["aria-labelledby"] == "due")
    assert case.id in str([one.attributes for one in due.all("a")])
