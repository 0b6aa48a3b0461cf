"""A line of steps, and threads that each carry a block of their own through all of it.

A step takes the blocks in their order, one at a time: while one thread hashes its block, the other encrypts the one
before. A block stays with one core and its cache, and two cores stay busy whatever each step takes. Hashing, AEAD,
reading and writing let go of the interpreter's lock.

A thread takes the turn of the next step before it gives up that of the last, so no block overtakes another. The caller
only waits: a signal finds it outside of every turn.
"""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

B = TypeVar("B")


def take_turns(blocks: Sequence[B], first: Callable[[B], bool], *then: Callable[[B], object]) -> None:
    """Carry block after block through the steps, one thread for each of `blocks`; no thread for one block alone.

    first: readies a block, and says whether there is another after it. Raises what a step raised first, once all
    threads have ended; after a step that failed none begins.
    """
    is_more = first(blocks[0])
    if not is_more:
        for step in then:
            step(blocks[0])
        return

    turns = [threading.Lock() for _ in range(1 + len(then))]
    failures: list[BaseException] = []

    def carry(block: B, *, is_ready: bool) -> None:
        nonlocal is_more
        held = turns[0]
        if not is_ready:
            held.acquire()
        try:
            while is_ready or is_more:
                if failures:
                    return
                if not is_ready:
                    is_more = first(block)
                is_ready = False
                for turn, step in zip(turns[1:], then, strict=True):
                    turn.acquire()
                    held.release()
                    held = turn
                    if failures:
                        return
                    step(block)
                held.release()
                held = turns[0]
                held.acquire()
        except BaseException as error:  # noqa: BLE001 - raised again where the threads are waited for
            failures.append(error)
        finally:
            held.release()

    turns[0].acquire()  # the first thread's, which has its block already
    threads = [
        threading.Thread(target=carry, args=(block,), kwargs={"is_ready": not number}, daemon=True)
        for number, block in enumerate(blocks)
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException as error:  # noqa: BLE001 - raised again below
        failures.append(error)
        for thread in threads:
            if thread.ident is not None:
                thread.join()
    if failures:
        raise failures[0]
