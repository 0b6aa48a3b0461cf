"""Four eyes: an approval is a passkey's signature over exactly the decision shown, by a second person, once."""

import json
from dataclasses import replace

import msgspec
import pytest

from comity.base.encoding import b64u, from_b64u
from comity.base.errors import BadSignature, ComityError, Malformed, NotPermitted, NotVerified, OutOfOrder
from comity.base.mode import Mode
from comity.cases import approval, events
from comity.cases.approval import PasskeyApproval
from comity.cases.case import Case
from comity.treaty.request import Screens
from comity.workflows import decide_request, draft_request, people, people_approvals, people_challenges
from tests.simulators.authenticator import Authenticator, first_operator, joined, signature
from tests.simulators.forge import send_request_unchecked
from tests.simulators.story import at, draft
from tests.simulators.world import SmallWorld, new_world, preservation, without_statement


@pytest.fixture
def world() -> SmallWorld:
    return at("new")


@pytest.fixture
def bo(world: SmallWorld) -> Authenticator:
    first_operator(world.xa.office)
    return joined(world.xa.office, "bo", "case_lawyer")


def record_of(world: SmallWorld, case: Case) -> PasskeyApproval:
    found = next(one for one in world.xa.events(case.id) if isinstance(one, events.Approved))
    assert found.passkey is not None
    return found.passkey


def refused(world: SmallWorld, case: Case, answer: bytes, kind: type[ComityError], person: str = "bo") -> None:
    with pytest.raises(kind):
        draft_request.approve(world.xa.office, person, case.id, answer=answer)
    assert world.xa.outbox() == []


@pytest.mark.parametrize("is_ed25519", [False, True])
def test_a_signed_approval_goes_and_anybody_can_check_what_is_kept_of_it(world: SmallWorld, is_ed25519: bool) -> None:
    first_operator(world.xa.office)
    eda = joined(world.xa.office, "eda", "case_lawyer", is_ed25519=is_ed25519)
    case = draft(world, preservation())
    answer = signature(world.xa.office, "eda", case.id, eda, reasons="read and in order")
    sent = draft_request.approve(world.xa.office, "eda", case.id, answer=answer)
    assert sent.approved_by == "eda"
    decision = approval.verify_approval(record_of(world, case))
    assert (decision.case, decision.person, decision.reasons) == (case.id, "eda", "read and in order")
    assert (decision.head, decision.request_sha256) == (str(case.head), case.request_sha256)


def test_the_author_is_not_even_asked(world: SmallWorld) -> None:
    first_operator(world.xa.office)
    anna = joined(world.xa.office, "anna", "duty_officer")
    case = draft(world, preservation())
    assert case.drafted_by == "anna"
    with pytest.raises(NotPermitted):
        signature(world.xa.office, "anna", case.id, anna)


def test_a_signature_counts_once(world: SmallWorld, bo: Authenticator) -> None:
    case = draft(world, preservation())
    answer = signature(world.xa.office, "bo", case.id, bo)
    draft_request.approve(world.xa.office, "bo", case.id, answer=answer)
    with pytest.raises(NotVerified):
        draft_request.approve(world.xa.office, "bo", case.id, answer=answer)


def test_a_signature_is_used_up_by_a_try_that_failed(world: SmallWorld, bo: Authenticator) -> None:
    case, other = draft(world, preservation()), draft(world, preservation())
    answer = signature(world.xa.office, "bo", case.id, bo)
    refused(world, other, answer, NotVerified)
    refused(world, case, answer, NotVerified)


def test_a_signature_that_comes_late_is_refused(world: SmallWorld, bo: Authenticator) -> None:
    case = draft(world, preservation())
    answer = signature(world.xa.office, "bo", case.id, bo)
    world.pass_seconds(people_challenges.CHALLENGE_SECONDS + 1)
    refused(world, case, answer, NotVerified)


def test_a_case_that_changed_after_it_was_read_voids_the_signature(world: SmallWorld, bo: Authenticator) -> None:
    doubtful = msgspec.structs.replace(preservation(), screens=Screens(expression=True))
    case = draft(world, doubtful)
    answer = signature(world.xa.office, "bo", case.id, bo)
    decide_request.decide(
        world.xa.office, "rose", case.id, rule="screens.expression", in_favour=True, decision="yes", reasons="looked"
    )
    refused(world, case, answer, OutOfOrder)
    again = signature(world.xa.office, "bo", case.id, bo)
    assert draft_request.approve(world.xa.office, "bo", case.id, answer=again).state == "requested"


