"""Steps that many ask for at once, done by one of them in one transaction.

Each who asks has a thread of its own, and to hand the database from one thread to the next costs as much as half a
step. So whoever asks first does what the others have asked for by then: what their steps read is read together, what
they write is written together, and one COMMIT serves them all. The next of those who wait then does the same.

Where a step of several raises, all of them are taken back and done one by one, so that what is wrong with one is its
own affair. What the database itself could not do is told to each.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any, Final, TypeVar, cast

from comity.base.errors import Unavailable
from comity.workflows.stores import Ahead, Step, Transaction

T = TypeVar("T")
MOST: Final = 32
"""Steps in one transaction: others wait to write for as long as these take."""


class Asked:
    """A step, whoever waits for it, and what became of it. `turn` is let go once it is done, or is to lead."""

    def __init__(self, step: Step[Any]) -> None:
        self.step = step
        self.leads = False
        self.is_done = False
        self.result: Any = None
        self.error: BaseException | None = None
        self.turn = threading.Semaphore(0)

    def end(self, result: Any, error: BaseException | None) -> None:
        self.result, self.error, self.is_done = result, error, True


class SharedSteps:
    """Over the transactions of one store, for any number of threads. `_waiting`: in the order asked; where there are
    any, one thread leads, and is the first of them until it has begun."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Transaction]]) -> None:
        self._begin = begin
        self._lock = threading.Lock()
        self._waiting: deque[Asked] = deque()
        self._is_led = False

    def do(self, step: Step[T]) -> T:
        """As the promise of `Store.share` says."""
        mine = Asked(step)
        with self._lock:
            self._waiting.append(mine)
            mine.leads = not self._is_led
            self._is_led = True
        if not mine.leads:
            self._wait(mine)
        if not mine.is_done:
            self._lead(mine)
        if mine.error is not None:
            raise mine.error
        return cast(T, mine.result)

    def _wait(self, mine: Asked) -> None:
        try:
            mine.turn.acquire()
        except BaseException:  # interrupted, perhaps when it was to lead: the others still wait
            with self._lock:
                with suppress(ValueError):
                    self._waiting.remove(mine)
                if mine.leads:
                    self._let_lead()
            raise

    def _lead(self, mine: Asked) -> None:
        """Do what is asked for by now, ours and others', and let the next of those who still wait lead."""
        group = [mine]
        try:
            self._do_all(group)
        except BaseException as error:
            mine.end(None, error)
            raise
        finally:
            for one in group:
                if not one.is_done:
                    one.end(None, _interrupted())
            with self._lock:
                if self._waiting and self._waiting[0] is mine:  # it could not begin
                    self._waiting.popleft()
                self._let_lead()
            for one in group[1:]:
                one.turn.release()

    def _let_lead(self) -> None:
        self._is_led = bool(self._waiting)
        if self._waiting:
            self._waiting[0].leads = True
            self._waiting[0].turn.release()

    def _do_all(self, group: list[Asked]) -> None:
        try:
            with self._begin() as tx:
                group += self._take()
                tx.ahead(_together([one.step.ahead for one in group]))
                results = [one.step.do(tx) for one in group]
        except Unavailable as error:  # also where nobody can say whether it was written: not to be done twice
            for one in group:
                one.end(None, error)
        except Exception as error:  # noqa: BLE001 - it is told to whoever asked for the step
            if len(group) == 1:
                group[0].end(None, error)
                return
            for one in group:
                self._do_alone(one)
        else:
            for one, result in zip(group, results, strict=True):
                one.end(result, None)

    def _do_alone(self, one: Asked) -> None:
        try:
            result = do_alone(self._begin, one.step)
        except Exception as error:  # noqa: BLE001 - as above
            one.end(None, error)
        else:
            one.end(result, None)

    def _take(self) -> Sequence[Asked]:
        """Those who wait behind whoever leads, and are done with it."""
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))][1:]


def _interrupted() -> Unavailable:
    """It may have been after the COMMIT."""
    return Unavailable("who was at it was interrupted", hint="look whether it was written, then do it again")


def do_alone(begin: Callable[[], AbstractContextManager[Transaction]], step: Step[T]) -> T:
    """A step in a transaction of its own."""
    with begin() as tx:
        tx.ahead(step.ahead)
        return step.do(tx)


def _together(asked: Iterable[Ahead]) -> Ahead:
    parts = list(asked)
    if len(parts) == 1:
        return parts[0]
    return Ahead(
        cases=list(dict.fromkeys(name for one in parts for name in one.cases)),
        keys=list(dict.fromkeys(name for one in parts for name in one.keys)),
        channels=list(dict.fromkeys(name for one in parts for name in one.channels)),
        people=list(dict.fromkeys(name for one in parts for name in one.people)),
        peers=list(dict.fromkeys(name for one in parts for name in one.peers)),
    )
