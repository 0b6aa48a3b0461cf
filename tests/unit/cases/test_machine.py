"""The machine: every state with every event, four eyes, and a file that cannot be changed unseen."""

from enum import StrEnum
from typing import Final

import msgspec
import pytest
from msgspec.structs import replace

from comity.base.digests import Digest
from comity.base.errors import Malformed, NotPermitted, NotVerified, OutOfOrder
from comity.base.ids import CaseId
from comity.base.mode import Mode
from comity.cases import events as e
from comity.cases.case import Position, link
from comity.cases.machine import PROCEDURES, advance, allowed, begin, fold, procedure_of
from comity.cases.procedures.table import EVERYWHERE, NOT_BEGUN, Moves
from tests.simulators.case_files import (
    AUTHOR,
    CASE,
    FIRST,
    OVERSEER,
    PACKAGE,
    PEER,
    POSITIONS,
    REQUEST,
    REQUEST_SHA256,
    SECOND,
    case_in,
    fold_events,
    played,
    sample,
    samples,
    stored,
)

EVERY_STATE: Final = [
    pytest.param(name, state, id=f"{name}: {state}") for name, table in PROCEDURES.items() for state in table.moves
]


def said_possible(error: OutOfOrder) -> set[str]:
    """The events an OutOfOrder names."""
    names = error.hint.removeprefix("possible: ")
    assert names != error.hint
    return set(names.split(", "))


@pytest.mark.parametrize("frozen_by", ["", OVERSEER], ids=["", "frozen"])
@pytest.mark.parametrize(("procedure", "state"), EVERY_STATE)
def test_every_event_in_every_state_is_a_move_or_out_of_order_that_says_what_is_possible(
    procedure: str, state: StrEnum, frozen_by: str
) -> None:
    case = replace(case_in(state, procedure), frozen_by=frozen_by)
    moved: set[str] = set()
    refused: list[OutOfOrder] = []
    for event in (msgspec.structs.replace(one, by=one.by.partition("/")[2] or one.by) for one in samples(procedure)):
        try:
            after = advance(case, event)
        except OutOfOrder as error:
            refused.append(error)
            assert e.tag_of(event) in error.what
            assert str(state) in error.what
        else:
            moved.add(e.tag_of(event))
            assert after.state in PROCEDURES[procedure].moves
            assert after.events == case.events + 1
            assert after.head == link(case.head, CASE, e.write(event))
    assert len(moved) + len(refused) == len(e.EVENTS)
    assert all(said_possible(error) == moved for error in refused)
    assert set(allowed(case)) == moved


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_no_other_event_begins_a_case(procedure: str) -> None:
    for event in samples(procedure):
        if isinstance(event, FIRST):
            assert begin(CASE, event).state in procedure_of(procedure).moves
        else:
            with pytest.raises(OutOfOrder, match=NOT_BEGUN) as refused:
                procedure_of(procedure).next_state(None, event)
            assert said_possible(refused.value) == {e.tag_of(kind) for kind in FIRST}


def _of_our_own(moves: Moves) -> Moves:
    return {kind: to for kind, to in moves.items() if kind not in (e.EvidenceReturned, e.EvidenceArrived)}


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_case_ends_exactly_where_the_table_says(procedure: str) -> None:
    table = PROCEDURES[procedure]
    # What was handed on may be given back by who took it, and evidence may have been on its way when its request was
    # withdrawn: that alone opens a case again.
    stuck = {state for state, moves in table.moves.items() if set(_of_our_own(moves).values()) <= {state}}
    assert stuck == table.ends


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_late_receipt_is_entered_even_when_the_case_has_ended(procedure: str) -> None:
    for state in PROCEDURES[procedure].ends:
        case = case_in(state, procedure)
        assert "receipted" in allowed(case)
        assert advance(case, sample(e.Receipted)).state is state


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_state_can_be_reached_and_from_every_state_an_end(procedure: str) -> None:
    table = PROCEDURES[procedure]
    reached = set(table.start.values())
    for _ in table.moves:
        reached |= {after for state in reached for after in table.moves[state].values()}
    assert reached == set(table.moves)
    ending = set(table.ends)
    for _ in table.moves:
        ending |= {state for state, moves in table.moves.items() if ending & set(moves.values())}
    assert ending == set(table.moves)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_table_names_every_state_of_its_procedure_and_no_other(procedure: str) -> None:
    table = PROCEDURES[procedure]
    states = type(next(iter(table.moves)))
    assert list(table.moves) == list(states)
    assert {after for moves in [table.start, *table.moves.values()] for after in moves.values()} <= set(states)


