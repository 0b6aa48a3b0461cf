"""Two nodes behind faulty lines, killed at random: nothing is lost, nothing happens twice. Long form: make soak."""

from pathlib import Path

from tests.soak.chaos import Chaos, is_good


def test_nothing_is_lost_or_doubled_when_lines_fail_and_nodes_are_killed(tmp_path: Path) -> None:
    found = Chaos(tmp_path, exchanges=15, kills=1, trouble=0.4, seed=7, patience=120).run()
    assert is_good(found), found
    assert (found["messages"], found["kills"]) == (30, 1)
