"""A small world whose nodes end at a named point, again and again, and begin anew from what was committed."""

from collections.abc import Callable, Mapping

from comity.base.errors import Unavailable
from comity.base.ids import NodeId
from comity.workflows import deliver_outbox
from comity.workflows.ports import Answer
from tests.simulators.failpoints import Stopped
from tests.simulators.named_points import Point, Watcher
from tests.simulators.story import approve, draft
from tests.simulators.wire import Wire
from tests.simulators.world import XA, XB, new_world, preservation
from tests.soak.history import History, check, read_ledger

_ROUNDS_MOST = 40


class EndingWorld:
    """`ended`: how many times a process ended at the point. After `most` times it is passed unharmed. opens: whether
    the receiver opens what comes before it answers."""

    def __init__(self, point: Point, most: int, *, opens: bool) -> None:
        self.world = new_world()
        self.world.opens = opens
        self.ended = 0
        self._point, self._most, self._at = point, most, NodeId("")
        self._watcher = Watcher(point, self._passed)
        for node in self.world.nodes:
            self.world.change(node, courier=_EndingWire(self, self.world.wire))

    def run(self, asked_most: int = 40) -> int:
        """Requests until the point was passed often enough, and one more; how many. Raises AssertionError where the
        point was not reached, or where in the end not everything was done once."""
        asked = 0
        with self._watcher:
            while self.ended < self._most and asked < asked_most:
                self._ask()
                asked += 1
                self._settle()
            self._ask()
            self._settle()
        assert self.ended == self._most, f"{self._point.name}: passed {self.ended} times"
        ledgers = {node: read_ledger(self.world.nodes[node].database.engine, node) for node in (XA, XB)}
        found = check(History(ledgers={str(node): ledger for node, ledger in ledgers.items()}))
        assert found == [], f"{self._point.name}: {found}"
        assert len(ledgers[XA].sent) == asked + 1
        return asked + 1

    def _passed(self) -> None:
        if self._at == self._point.node and self.ended < self._most:
            self.ended += 1
            raise Stopped

    def _ask(self) -> None:
        """A person drafts and approves; where their process ended, they look whether it is done, and go on."""
        case = draft(self.world, preservation())
        while self.world.xa.case(case.id).state == "draft":
            self.within(XA, lambda: approve(self.world, case))

    def _settle(self) -> None:
        for _ in range(_ROUNDS_MOST):
            for node in (XA, XB):
                self.within(node, lambda node=node: self.world.round(node))  # type: ignore[misc]
            if not any(self.world.nodes[node].is_waiting() for node in (XA, XB)):
                return
            self.world.pass_seconds(deliver_outbox.LEASE_SECONDS + 1)
        raise AssertionError(f"{self._point.name}: not quiet")

    def within(self, node: NodeId, work: Callable[[], object]) -> bool:
        """Do it in the node's process; False if that ended on it. What follows begins with what was committed."""
        before, self._at = self._at, node
        try:
            work()
        except Stopped:
            one = self.world.nodes[node]
            with one.database.engine.connect() as connection:
                driver = connection.connection.driver_connection
                assert driver is not None
                driver.rollback()
            self.world.restart(node)
            deliver_outbox.take_over(one.office)
            self._watcher.look()
            return False
        finally:
            self._at = before
        return True


class _EndingWire:
    """Carries requests; who ends while it works at one gives no answer."""

    def __init__(self, ending: EndingWorld, wire: Wire) -> None:
        self._ending, self._wire = ending, wire

    def carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        answers: list[Answer] = []
        (to,) = (node for node, one in self._ending.world.nodes.items() if url.startswith(one.url))
        if not self._ending.within(to, lambda: answers.append(self._wire.carry(method, url, headers, body))):
            raise Unavailable("the peer did not answer")
        return answers[0]
