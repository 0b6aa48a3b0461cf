"""What people of a simulated node do next."""

from random import Random

from msgspec.structs import replace

from comity.cases.case import Case, Doubt
from comity.cases.doubting import Ground
from comity.cases.procedures.preservation import State
from comity.simulate import what_next
from comity.simulate.plan import WAITS, Plan, Shares
from tests.simulators.story import at, case_at


def asked() -> Case:
    """A request for preservation, at the State that is asked."""
    return case_at(at("asked"), "xb", "preservation")


def sight(*, is_ours_alone: bool = False) -> what_next.Sight:
    return what_next.Sight(Plan().end.day, Shares(), Random(1), is_ours_alone=is_ours_alone)


def test_what_is_in_doubt_is_settled_before_anything_else_is_done() -> None:
    case = asked()
    doubt = Doubt(str(Ground.STALE_DIRECTORY), case.peer, "", 0, ())
    assert what_next.next_step(case, sight()) == "order preservation"
    assert what_next.next_step(replace(case, doubts=(doubt,)), sight()) == what_next.SETTLE
    assert what_next.SETTLE in WAITS


def test_an_objection_is_consulted_on_unless_the_other_state_has_no_such_case() -> None:
    case = replace(asked(), state=State.OBJECTED)
    assert what_next.next_step(case, sight()) == "answer objection"
    assert what_next.next_step(case, sight(is_ours_alone=True)) == "order preservation"
