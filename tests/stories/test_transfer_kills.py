"""Either end of a transfer killed at a random moment: the short form of tests/soak/transfer.py."""

from pathlib import Path

from tests.soak.transfer import run


def test_a_transfer_goes_on_after_either_end_was_killed_and_sends_nothing_twice(tmp_path: Path) -> None:
    outcome = run(tmp_path, mib=8, kills=2, seed=4, forked=True)
    assert outcome.is_good
    assert outcome.kills > 0
