"""A signal opens a question to a named person, who answers: recorded from end to end, and nothing is decided by it."""

from collections.abc import Iterator

import msgspec
import pytest

from comity.base.errors import Conflict, Malformed, NotFound, NotPermitted, OutOfOrder
from comity.base.ids import CaseId, uuid7
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.cases import events as e
from comity.treaty.request import Screens
from comity.workflows import ask_about_signal, look_for_signals
from comity.workflows.ask_about_signal import ANSWER_DAYS, kept
from comity.workflows.record import begin
from comity.workflows.signal_store import Question
from tests.simulators.story import at
from tests.simulators.world import XA, XB, SmallWorld, preservation

SIGNAL = "expression-share"
WORDS = "What do these six have in common?"


def with_requests(count: int = 6, *, expression: bool = True) -> SmallWorld:
    """XB, to which XA has put so many requests that turn on expression, or that do not."""
    world = at("new")
    office = world.xb.office
    for case_id, received in requests_of(office.clock.now(), office.mode, count, expression=expression):
        with office.store.transaction() as tx:
            begin(office, tx, CaseId(case_id), received)
    return world


def requests_of(now: Instant, mode: Mode, count: int, *, expression: bool) -> Iterator[tuple[str, e.Received]]:
    """A case id of ours and what came, for each."""
    for number in range(count):
        request = msgspec.structs.replace(
            preservation(), subject=f"matter {number}", screens=Screens(expression=expression)
        )
        if expression:
            offence = msgspec.structs.replace(request.offence, article="", name="insult", max_penalty_years=5)
            request = msgspec.structs.replace(request, offence=offence)
        received = e.Received(
            at=now.seconds,
            by=XA,
            mode=mode,
            procedure="preservation",
            peer=XA,
            their_case=f"c{number}",
            message=uuid7(now, number.to_bytes(10, "big")),
            doc_sha256="0" * 64,
            request=request,
        )
        yield uuid7(now, (100 + number).to_bytes(10, "big")), received


def ask(world: SmallWorld, by: str = "otto", signal: str = SIGNAL, requester: str = XA, of: str = "olga") -> Question:
    return ask_about_signal.ask(world.xb.office, by, signal=signal, requester=requester, of=of, text=WORDS)


def log_kinds(world: SmallWorld) -> list[str]:
    with world.xb.office.store.transaction() as tx:
        leaves = [tx.log.leaf(index) for index in range(tx.log.size())]
    return [msgspec.json.decode(one.body)["event"] for one in leaves if one is not None and one.body]


def test_oversight_sees_what_stands_out_and_its_look_is_recorded() -> None:
    world = with_requests()
    seen = look_for_signals.look(world.xb.office, "otto")
    found = next(one for one in seen.standing_out if one.signal == SIGNAL)
    assert (found.requester, found.hits, found.of) == (XA, 6, 6)
    assert set(found.cases) == {case.id for case in world.xb.cases()}
    assert log_kinds(world)[-1] == "access_read"
    with pytest.raises(NotPermitted):
        look_for_signals.look(world.xb.office, "rita")


def test_an_honest_twin_does_not_stand_out() -> None:
    seen = look_for_signals.look(with_requests(expression=False).xb.office, "otto")
    assert seen.requests == 6
    assert [one.signal for one in seen.standing_out if one.signal == SIGNAL] == []


def test_a_question_is_asked_and_answered_and_nothing_else_changes() -> None:
    world = with_requests()
    office = world.xb.office
    before = {case.id: case for case in world.xb.cases()}
    asked = ask(world)
    assert asked.due - asked.at == ANSWER_DAYS * 86_400
    assert log_kinds(world)[-1] == "signal_asked"
    (mine,) = ask_about_signal.open_questions(office, "olga")
    assert (mine, kept(mine).hits, set(kept(mine).cases)) == (asked, 6, set(before))
    ask_about_signal.answer(office, "olga", asked.id[-6:], reasons="One affair with six persons.")
    assert log_kinds(world)[-1] == "signal_answered"
    assert ask_about_signal.open_questions(office, "olga") == ()
    (all_of_them, is_oversight) = ask_about_signal.questions_for(office, "otto")
    assert is_oversight and all_of_them[0].answer == "One affair with six persons."
    assert {case.id: case for case in world.xb.cases()} == before
    assert not world.xb.outbox()


def test_only_who_was_asked_answers_and_only_once() -> None:
    world = with_requests()
    asked = ask(world)
    with pytest.raises(NotPermitted):
        ask_about_signal.answer(world.xb.office, "rita", asked.id, reasons="I know.")
    with pytest.raises(Malformed) as error:
        ask_about_signal.answer(world.xb.office, "olga", asked.id, reasons="  ")
    assert error.value.where == "reasons"
    ask_about_signal.answer(world.xb.office, "olga", asked.id, reasons="So it is.")
    with pytest.raises(OutOfOrder):
        ask_about_signal.answer(world.xb.office, "olga", asked.id, reasons="Otherwise after all.")
    assert ask_about_signal.questions_for(world.xb.office, "otto")[0][0].answer == "So it is."
    with pytest.raises(NotFound):
        ask_about_signal.answer(world.xb.office, "olga", "beef-no-such", reasons="?")


def test_oversight_alone_asks_and_only_of_people_who_act_in_cases() -> None:
    world = with_requests()
    size = len(log_kinds(world))
    for by, of, kind in (
        ("rita", "olga", NotPermitted),
        ("otto", "otto", NotPermitted),
        ("otto", "sven", NotPermitted),
        ("otto", "nobody-here", Malformed),
    ):
        with pytest.raises(kind):
            ask(world, by, of=of)
    with pytest.raises(NotFound):
        ask(world, signal="no-such")
    with pytest.raises(OutOfOrder):
        ask(world, requester=XB)
    with pytest.raises(OutOfOrder):
        ask(world, signal="refused-40-22")
    assert len(log_kinds(world)) == size


def test_the_same_is_asked_again_only_once_it_is_overdue() -> None:
    world = with_requests()
    ask(world)
    with pytest.raises(Conflict):
        ask(world, of="rita")
    world.pass_days(ANSWER_DAYS + 1)
    assert ask(world, of="rita").asked_of == "rita"