def test_every_kind_of_event_is_of_use_in_some_procedure() -> None:
    used = {kind for table in PROCEDURES.values() for moves in [table.start, *table.moves.values()] for kind in moves}
    assert used | set(EVERYWHERE) == set(e.EVENTS)
    assert not used & set(EVERYWHERE)


def test_a_procedure_of_a_newer_version_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        procedure_of("interception")
    assert all(name in refused.value.hint for name in PROCEDURES)


@pytest.mark.parametrize("kind", FIRST)
def test_where_we_stand_follows_from_the_first_event(kind: type[e.CaseEvent]) -> None:
    case = played(kind)
    assert case.position is POSITIONS[kind]
    assert (case.id, case.peer, case.mode, case.events) == (CASE, PEER, Mode.EXERCISE, 1)


def test_a_case_begins_with_what_its_first_event_says() -> None:
    drafted = replace(played(e.Drafted))
    assert (drafted.request, drafted.drafted_by, drafted.order) == (REQUEST, AUTHOR, None)
    received = played(e.Received)
    assert (received.request, received.their_case, received.request_message) == (REQUEST, "c9", "m1")
    ordered = played(e.OrderReceived)
    assert (ordered.request, ordered.their_case) == (None, "c9")
    assert ordered.order is not None
    assert (ordered.order.data, ordered.order.recipients) == ("subscriber data", ("age1",))


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_author_never_approves(procedure: str) -> None:
    case = played(e.Drafted, procedure=procedure)
    with pytest.raises(NotPermitted):
        advance(case, e.Approved(at=2, by=AUTHOR, request_sha256=REQUEST_SHA256))
    assert advance(case, e.Approved(at=2, by=SECOND, request_sha256=REQUEST_SHA256)).approved_by == SECOND


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_nothing_is_sent_that_was_not_approved(procedure: str) -> None:
    with pytest.raises(OutOfOrder):
        advance(played(e.Drafted, procedure=procedure), sample(e.Sent))


def test_an_approval_of_a_changed_request_is_refused() -> None:
    changed = msgspec.structs.replace(REQUEST, subject="another matter")
    first = sample(e.Drafted)
    assert isinstance(first, e.Drafted)
    case = begin(CASE, msgspec.structs.replace(first, request=changed))
    with pytest.raises(OutOfOrder, match="changed after it was read"):
        advance(case, sample(e.Approved))


@pytest.mark.parametrize("digest", ["", REQUEST_SHA256.upper(), REQUEST_SHA256[:-1], "0" * 64])
def test_an_approval_of_anything_but_that_digest_is_refused(digest: str) -> None:
    with pytest.raises(OutOfOrder):
        advance(played(e.Drafted), e.Approved(at=2, by=SECOND, request_sha256=digest))


def test_the_author_is_refused_even_with_another_digest() -> None:
    """Who comes before what: nothing is learnt about the request by trying."""
    with pytest.raises(NotPermitted):
        advance(played(e.Drafted), e.Approved(at=2, by=AUTHOR, request_sha256="0" * 64))


def test_the_case_passed_in_is_untouched() -> None:
    case = played(e.Drafted)
    before = replace(case)
    advance(case, sample(e.Approved))
    assert case == before


def test_what_is_asked_for_stands_until_it_is_given() -> None:
    asked = played(e.Received, e.InformationAsked)
    assert asked.asked == ("42(3)(b): say for which offence",)
    mended = msgspec.structs.replace(REQUEST, subject="the matter, named")
    given = advance(asked, e.InformationGiven(at=6, by=PEER, request=mended, message="m3", doc_sha256="d3"))
    assert (given.asked, given.request, given.request_message) == ((), mended, "m3")


