"""What has run out lapses, and what something keeps open does not."""

from comity.workflows import watch_deadlines
from tests.simulators.story import at, case_at


def test_preservation_lapses_after_its_last_day_and_not_on_it() -> None:
    world = at("preserved")
    until = case_at(world, "xa", "preservation").preserved_until
    assert until is not None
    world.pass_days((until - world.xa.office.clock.now().day).days)
    watch_deadlines.end_what_ran_out(world.xa.office)  # the secrecy ended before
    assert case_at(world, "xa", "preservation").state == "preserved"
    world.pass_days(1)
    assert watch_deadlines.end_what_ran_out(world.xa.office) == 1
    assert case_at(world, "xa", "preservation").state == "lapsed"
    assert watch_deadlines.end_what_ran_out(world.xa.office) == 0


def test_what_is_held_pending_a_decision_on_assistance_does_not_lapse() -> None:
    world = at("production asked")
    assert case_at(world, "xb", "preservation").state == "held pending decision"
    world.pass_days(400)
    watch_deadlines.end_what_ran_out(world.xb.office)
    assert case_at(world, "xb", "preservation").state == "held pending decision"
