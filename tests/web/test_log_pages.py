"""The log and its proofs in the pages: how old it is for anyone, its alarms for few, and what a proof says in words."""

from pathlib import Path

from comity.web.app import make_pages
from comity.workflows import rotate_log_key
from tests.simulators import story
from tests.simulators.world import XA, XB, SmallWorld
from tests.web.browsing import URL, Browser
from tests.web.reading import PAYLOAD, at
from tests.web.structure import faults

# The log and its proofs


def test_anyone_sees_how_old_the_checkpoint_is_and_only_who_keeps_it_or_oversees_it_its_alarms(tmp_path: Path) -> None:
    world = story.at("asked")
    world.publish()
    for node in (XA, XB):
        with world.nodes[node].office.store.transaction() as tx:
            tx.alarms.sound("quorum", "witnesses that answered: 0 of 1 needed", world.xb.clock.now())
            tx.alarms.sound("pair", f"2026-12 with {PAYLOAD} does not match", world.xb.clock.now())
    stranger = Browser(make_pages(world.xb.office, URL, tmp_path / "a"))
    assert stranger.get("/public/log").says("less than an hour old")
    world.pass_seconds(3 * 3600)
    for browser in (stranger, at(world, XB, "rita", tmp_path)):
        page = browser.get("/public/log")
        assert page.says("The last checkpoint is 3 hours old.") and faults(page) == []
        assert not page.says("Alarms of the log") and "quorum" not in page.text and "does not match" not in page.text
    otto, olga = at(world, XB, "otto", tmp_path), at(world, XB, "olga", tmp_path)
    for browser in (otto, olga):
        page = browser.get("/public/log")
        assert page.says("Too few witnesses answer.") and page.says("Witnesses that answered: 0 of 1 needed.")
        assert page.says(PAYLOAD) and not page.root.all("img") and faults(page) == []
    assert olga.get("/inbox").says("The log has 2 alarms.") and faults(olga.page or olga.get("/inbox")) == []
    assert not otto.get("/inbox").says("The log has")
    with world.xb.office.store.transaction() as tx:
        tx.alarms.clear("quorum")
        tx.alarms.clear("pair")
    assert not olga.get("/inbox").says("The log has") and olga.get("/public/log").says("No alarm stands.")


def proofs_of(world: SmallWorld, browser: Browser) -> list[str]:
    page = browser.get(f"/cases/{world.xa.cases()[0].id}")
    links = [one.attributes["href"] for one in page.root.all("a") if one.attributes["href"].endswith(".tlog-proof")]
    return [browser.get(link).text for link in links]


def test_what_a_proof_says_is_told_in_words_with_the_proof_behind_them(tmp_path: Path) -> None:
    world = story.at("asked")
    world.publish()
    proof = proofs_of(world, at(world, XA, "bo", tmp_path))[0]
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path / "a"))
    stranger.get("/public/check")
    page = stranger.submit("/public/check", proof=proof)
    assert page.says("What this proof says") and page.says("A witness saw that number on") and faults(page) == []
    assert page.says("It does not say that the step was right")
    behind = next(one for one in page.root.all("details") if one.text.startswith("Show the proof"))
    note = proof.partition("\n\n")[2]
    assert behind.all("pre")[0].text == " ".join(note.split())
    assert '"event":' in behind.text and page.wire_bytes < 16 * 1024


def test_a_file_that_is_brought_counts_before_the_proof_that_stands_in_the_field(tmp_path: Path) -> None:
    world = story.at("asked")
    world.publish()
    first, second = proofs_of(world, at(world, XA, "bo", tmp_path))[:2]
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path / "a"))
    stranger.get("/public/check")
    stranger.submit("/public/check", proof=first)
    page = stranger.submit("/public/check", with_files={"entry.tlog-proof": second.encode()}, proof=first)
    index = second.partition("index ")[2].split()[0]
    assert page.says("It is in the log.") and page.says(f"Entry {index} of the")
    spoilt = second.replace(second.splitlines()[-1], "")
    assert not stranger.submit("/public/check", with_files={"x": spoilt.encode()}, proof=first).says(
        "It is in the log."
    )


def test_proofs_hold_after_the_log_has_another_key_and_a_retired_one_signs_nothing_new(tmp_path: Path) -> None:
    world = story.at("asked")
    world.publish()
    bo = at(world, XA, "bo", tmp_path)
    before = proofs_of(world, bo)[0]
    stranger = Browser(make_pages(world.xa.office, URL, tmp_path / "a"))
    rotate_log_key.add_key(world.xa.office, "sven")
    world.publish()
    world.pass_days(rotate_log_key.OVERLAP_DAYS)
    rotate_log_key.retire_key(world.xa.office, "sven")
    world.publish()
    bo.sign_in("bo")
    after = proofs_of(world, bo)[0]
    assert before != after
    for proof in (before, after):
        stranger.get("/public/check")
        assert stranger.submit("/public/check", proof=proof).says("It is in the log.")
