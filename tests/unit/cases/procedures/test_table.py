"""The shape of a table: what it says when a step is not possible."""

from enum import StrEnum

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import OutOfOrder
from comity.cases import events as e
from comity.cases.machine import PROCEDURES
from comity.cases.procedures.preservation import PRESERVATION, State
from comity.cases.procedures.table import EVERYWHERE, Procedure
from tests.simulators.case_files import AUTHOR, sample

STANDS = [(one, state) for one in PROCEDURES.values() for state in (None, *one.moves)]


def test_a_refused_step_names_the_step_the_procedure_and_the_state() -> None:
    with pytest.raises(OutOfOrder) as refused:
        PRESERVATION.next_state(State.OBJECTED, sample(e.Granted))
    assert refused.value.what == "granted is not possible while the preservation is objected"
    possible = set(refused.value.hint.removeprefix("possible: ").split(", "))
    assert {"order_issued", "receipted", "refused", "withdrawn", "frozen", "notice_given"} < possible
    assert "granted" not in possible and "unfrozen" not in possible


def test_before_the_first_event_it_says_so() -> None:
    with pytest.raises(OutOfOrder) as refused:
        PRESERVATION.next_state(None, sample(e.Granted))
    assert "while the preservation is not begun" in refused.value.what
    assert refused.value.hint == "possible: drafted, order_received, received"


def test_oversight_secrecy_and_notices_are_possible_in_every_state_and_move_nothing() -> None:
    for kind in EVERYWHERE:
        for state in State:
            assert PRESERVATION.next_state(state, sample(kind), frozen=kind is e.Unfrozen) is state


@given(st.sampled_from(STANDS), st.sampled_from(e.EVENTS), st.booleans(), st.frozensets(st.sampled_from(e.EVENTS)))
def test_a_step_of_ours_is_taken_where_it_stands_among_the_possible_ones_and_nowhere_else(
    at: tuple[Procedure, StrEnum | None], kind: type[e.CaseEvent], frozen: bool, also: frozenset[type[e.CaseEvent]]
) -> None:
    procedure, state = at
    ours = msgspec.structs.replace(sample(kind), by=AUTHOR)
    possible = procedure.possible(state, frozen=frozen, also=also)
    try:
        assert procedure.next_state(state, ours, frozen=frozen, also=also) == possible[kind]
    except OutOfOrder:
        assert kind not in possible


def test_what_is_frozen_is_not_frozen_again_and_what_is_not_is_not_released() -> None:
    with pytest.raises(OutOfOrder, match="frozen by oversight"):
        PRESERVATION.next_state(State.PRESERVED, sample(e.Frozen), frozen=True)
    with pytest.raises(OutOfOrder):
        PRESERVATION.next_state(State.PRESERVED, sample(e.Unfrozen))
