"""Nobody does what their roles do not let them do: every action, every role, by the workflow itself."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import pytest

from comity.base.errors import Malformed, NotPermitted
from comity.workflows import (
    ask_information,
    call_back,
    carry_by_hand,
    clarify_order,
    consult_peer,
    decide_request,
    destroy_evidence,
    disclose_case,
    doubts,
    draft_request,
    enter_notice,
    erase_case,
    examine_evidence,
    freeze_case,
    hand_over,
    keep_directory,
    keep_secrecy,
    lift_order,
    order_provider,
    pass_complaints,
    pass_on,
    people,
    postpone_request,
    publish_statistics,
    retain,
    rotate_log_key,
    seal_evidence,
    suspend_peer,
    tell_exculpatory,
    tokens,
    withdraw_request,
)
from comity.workflows.access import ACTIONS, PersonRole, permit
from comity.workflows.office import Office
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import at
from tests.simulators.world import PROVIDER, XB, SmallWorld, preservation

NO_CASE: Final = "00000000-0000-7000-8000-000000000000"
LATER: Final = date(2030, 1, 1)
DOES: Final[dict[str, Callable[[Office], Any]]] = {
    "draft": lambda office: draft_request.draft(office, "person", preservation(), XB),
    "approve": lambda office: draft_request.approve(office, "person", NO_CASE),
    "supply": lambda office: draft_request.supply(office, "person", NO_CASE, preservation()),
    "decide": lambda office: decide_request.decide(
        office, "person", NO_CASE, rule="a", in_favour=True, decision="b", reasons="c"
    ),
    "grant": lambda office: decide_request.grant(office, "person", NO_CASE, reasons="a"),
    "refuse": lambda office: decide_request.refuse(
        office, "person", NO_CASE, ground="a", citation="40(21)(b)", reasons="b"
    ),
    "order": lambda office: order_provider.order(
        office, "person", NO_CASE, provider=f"{office.state}/p", legal_basis="a", reasons="b"
    ),
    "confirm": lambda office: order_provider.confirm_preserved(office, "person", NO_CASE),
    "object": lambda office: order_provider.object_to_order(office, "person", NO_CASE, ground="a", reasons="b"),
    "seal": lambda office: seal_evidence.seal_evidence(office, "person", NO_CASE, [], how="a"),
    "release": lambda office: hand_over.release(office, "person", NO_CASE, reason="a"),
    "accept": lambda office: hand_over.accept(office, "person", NO_CASE, reason="a"),
    "examine": lambda office: examine_evidence.examine(office, "person", NO_CASE, MemoryPackage(), purpose="a"),
    "return": lambda office: hand_over.give_back(office, "person", NO_CASE, reason="a"),
    "destroy": lambda office: destroy_evidence.destroy(office, "person", NO_CASE, reasons="a", copies="b"),
    "withdraw": lambda office: withdraw_request.withdraw(office, "person", NO_CASE, reasons="a"),
    "ask": lambda office: ask_information.ask(office, "person", NO_CASE, missing=["a"], text="b"),
    "postpone": lambda office: postpone_request.postpone(office, "person", NO_CASE, reasons="a", look_again=LATER),
    "resume": lambda office: postpone_request.resume(office, "person", NO_CASE, reasons="a"),
    "consult": lambda office: consult_peer.consult(office, "person", NO_CASE, about="refusal", text="a"),
    "reply": lambda office: consult_peer.reply(office, "person", NO_CASE, text="a"),
    "conditions": lambda office: consult_peer.answer_conditions(office, "person", NO_CASE, accept=True, reasons="a"),
    "question": lambda office: clarify_order.question(office, "person", NO_CASE, text="a"),
    "clarify": lambda office: clarify_order.clarify(office, "person", NO_CASE, text="a"),
    "lift": lambda office: lift_order.lift(office, "person", NO_CASE, reasons="a"),
    "let_go": lambda office: lift_order.let_go(office, "person", NO_CASE, text="a"),
    "settle_doubt": lambda office: doubts.settle(office, "person", NO_CASE, keep=True, reasons="a"),
    "suspend": lambda office: suspend_peer.readmit(office, "person", XB, reasons="a"),
    "freeze": lambda office: freeze_case.freeze(office, "person", NO_CASE, reasons="a"),
    "unfreeze": lambda office: freeze_case.unfreeze(office, "person", NO_CASE, reasons="a"),
    "extend_secrecy": lambda office: keep_secrecy.extend(office, "person", NO_CASE, until=LATER, reasons="a"),
    "end_secrecy": lambda office: keep_secrecy.end(office, "person", NO_CASE, reasons="a"),
    "notify": lambda office: keep_secrecy.give_notice(office, "person", NO_CASE, to="a", how="b"),
    "withhold_notice": lambda office: keep_secrecy.withhold_notice(office, "person", NO_CASE, reasons="a"),
    "waive_notice": lambda office: keep_secrecy.waive_notice(office, "person", NO_CASE, reasons="a"),
    "keep the directory": lambda office: keep_directory.trust(office, "person", b"{}", None),
    "keep the people": lambda office: people.suspend(office, "person", "nobody"),
    "carry": lambda office: carry_by_hand.pack(office, "person", XB),
    "keep the log": lambda office: rotate_log_key.retire_key(office, "person"),
    "erase": lambda office: erase_case.erase(office, "person", NO_CASE, "a"),
    "exculpatory": lambda office: tell_exculpatory.tell(office, "person", NO_CASE, text="a"),
    "complaint": lambda office: pass_complaints.take(
        office, "person", NO_CASE, kind="complaint", text="a", reference="b"
    ),
    "answer_complaint": lambda office: pass_complaints.answer(
        office, "person", NO_CASE, complaint="a", outcome="done", reasons="b"
    ),
    "disclose": lambda office: disclose_case.disclose(office, "person", NO_CASE, order="a", to="b"),
    "keep_longer": lambda office: retain.keep_longer(office, "person", NO_CASE, item="case", until=LATER, reasons="a"),
    "sweep": lambda office: retain.sweep(office, "person"),
    "onward": lambda office: pass_on.ask(office, "person", NO_CASE, to=XB, reasons="a"),
    "authorise_onward": lambda office: pass_on.answer(office, "person", NO_CASE, authorise=True, reasons="a"),
    "pass_on": lambda office: pass_on.pass_on(office, "person", NO_CASE, MemoryPackage(), to=XB, reasons="a"),
    "call_back": lambda office: call_back.call_back(
        office, "person", NO_CASE, result="confirmed", reached="a", text="b"
    ),
    "check_call": lambda office: call_back.check_call(office, "person", NO_CASE, confirmed=True, reasons="a"),
    "admit_emergency": lambda office: call_back.admit(office, "person", NO_CASE, reasons="a"),
    "follow_up": lambda office: call_back.follow_up(office, "person", NO_CASE, text="a"),
    "review_emergency": lambda office: call_back.review(office, "person", NO_CASE, outcome="confirmed", reasons="a"),
    "see_notice": lambda office: enter_notice.saw(office, "person", NO_CASE),
    "publish statistics": lambda office: publish_statistics.publish(office, "person", "2020-Q1"),
    "keep tokens": lambda office: tokens.revoke(office, "person", "000000000000"),
}
OVERSEES: Final = {"freeze", "unfreeze", "waive_notice", "publish statistics"}
EVERY: Final = [(action, role) for action in DOES for role in PersonRole]


@pytest.fixture(scope="module")
def world() -> SmallWorld:
    return at("new")


def office_with(world: SmallWorld, *roles: str) -> Office:
    return world.change(PROVIDER, people={"person": frozenset(roles)})


def test_every_action_is_tried_here() -> None:
    assert set(DOES) == set(ACTIONS)


@pytest.mark.parametrize(("action", "role"), EVERY)
def test_a_workflow_lets_in_the_roles_of_its_action_and_no_others(
    world: SmallWorld, action: str, role: PersonRole
) -> None:
    office = office_with(world, role)
    before = world.provider.dump()
    refused = False
    try:
        DOES[action](office)
    except NotPermitted:
        refused = True
    except Exception as error:  # noqa: BLE001 - let in, and then stopped by something else: there is no such case
        assert not isinstance(error, NotPermitted)
    assert refused is (role not in ACTIONS[action])
    assert world.provider.dump() == before


def test_somebody_who_is_not_of_this_node_does_nothing_whatever_the_id(world: SmallWorld) -> None:
    office = office_with(world, *PersonRole)
    for stranger, error in (("another", NotPermitted), ("Person", Malformed), ("", Malformed)):
        with pytest.raises(error):
            permit(office, stranger, "draft")


def test_who_is_refused_is_told_who_may(world: SmallWorld) -> None:
    with pytest.raises(NotPermitted) as caught:
        permit(office_with(world, "oversight"), "person", "grant")
    assert caught.value.hint == "it takes one of: reviewer"


def test_operators_touch_no_case_and_oversight_only_stops_one() -> None:
    assert {action for action, roles in ACTIONS.items() if PersonRole.OVERSIGHT in roles} == OVERSEES
    hands_off = {PersonRole.OPERATOR}
    keeps = {"suspend", "keep the directory", "keep the people", "keep tokens", "keep the log", "carry", "sweep"}
    keeps |= {"see_notice", "publish statistics"}
    assert {action for action, roles in ACTIONS.items() if roles & hands_off} == keeps


def test_the_role_in_which_a_person_acts_is_one_that_may(world: SmallWorld) -> None:
    office = office_with(world, "operator", "case_lawyer", "duty_officer")
    for action in ("draft", "approve", "order"):
        assert permit(office, "person", action) in ACTIONS[action] & {"case_lawyer", "duty_officer"}
