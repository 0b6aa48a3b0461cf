"""Exercise and live."""

from comity.base.mode import Mode


def test_an_exercise_is_stamped_and_live_is_not() -> None:
    assert Mode.EXERCISE.stamp == "EXERCISE"
    assert Mode.LIVE.stamp == ""


def test_a_mode_is_read_from_its_own_name() -> None:
    assert [Mode(str(mode)) for mode in Mode] == list(Mode)
