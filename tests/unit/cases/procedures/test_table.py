"""The shape of a table: what it says when a step is not possible."""

import pytest

from comity.base.errors import OutOfOrder
from comity.cases import events as e
from comity.cases.procedures.preservation import PRESERVATION, State
from comity.cases.procedures.table import Procedure
from tests.simulators.case_files import sample


def test_a_refused_step_names_the_step_the_procedure_and_the_state() -> None:
    with pytest.raises(OutOfOrder) as refused:
        PRESERVATION.next_state(State.OBJECTED, sample(e.Granted))
    assert refused.value.what == "granted is not possible while the preservation is objected"
    assert refused.value.hint == "possible: order_issued, receipted, refused, withdrawn"


def test_before_the_first_event_it_says_so() -> None:
    with pytest.raises(OutOfOrder) as refused:
        PRESERVATION.next_state(None, sample(e.Granted))
    assert "while the preservation is not begun" in refused.value.what
    assert refused.value.hint == "possible: drafted, order_received, received"


def test_where_nothing_is_possible_it_says_that_it_has_ended() -> None:
    ended = Procedure("a thing", "1", {}, {State.LAPSED: {}}, frozenset({State.LAPSED}))
    with pytest.raises(OutOfOrder) as refused:
        ended.next_state(State.LAPSED, sample(e.Receipted))
    assert refused.value.hint == "possible: nothing: it has ended"
