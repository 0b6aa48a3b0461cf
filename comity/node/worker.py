"""What the node does by itself: open what came, deliver what waits, ask again for receipts, publish the log.

Any number of workers may be at it, on whatever machines: what is done from time to time is whoever's turn it is
(`workflows.work_store`), all else is claimed with a lease. A worker that dies keeps nothing from being done for longer
than that.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import astuple
from functools import partial

from comity.base.errors import ComityError
from comity.base.instants import Instant
from comity.exchange.envelope import BATCH_MOST
from comity.workflows import (
    close_pairs,
    deliver_outbox,
    destroy_evidence,
    open_emergency,
    poll_peers,
    publish_statistics,
    receive_envelope,
    resume_channels,
    see_logs,
    sequence_log,
    swap_proofs,
    take_parts,
    try_lines,
    watch_deadlines,
    watch_directories,
    watch_oversight,
    webhooks,
)
from comity.workflows.office import Office
from comity.workflows.work_store import Waiting

POLL_SECONDS = 0.2
TELL_SECONDS = 1.0
ASK_AGAIN_SECONDS = 900
"""Also how often deadlines are looked at."""
WATCH_SECONDS = 60
CALL_SECONDS = 5
LOOK_SECONDS = 5.0
"""How often a worker looks whether a turn is due that another may have let pass."""
TIDY_SECONDS = 86400
SEE_SECONDS = 86400
POLL_WAIT_SECONDS = 20
OPENED_AT_ONCE = 8
"""Channels whose messages are opened at once."""
PEERS_AT_ONCE = 4
"""Peers that are called at once: one that is slow holds up no other."""
_logger = logging.getLogger("comity.worker")


class Worker:
    """Threads over one office. `wake` says that something came; `stop` ends them after the round they are in."""

    def __init__(self, office: Office, publish_seconds: float) -> None:
        self._office = office
        self._stopping = threading.Event()
        self._came = office.came
        self._look_next: dict[str, float] = {}
        self._held: set[str] = set()
        self._waiting = Waiting(outbox=False, inbox=False, receipts=False)
        self._threads = [
            threading.Thread(target=self._mail, name="mail", daemon=True),
            threading.Thread(target=self._publish, args=(publish_seconds,), name="publish", daemon=True),
            threading.Thread(target=self._tell, name="webhooks", daemon=True),
            threading.Thread(target=self._call_out, name="mailboxes", daemon=True),
            threading.Thread(target=self._try_lines, name="lines", daemon=True),
            threading.Thread(target=self._keep_turns, name="turns", daemon=True),
        ]

    def start(self) -> None:
        if self._try("take over", lambda: deliver_outbox.take_over(self._office)):
            self._try("take over", lambda: self._put_off("ask", ASK_AGAIN_SECONDS))
        self._in_turn("tidy", TIDY_SECONDS, self._tidy)
        self._try("who oversees", lambda: watch_oversight.compare(self._office))
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        self._came.set()

    def stop(self) -> None:
        self._stopping.set()
        self._came.set()
        for thread in self._threads:
            thread.join(timeout=10)

    def _mail(self) -> None:
        while not self._stopping.is_set():
            self._came.wait(POLL_SECONDS)
            self._came.clear()
            while self._round() and not self._stopping.is_set():
                pass
            self._in_turn("watch", WATCH_SECONDS, self._watch)
            self._in_turn("ask", ASK_AGAIN_SECONDS, self._ask)
            self._in_turn("tidy", TIDY_SECONDS, self._tidy)

    def _watch(self) -> None:
        self._try("watch directories", lambda: watch_directories.watch(self._office))
        self._try("resume channels", lambda: resume_channels.resume_quietly(self._office))

    def _ask(self) -> None:
        self._try("ask again", self._ask_again)
        self._try("what could not be entered", lambda: receive_envelope.take_up_again(self._office))
        self._try("what ran out", lambda: watch_deadlines.end_what_ran_out(self._office))
        self._try("emergencies", lambda: open_emergency.sound_overdue(self._office))
        self._try("swap proofs", lambda: swap_proofs.swap(self._office))
        self._try("close pairs", lambda: close_pairs.close_due(self._office))
        self._try("prove statistics", lambda: publish_statistics.complete(self._office))

    def _tidy(self) -> None:
        """What processes that are gone left behind."""
        self._try("clear up", lambda: destroy_evidence.clear_up_all(self._office))
        self._try("unfinished packages", self._office.packages.clear)
        self._try("abandoned parts", lambda: take_parts.drop_abandoned(self._office))

    def _ask_again(self) -> int:
        before = self._office.clock.now().plus_seconds(-ASK_AGAIN_SECONDS)
        return deliver_outbox.ask_for_receipts(self._office, before)

    def _round(self) -> bool:
        """One round of what waits; whether another may find more: what is queued meanwhile wakes the worker by
        itself."""
        office, opened, brought = self._office, 0, 0
        self._waiting = Waiting(outbox=False, inbox=True, receipts=True)  # where it cannot be seen
        sent = self._try("deliver", self._deliver)
        if self._waiting.inbox:
            opened = self._try("open", lambda: receive_envelope.open_waiting(office, OPENED_AT_ONCE))
        if self._waiting.receipts or opened:
            brought = self._try("receipts", lambda: deliver_outbox.deliver_receipts(office))
        return sent >= BATCH_MOST or opened > 0 or brought >= BATCH_MOST

    def _deliver(self) -> int:
        done = deliver_outbox.deliver(self._office, PEERS_AT_ONCE)
        self._waiting = done.waiting
        return done.sent

    def _publish(self, every: float) -> None:
        while not self._stopping.is_set():
            self._in_turn(
                "publish", every, lambda: self._try("publish", lambda: sequence_log.publish(self._office).size)
            )
            self._in_turn(
                "see logs", SEE_SECONDS, lambda: self._try("see logs", lambda: see_logs.see_logs(self._office))
            )
            self._stopping.wait(min(every, LOOK_SECONDS))

    def _tell(self) -> None:
        """A thread of its own: what an authority's own system is slow to take holds up no message to a peer."""
        while not self._stopping.is_set():
            self._try("webhooks", lambda: webhooks.deliver(self._office))
            self._stopping.wait(TELL_SECONDS)

    def _call_out(self) -> None:
        """Where nobody reaches this node: ask the peers for what waits there. A thread of its own, for an empty answer
        may take a while."""
        while not self._stopping.is_set():
            if poll_peers.calls_out(self._office) and self._try("mailboxes", self._ask_mailboxes):
                self.wake()
                continue
            self._stopping.wait(CALL_SECONDS)

    def _ask_mailboxes(self) -> int:
        return sum(astuple(poll_peers.poll_all(self._office, POLL_WAIT_SECONDS)))

    def _try_lines(self) -> None:
        """A thread of its own: who does not answer is waited for here, and holds up no message."""
        while not self._stopping.wait(try_lines.TRY_SECONDS):
            if self._try("lines", lambda: try_lines.try_closed(self._office)):
                self.wake()

    def _in_turn(self, name: str, every: float, work: Callable[[], object]) -> None:
        """Do it if it is due and nobody else is at it. The period is counted from where it began."""
        if time.monotonic() < self._look_next.get(name, 0):
            return
        self._look_next[name] = time.monotonic() + min(every, LOOK_SECONDS)
        begun = self._office.clock.now()
        if self._try(name, lambda: self._take(name)) and not self._stopping.is_set():
            self._held.add(name)
            try:
                work()
            finally:
                self._held.discard(name)
            self._try(name, lambda: self._end(name, begun.plus_seconds(int(every))))

    def _keep_turns(self) -> None:
        """What takes longer than a lease is not begun by another meanwhile."""
        while not self._stopping.wait(self._office.lease_seconds / 3):
            for name in tuple(self._held):
                self._try(name, partial(self._keep, name))

    def _keep(self, name: str) -> int:
        with self._office.store.transaction() as tx:
            tx.work.keep_turn(name, self._office.clock.now().plus_seconds(self._office.lease_seconds))
        return 1

    def _take(self, name: str) -> int:
        now = self._office.clock.now()
        with self._office.store.transaction() as tx:
            return int(tx.work.take_turn(name, now, now.plus_seconds(self._office.lease_seconds)))

    def _end(self, name: str, next_at: Instant) -> int:
        with self._office.store.transaction() as tx:
            tx.work.end_turn(name, next_at)
        return 1

    def _put_off(self, name: str, seconds: int) -> int:
        """A turn that is not due at the start."""
        self._take(name)
        return self._end(name, self._office.clock.now().plus_seconds(seconds))

    def _try(self, what: str, work: Callable[[], int]) -> int:
        """A typed failure is told and tried again. What was not foreseen ends the process, to begin clean."""
        try:
            return work()
        except ComityError as error:
            _logger.warning("%s: %s (%s)", what, error.code, error.what)
            return 0
        except Exception as error:  # noqa: BLE001 - the node stops on it
            _logger.critical("%s: unforeseen %s; the node stops", what, type(error).__name__)
            self._stopping.set()
            os.kill(os.getpid(), signal.SIGTERM)
            return 0
