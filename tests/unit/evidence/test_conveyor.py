"""Blocks shared between threads: all of them, in their order, and none after one that failed."""

import pytest

from comity.evidence.conveyor import Backlog, Conveyor


def test_a_backlog_keeps_its_order_whoever_works_on_it() -> None:
    done: list[int] = []

    def work(block: memoryview) -> None:
        done.append(int.from_bytes(block))

    backlog = Backlog(work, 4)

    def pass_on(block: memoryview, _last: bool) -> None:
        memory = backlog.free()
        memory[: len(block)] = block
        backlog.send(memory, len(block))

    with Conveyor(pass_on, 4, meanwhile=backlog.do_one) as belt:
        for number in range(2000):
            block = belt.free()
            block[:4] = number.to_bytes(4)
            belt.send(block, 4)
    backlog.finish()
    assert done == list(range(2000))


def test_after_a_block_that_failed_no_other_is_worked_on() -> None:
    done: list[bytes] = []

    def work(block: memoryview) -> None:
        if bytes(block) == b"b":
            raise OSError("full")
        done.append(bytes(block))

    backlog = Backlog(work, 1)
    for letter in (b"a", b"b", b"c"):
        backlog.send(memoryview(letter), 1)
    with pytest.raises(OSError, match="full"):
        backlog.finish()
    backlog.finish()
    assert done == [b"a"]
