"""Signals at the pages: oversight sees and asks, who is asked answers and is not told of whom, nobody else looks."""

from pathlib import Path

import pytest

from comity.oversight.signals.every import SIGNALS
from comity.workflows import ask_about_signal
from tests.simulators.world import XA, XB
from tests.unit.workflows.test_ask_about_signal import SIGNAL, WORDS, with_requests
from tests.web.browsing import values_of
from tests.web.structure import faults
from tests.web.test_decisions import Desk

TITLE = next(one.title for one in SIGNALS if one.name == SIGNAL)
ADDRESS = "/oversight?part=signals"


@pytest.fixture
def found(tmp_path: Path) -> Desk:
    return Desk(with_requests(), tmp_path)


def test_oversight_asks_at_the_page_and_reads_the_answer(found: Desk) -> None:
    otto = found.at(XB, "otto")
    page = otto.get(ADDRESS)
    assert page.says(TITLE) and page.says(XA) and page.says("What else could explain it:")
    assert page.says("6 of 6") and page.says("Of honest requesters, simulated")
    sent = otto.submit("/oversight/ask", of="olga", question=WORDS)
    assert sent.says("A question about it is open.") and sent.says(WORDS)
    olga = found.at(XB, "olga")
    assert olga.get("/inbox").says("1 question of oversight waits for your answer")
    question = olga.get("/questions")
    assert question.says(TITLE) and question.says(WORDS) and question.says("6 of 6")
    assert XA not in question.root.text
    assert olga.submit("/questions", reasons="One affair.").says("You have no question to answer.")
    assert otto.get(ADDRESS).says("One affair.")
    assert not olga.get("/inbox").says("question of oversight")


def test_an_answer_without_reasons_is_told_at_the_page(found: Desk) -> None:
    ask_about_signal.ask(found.world.xb.office, "otto", signal=SIGNAL, requester=XA, of="olga", text=WORDS)
    olga = found.at(XB, "olga")
    olga.get("/questions")
    page = olga.submit("/questions", reasons=" ")
    assert page.status == 400 and page.says("Reasons must be given")


def test_nobody_but_oversight_sees_signals_or_asks(found: Desk) -> None:
    rita = found.at(XB, "rita")
    assert rita.get(ADDRESS).status == 403
    form = next(one for one in rita.get("/account").forms() if "form-token" in values_of(one))
    fields: dict[str, list[str]] = {
        "form-token": values_of(form)["form-token"],
        "signal": [SIGNAL],
        "requester": [XA],
        "of": ["olga"],
        "question": [WORDS],
    }
    sent = rita.post("/oversight/ask", fields)
    assert sent.status == 403 and sent.says("oversight")
    with found.world.xb.office.store.transaction() as tx:
        assert tx.signal_questions.all() == []
    assert rita.get("/questions").says("You have no question to answer.")


@pytest.mark.parametrize("code", ["en", "ar"])
def test_the_pages_are_whole_in_both_directions_of_writing(found: Desk, code: str) -> None:
    otto, olga = found.at(XB, "otto"), found.at(XB, "olga")
    assert faults(otto.get(f"{ADDRESS}&lang={code}")) == []
    otto.submit("/oversight/ask", of="olga", question=WORDS)
    assert faults(olga.get(f"/questions?lang={code}")) == []
