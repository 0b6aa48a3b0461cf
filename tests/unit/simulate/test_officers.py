"""What people of a simulated node do next."""

from random import Random

from msgspec.structs import replace

from comity.cases.case import Case, Doubt
from comity.cases.doubting import Ground
from comity.cases.procedures.preservation import State
from comity.simulate import officers
from comity.simulate.plan import WAITS, Plan, Shares
from tests.simulators.story import at, case_at


def asked() -> Case:
    """A request for preservation, at the State that is asked."""
    return case_at(at("asked"), "xb", "preservation")


def sight(*, is_ours_alone: bool = False) -> officers.Sight:
    return officers.Sight(Plan().end.day, Shares(), Random(1), is_ours_alone=is_ours_alone)


def test_what_is_in_doubt_is_settled_before_anything_else_is_done() -> None:
    case = asked()
    doubt = Doubt(str(Ground.STALE_DIRECTORY), case.peer, "", 0, ())
    assert officers.next_step(case, sight()) == "order preservation"
    assert officers.next_step(replace(case, doubts=(doubt,)), sight()) == officers.SETTLE
    assert officers.SETTLE in WAITS


def test_an_objection_is_consulted_on_unless_the_other_state_has_no_such_case() -> None:
    case = replace(asked(), state=State.OBJECTED)
    assert officers.next_step(case, sight()) == "answer objection"
    assert officers.next_step(case, sight(is_ours_alone=True)) == "order preservation"
