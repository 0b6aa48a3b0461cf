"""The nodes that are measured deliver, what they are measured against does its work, and a filled database is whole."""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench import delivery_pair
from bench.delivery import raw_commits
from bench.delivery_cpu import in_memory
from bench.delivery_fill import fill
from bench.mail import Mail
from bench.measure import Goal, Row
from comity.exchange.directory import open_list
from comity.simulate.states import CODES


def test_two_nodes_deliver_and_a_filled_database_is_one_they_go_on_with(tmp_path: Path) -> None:
    for cases in (0, 40):
        if cases:
            for node in ("XA", "XB"):
                fill(tmp_path / node, cases)
        with ExitStack() as stack:
            xa, _ = (delivery_pair.start if cases else delivery_pair.pair)(tmp_path, stack)
            xa.ask("draft", count=3, peers=[delivery_pair.XB])
            assert xa.ask("send", count=2, flight=2)["seconds"] > 0
            assert xa.ask("send", count=1, flight=1)["p50"] > 0
    for node, table in (("XA", "outbox"), ("XB", "inbox")):
        database = sqlite3.connect(tmp_path / node / "comity.db")
        (delivered,) = database.execute(f"SELECT count(*) FROM {table} WHERE state = 'delivered'").fetchone()
        assert delivered == 40 + 3
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()


def test_a_peer_is_of_any_invented_state_so_that_there_may_be_a_hundred(tmp_path: Path) -> None:
    assert len(CODES) > 100
    made = delivery_pair.found(tmp_path / "node", f"{CODES[100]}/central-authority", 8400)
    assert made.entity.id == f"{CODES[100]}/central-authority"
    assert open_list(made.file.read_bytes()).value.state == CODES[100]


def test_a_mail_arrives_and_is_verified(program: Callable[[str], str]) -> None:
    with ExitStack() as stack:
        Mail(program("gpg"), 1, stack).send(1)


def test_the_others_do_what_they_are_timed_for(tmp_path: Path) -> None:
    raw_commits(tmp_path, 3)
    assert in_memory(3, 2) > 0


@pytest.mark.parametrize(("ours", "seen"), [(0.5, 4.0), (4.0, 0.5)])
def test_a_goal_is_how_many_times_as_fast(ours: float, seen: float) -> None:
    assert Goal("ours", "theirs", 2.0).seen([Row("theirs", 2.0, 1.0), Row("ours", ours, 1.0)]) == seen
