"""What only a browser tells of the check: a file is hashed in it and never leaves it."""

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from comity.workflows import prove_entry, read_cases
from tests.simulators import story
from tests.simulators.world import XA, XB, SmallWorld
from tests.web.desks import served


@pytest.fixture(scope="module")
def asked() -> SmallWorld:
    """Made before there is a browser, whose event loop would stand in the way."""
    world = story.at("asked")
    world.publish()
    return world


DROP = """([zone, name, text]) => {
  const held = new DataTransfer();
  held.items.add(new File([text], name));
  const about = {dataTransfer: held, bubbles: true, cancelable: true};
  for (const kind of ["dragover", "drop"]) document.querySelector(zone).dispatchEvent(new DragEvent(kind, about));
}"""


def test_a_proof_can_be_dropped_and_nothing_is_sent_before_it_is_asked_for(
    asked: SmallWorld, chromium: Chromium, tmp_path: Path
) -> None:
    index = read_cases.entries_of(asked.xa.office, asked.xa.cases()[0])[0].index
    _, proof = prove_entry.prove(asked.xa.office, index, with_opening=True)
    complaints: list[str] = []
    asks: list[str] = []
    with served(asked, tmp_path / "pages", XA) as url:
        page = chromium.new_page(base_url=url)
        page.on("console", lambda message: complaints.append(message.text))
        page.goto("/public/check")
        page.get_by_text("Or drop the file anywhere").wait_for()
        page.on("request", lambda request: asks.append(request.method))
        page.evaluate(DROP, ["#by-proof", "entry.tlog-proof", proof.decode()])
        page.get_by_text("The file is in the field: entry.tlog-proof").wait_for()
        assert asks == []
        page.get_by_role("button", name="Check the proof").click()
        page.get_by_text("It is in the log.").wait_for()
        page.close()
    assert "POST" in asks and complaints == []


def test_a_file_is_hashed_in_the_browser_and_is_not_sent(asked: SmallWorld, chromium: Chromium, tmp_path: Path) -> None:
    document = tmp_path / "request.jws"
    document.write_bytes(asked.xa.outbox()[0].document)
    complaints: list[str] = []
    sent: list[bytes] = []
    with served(asked, tmp_path / "pages", XB) as url:
        page = chromium.new_page(base_url=url)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
        page.goto("/public/check")
        page.set_input_files("#document", document)
        page.get_by_text("The file stays with you").wait_for()
        assert page.input_value("#sha256") == hashlib.sha256(document.read_bytes()).hexdigest()
        page.get_by_role("button", name="Check the document").click()
        page.get_by_text("It is in the log.").wait_for()
        page.close()
    assert sent and all(document.read_bytes()[:40] not in one for one in sent)
    assert complaints == []