def test_another_persons_passkey_is_refused(world: SmallWorld, bo: Authenticator) -> None:
    carl = joined(world.xa.office, "carl", "case_lawyer")
    case = draft(world, preservation())
    asked = people_approvals.ask(world.xa.office, "bo", case.id)
    refused(world, case, carl.get(asked.options), NotVerified)
    refused(world, case, signature(world.xa.office, "bo", case.id, bo), NotVerified, person="carl")


@pytest.mark.parametrize(
    "faults",
    [
        {"origin": "http://localhost:9999"},
        {"origin": "https://evil.example"},
        {"site": "evil.example"},
        {"verified": False},
        {"challenge": bytes(32)},
        {"kind": "webauthn.create"},
    ],
    ids=lambda faults: "-".join(map(str, faults.values()))[:24],
)
def test_an_authenticator_that_does_wrong_is_refused(
    world: SmallWorld, bo: Authenticator, faults: dict[str, object]
) -> None:
    case = draft(world, preservation())
    refused(world, case, signature(world.xa.office, "bo", case.id, bo.with_faults(**faults)), NotVerified)


def test_a_copied_authenticator_shows_by_its_count(world: SmallWorld, bo: Authenticator) -> None:
    case = draft(world, preservation())
    copy = Authenticator(bo.seed, held=[replace(one) for one in bo.held])
    bo.get(people_approvals.ask(world.xa.office, "bo", case.id).options)
    answer = signature(world.xa.office, "bo", case.id, bo)
    people_approvals.check(world.xa.office, "bo", case.id, answer)
    refused(world, case, signature(world.xa.office, "bo", case.id, copy), NotVerified)


def test_who_is_suspended_approves_nothing_with_what_they_signed(world: SmallWorld, bo: Authenticator) -> None:
    case = draft(world, preservation())
    answer = signature(world.xa.office, "bo", case.id, bo)
    people.suspend(world.xa.office, "olive", "bo")
    refused(world, case, answer, NotPermitted)


def test_a_live_node_takes_no_approval_without_a_signature(world: SmallWorld) -> None:
    live = new_world(Mode.LIVE)
    case = draft(live, preservation())
    refused(live, case, b"", NotPermitted)
    with pytest.raises(NotPermitted):
        people_approvals.ask(live.xa.office, "bo", case.id)
    exercise = draft(world, preservation())
    assert draft_request.approve(world.xa.office, "bo", exercise.id).state == "requested"


def test_a_mended_request_is_signed_too(world: SmallWorld, bo: Authenticator) -> None:
    case = send_request_unchecked(world, draft(world, without_statement()))
    world.settle()
    mended = msgspec.structs.replace(without_statement(), assistance_will_follow=True)
    draft_request.supply(world.xa.office, "anna", case.id, mended)
    answer = signature(world.xa.office, "bo", case.id, bo)
    draft_request.approve(world.xa.office, "bo", case.id, answer=answer)
    given = next(one for one in world.xa.events(case.id) if isinstance(one, events.InformationGiven))
    assert given.passkey is not None
    assert approval.verify_approval(given.passkey).person == "bo"


@pytest.mark.parametrize("field", [name for name in PasskeyApproval.__struct_fields__ if name != "credential"])
def test_a_record_with_anything_changed_does_not_hold(world: SmallWorld, bo: Authenticator, field: str) -> None:
    case = draft(world, preservation())
    answer = signature(world.xa.office, "bo", case.id, bo)
    draft_request.approve(world.xa.office, "bo", case.id, answer=answer)
    record = record_of(world, case)
    if field == "site":
        value = "elsewhere.example"
    else:
        data = bytearray(from_b64u(getattr(record, field)))
        data[len(data) // 2] ^= 1
        value = b64u(bytes(data))
    with pytest.raises((BadSignature, Malformed)):
        approval.verify_approval(msgspec.structs.replace(record, **{field: value}))


@pytest.mark.parametrize("answer", [b"{}", b"", b"[]", b"\xff", b'{"rawId":"*"}', b"{" * 5000])
def test_what_is_no_answer_is_refused_as_such(world: SmallWorld, answer: bytes) -> None:
    case = draft(world, preservation())
    with pytest.raises(Malformed):
        people_approvals.check(world.xa.office, "bo", case.id, answer)


def test_a_broken_answer_never_raises_anything_but_a_typed_error(world: SmallWorld, bo: Authenticator) -> None:
    case = draft(world, preservation())
    for field in ("clientDataJSON", "authenticatorData", "signature", "userHandle"):
        for broken in ("", "AA", "AAAA", 7, None, b64u(bytes(40)), "*"):
            said = json.loads(signature(world.xa.office, "bo", case.id, bo))
            said["response"][field] = broken
            with pytest.raises(ComityError):
                people_approvals.check(world.xa.office, "bo", case.id, json.dumps(said).encode())
                assert field == "userHandle"  # browsers may leave it out
                raise NotVerified("it may be left out")
