"""What the signals look at is read from a case's own events, alike at both ends."""

from datetime import date

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from comity.base.digests import Digest
from comity.base.ids import CaseId, uuid7
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.cases import events as e
from comity.cases import machine
from comity.cases.case import link
from comity.oversight.signals.asked import Asked, asked_of, likeness, shingles
from comity.simulate import asking
from comity.simulate.chance import drawn_for
from comity.simulate.matters import Matter, draw_kind
from comity.simulate.plan import START
from comity.treaty.request import Offence, Request
from tests.simulators.world import XA, XB, preservation, production

NOW = Instant.parse("2027-06-01T00:00:00Z")
AT = Instant.parse("2027-02-01T10:00:00Z")
DOC = "0" * 64
MESSAGE = uuid7(AT, bytes(10))


def received(request: Request) -> e.Received:
    return e.Received(
        at=AT.seconds + 60,
        by=XA,
        mode=Mode.EXERCISE,
        procedure="stored_data",
        peer=XA,
        their_case="c",
        message=MESSAGE,
        doc_sha256=DOC,
        request=request,
    )


def read(*events: e.Event, request: Request | None = None) -> Asked:
    found = asked_of("1", XB, [received(request or production()), *events], NOW, "key")
    assert found is not None
    return found


def asks(by: str = "olga") -> e.ConsultationOpened:
    return e.ConsultationOpened(at=AT.seconds + 90, by=by, about="refusal", text="?", message="m")


def withdrawn() -> e.Withdrawn:
    return e.Withdrawn(at=AT.seconds + 100, by=XA, reasons="-", message="w")


def test_a_request_counts_for_who_made_it_at_the_moment_of_its_message() -> None:
    found = read()
    assert (found.requester, found.at, found.key) == (XA, AT.seconds, "key")
    sent = e.Sent(at=AT.seconds, by="bo", message=MESSAGE, doc_sha256=DOC)
    drafted = e.Drafted(
        at=AT.seconds, by="anna", mode=Mode.EXERCISE, procedure="stored_data", peer=XB, request=production()
    )
    ours = asked_of("1", XA, [drafted, sent], NOW)
    assert ours is not None and (ours.requester, ours.at) == (XA, AT.seconds)
    assert asked_of("1", XA, [drafted], NOW) is None


def test_withdrawing_counts_only_while_a_question_of_the_other_side_stands() -> None:
    missing = e.InformationAsked(at=AT.seconds + 80, by="olga", missing=("x",), message="q")
    given = e.InformationGiven(at=AT.seconds + 90, by=XA, request=production(), message=MESSAGE, doc_sha256=DOC)
    assert read(missing, withdrawn()).dropped and read(asks(), withdrawn()).dropped
    assert not read(missing, given, withdrawn()).dropped
    assert not read(withdrawn()).dropped and not read(missing).dropped
    assert not read(asks(by=XA), withdrawn()).questioned


def test_an_emergency_nobody_confirmed_counts_as_unconfirmed_once_its_review_is_overdue() -> None:
    request = msgspec.structs.replace(production(), emergency="A child is missing.")
    opened = e.EmergencyOpened(
        at=AT.seconds, by=XA, key="", approvers=("a", "b"), text_sha256=DOC, review_due=date(2027, 2, 6)
    )
    reviewed = e.EmergencyReviewed(at=AT.seconds + 9, by="rita", outcome="confirmed", reasons="-", role="reviewer")
    denied = e.CalledBack(
        at=AT.seconds + 9, by="dan", number="1", result="denied", reached="", text="-", role="duty_officer"
    )
    assert read(opened, request=request).emergency == "unconfirmed"
    assert read(opened, reviewed, request=request).emergency == "confirmed"
    assert read(opened, denied, request=request).emergency == "unconfirmed"
    soon = asked_of("1", XB, [received(request), opened], AT)
    assert soon is not None and soon.emergency == "open"
    assert read().emergency == ""


def test_a_penalty_of_the_least_years_or_younger_than_the_act_is_seen() -> None:
    offence = Offence(
        max_penalty_years=4, penalty_in_force_since=date(2027, 1, 2), act_committed_on=date(2027, 1, 1), law="x"
    )
    found = read(request=msgspec.structs.replace(production(), offence=offence))
    assert found.by_penalty and found.at_limit and found.raised
    older = msgspec.structs.replace(offence, max_penalty_years=5, penalty_in_force_since=date(2020, 1, 2))
    found = read(request=msgspec.structs.replace(production(), offence=older))
    assert found.by_penalty and not found.at_limit and not found.raised


def test_what_follows_an_earlier_request_is_the_same_matter() -> None:
    assert read(request=preservation()).first
    assert not read(request=msgspec.structs.replace(production(), follows="c")).first


@given(words=st.lists(st.sampled_from("abcdefgh"), min_size=12, max_size=60), number=st.integers())
def test_a_changed_number_hides_no_copy(words: list[str], number: int) -> None:
    text = " ".join(words)
    assert likeness(shingles(text), shingles(f"{number}. {text.upper()}!")) == 1.0


def test_other_words_are_another_text_and_no_text_is_like_nothing() -> None:
    one = shingles("the bank was asked first and its records end at a forged passport")
    other = shingles("neighbours were heard and nobody had seen the tenant in that street")
    assert likeness(one, other) == 0.0 == likeness(shingles(""), shingles(""))


def test_the_drawn_years_are_made_of_moves_that_a_case_can_make() -> None:
    """Every event drawn for measuring passes the one door of the machine, in its order."""
    moves = 0
    for number in range(150):
        drawn = drawn_for(number, "course")
        matter = Matter(number, XA[:2], XB[:2], draw_kind(drawn, 0.2), False, number % 2 == 0, True, True)  # type: ignore[arg-type]
        ways = asking.Ways(questioned=0.5, dropped=0.4, renewed=0.4, refused=0.4, unconfirmed=0.4)
        for happened in asking.courses(matter, ways, START, drawn):
            head: Digest | None = None
            stored = []
            for one in happened:
                data = e.write(one)
                head = link(head, CaseId("1"), data)
                stored.append((data, head))
            assert machine.fold(CaseId("1"), stored).events == len(happened)
            moves += len(happened)
    assert moves > 300