def test_a_rejected_message_is_the_case_s_trouble_and_a_delivered_one_is_not() -> None:
    sent = played(e.Drafted, e.Approved, e.Sent)
    rejected = advance(sent, e.Receipted(at=4, by=PEER, message="m1", status="rejected", code="treaty-check"))
    assert rejected.trouble == "treaty-check"
    assert advance(sent, sample(e.Receipted)).trouble == ""
    assert advance(rejected, sample(e.Receipted)).trouble == "treaty-check"


def decided(rule: str, *, in_favour: bool) -> e.Decided:
    return e.Decided(at=8, by=SECOND, rule=rule, decision="d", in_favour=in_favour, reasons="w", role="reviewer")


def test_decisions_on_different_rules_add_up() -> None:
    case = played(e.Received, e.Decided)
    case = advance(case, decided("scope", in_favour=True))
    case = advance(case, decided("safeguards", in_favour=False))
    assert case.decided == {"screens.expression", "scope"}
    assert case.opposed == {"safeguards"}


@pytest.mark.parametrize("last", [True, False])
def test_a_later_decision_takes_the_place_of_an_earlier_one_on_its_rule(last: bool) -> None:
    case = played(e.Received)
    for in_favour in (last, not last, last):
        case = advance(case, decided("scope", in_favour=in_favour))
    assert case.decided == ({"scope"} if last else set())
    assert case.opposed == (set() if last else {"scope"})


def test_preservation_cannot_end_before_it_begins() -> None:
    case = played(e.Received, e.OrderIssued)
    good = sample(e.Preserved)
    assert isinstance(good, e.Preserved)
    assert advance(case, msgspec.structs.replace(good, until=good.since)).preserved_until == good.since
    with pytest.raises(Malformed):
        advance(case, msgspec.structs.replace(good, since=good.until, until=good.since))


@pytest.mark.parametrize(
    ("kinds", "event"),
    [
        ((e.OrderReceived, e.EvidenceSealed), e.EvidenceReleased),
        ((e.OrderReceived, e.EvidenceArrived), e.EvidenceAccepted),
        ((e.OrderReceived, e.EvidenceArrived, e.EvidenceAccepted), e.EvidenceExamined),
    ],
    ids=["released", "accepted", "examined"],
)
def test_another_package_than_the_case_s_is_refused(
    kinds: tuple[type[e.CaseEvent], ...], event: type[e.CaseEvent]
) -> None:
    case = played(*kinds, procedure="stored_data")
    assert case.package == PACKAGE
    advance(case, sample(event))
    with pytest.raises(OutOfOrder, match="another evidence package"):
        advance(case, msgspec.structs.replace(sample(event), package="01934f5e-7c00-7000-8000-00000000000b"))


def test_who_holds_the_evidence_follows_the_hand_over() -> None:
    arrived = played(e.Received, e.Granted, e.OrderIssued, e.EvidenceArrived, procedure="stored_data")
    assert arrived.holder == PEER
    assert advance(arrived, sample(e.EvidenceAccepted)).holder == "XA/central-authority"


WHOLE: Final = [
    sample(kind) for kind in (e.Drafted, e.Approved, e.Sent, e.Receipted, e.InformationAsked, e.InformationGiven)
]
STORED: Final = stored(WHOLE)


def test_the_case_comes_back_from_its_stored_events() -> None:
    assert fold(CASE, STORED) == fold_events(WHOLE)
    assert fold(CASE, STORED).head == STORED[-1][1]


def test_a_case_without_events_or_a_first_one_is_refused() -> None:
    with pytest.raises(NotVerified, match="no events"):
        fold(CASE, [])
    data = e.write(sample(e.Sent))
    with pytest.raises(NotVerified, match="does not begin"):
        fold(CASE, [(data, link(None, CASE, data))])


@pytest.mark.parametrize("number", range(len(STORED) - 1))
def test_an_event_that_is_missing_is_noticed(number: int) -> None:
    with pytest.raises(NotVerified):
        fold(CASE, STORED[:number] + STORED[number + 1 :])


@pytest.mark.parametrize("number", range(len(STORED) - 1))
def test_events_in_another_order_are_noticed(number: int) -> None:
    with pytest.raises(NotVerified):
        fold(CASE, [*STORED[:number], STORED[number + 1], STORED[number], *STORED[number + 2 :]])


def test_an_event_told_twice_is_noticed() -> None:
    with pytest.raises(NotVerified):
        fold(CASE, [*STORED, STORED[-1]])


def test_events_moved_to_another_case_are_noticed() -> None:
    with pytest.raises(NotVerified):
        fold(CaseId("01934f5e-7c00-7000-8000-000000000002"), STORED)


def test_an_event_exchanged_for_another_with_its_own_link_is_noticed_at_the_next() -> None:
    other = e.write(e.Sent(at=3, by=SECOND, message="m1", doc_sha256="d2"))
    with pytest.raises(NotVerified):
        fold(CASE, [*STORED[:2], (other, link(STORED[1][1], CASE, other)), *STORED[3:]])


def test_another_spelling_of_the_same_event_is_noticed() -> None:
    """What is hashed is the bytes that are kept, not an event written anew from them."""
    event = e.Withdrawn(at=2, by=AUTHOR, reasons="a bell: \x1a")
    kept = stored([sample(e.Drafted), event])
    data, head = kept[1]
    for spelling in (data.replace(b"\\u001a", b"\\u001A"), data.replace(b'"at":2', b'"at": 2')):
        assert spelling != data
        assert e.read(spelling) == event
        with pytest.raises(NotVerified):
            fold(CASE, [kept[0], (spelling, head)])


def test_an_event_stored_before_a_field_was_added_still_joins() -> None:
    """A later version writes more fields, with their defaults: old cases must fold all the same."""
    first = e.write(sample(e.Drafted))
    older = e.write(sample(e.Approved)).replace(b',"reasons":""', b"")
    assert older != e.write(sample(e.Approved))
    heads = [link(None, CASE, first)]
    heads.append(link(heads[0], CASE, older))
    case = fold(CASE, [(first, heads[0]), (older, heads[1])])
    assert (case.approved_by, case.head) == (SECOND, heads[1])


def test_stored_events_that_join_and_are_not_possible_are_refused() -> None:
    """Who can write links can write no history that the table does not allow."""
    events = [sample(e.Drafted), sample(e.Sent)]
    kept: list[tuple[bytes, Digest]] = []
    for event in events:
        data = e.write(event)
        kept.append((data, link(kept[-1][1] if kept else None, CASE, data)))
    with pytest.raises(OutOfOrder):
        fold(CASE, kept)


@pytest.mark.parametrize("count", range(1, len(STORED) + 1))
def test_a_case_that_is_known_up_to_an_event_is_folded_on_from_there(count: int) -> None:
    known = fold_events(WHOLE[:count])
    assert fold(CASE, STORED, known) == fold_events(WHOLE)
    assert fold(CASE, STORED[:count], known) is known


@pytest.mark.parametrize("count", range(1, len(STORED) + 1))
def test_what_is_known_hides_no_change_of_what_is_stored(count: int) -> None:
    """An event it was folded from is changed; the last is another with its own link; or later ones were taken back."""
    known = fold_events(WHOLE[:count])
    for number, (data, head) in enumerate(STORED[:count]):
        with pytest.raises(NotVerified):
            fold(CASE, [*STORED[:number], (data[:-1] + b" }", head), *STORED[number + 1 :]], known)
    assert fold(CASE, STORED[:1], known) == fold_events(WHOLE[:1])
    withdrawn = [*WHOLE[: min(count, 3) - 1], sample(e.Withdrawn)] if count > 1 else [sample(e.Received)]
    assert fold(CASE, stored(withdrawn), known) == fold_events(withdrawn)


def test_the_positions_are_the_three_there_are() -> None:
    assert set(POSITIONS.values()) == set(Position)
