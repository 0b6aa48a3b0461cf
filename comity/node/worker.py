"""What the node does by itself: open what came, deliver what waits, ask again for receipts, publish the log."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import astuple

from comity.base.errors import ComityError
from comity.workflows import (
    close_pairs,
    deliver_outbox,
    destroy_evidence,
    open_emergency,
    poll_peers,
    publish_statistics,
    receive_envelope,
    resume_channels,
    sequence_log,
    swap_proofs,
    take_parts,
    watch_deadlines,
    watch_directories,
    watch_oversight,
    webhooks,
)
from comity.workflows.office import Office

POLL_SECONDS = 0.2
TELL_SECONDS = 1.0
ASK_AGAIN_SECONDS = 900
"""Also how often deadlines are looked at."""
WATCH_SECONDS = 60
CALL_SECONDS = 5
POLL_WAIT_SECONDS = 20
PEERS_AT_ONCE = 4
"""Peers that are called at once: one that is slow holds up no other."""
_logger = logging.getLogger("comity.worker")


class Worker:
    """Threads over one office. `wake` says that something came; `stop` ends them after the round they are in."""

    def __init__(self, office: Office, publish_seconds: float) -> None:
        self._office = office
        self._stopping = threading.Event()
        self._came = threading.Event()
        self._threads = [
            threading.Thread(target=self._mail, name="mail", daemon=True),
            threading.Thread(target=self._publish, args=(publish_seconds,), name="publish", daemon=True),
            threading.Thread(target=self._tell, name="webhooks", daemon=True),
            threading.Thread(target=self._call_out, name="mailboxes", daemon=True),
        ]

    def start(self) -> None:
        self._try("take over", lambda: deliver_outbox.take_over(self._office))
        self._try("clear up", lambda: destroy_evidence.clear_up_all(self._office))
        self._try("unfinished packages", self._office.packages.clear)
        self._try("abandoned parts", lambda: take_parts.drop_abandoned(self._office))
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
        ask_next = time.monotonic() + ASK_AGAIN_SECONDS
        watch_next = time.monotonic()
        while not self._stopping.is_set():
            self._came.wait(POLL_SECONDS)
            self._came.clear()
            while self._round() and not self._stopping.is_set():
                pass
            if time.monotonic() >= watch_next:
                watch_next = time.monotonic() + WATCH_SECONDS
                self._try("watch directories", lambda: watch_directories.watch(self._office))
                self._try("resume channels", lambda: resume_channels.resume_quietly(self._office))
            if time.monotonic() >= ask_next:
                ask_next = time.monotonic() + ASK_AGAIN_SECONDS
                self._try("ask again", self._ask_again)
                self._try("lapse", lambda: watch_deadlines.lapse(self._office))
                self._try("emergencies", lambda: open_emergency.sound_overdue(self._office))
                self._try("end secrecy", lambda: watch_deadlines.end_secrecy(self._office))
                self._try("swap proofs", lambda: swap_proofs.swap(self._office))
                self._try("close pairs", lambda: close_pairs.close_due(self._office))
                self._try("prove statistics", lambda: publish_statistics.complete(self._office))

    def _ask_again(self) -> int:
        before = self._office.clock.now().plus_seconds(-ASK_AGAIN_SECONDS)
        return deliver_outbox.ask_for_receipts(self._office, before)

    def _round(self) -> bool:
        """One round of everything; whether something was done, so that another round may find more."""
        office = self._office
        opened = self._try("open", lambda: receive_envelope.open_waiting(office))
        sent = self._try("deliver", lambda: deliver_outbox.deliver(office, PEERS_AT_ONCE).sent)
        brought = self._try("receipts", lambda: deliver_outbox.deliver_receipts(office))
        return bool(opened or sent or brought)

    def _publish(self, every: float) -> None:
        while not self._stopping.is_set():
            self._try("publish", lambda: sequence_log.publish(self._office).size)
            self._stopping.wait(every)

    def _tell(self) -> None:
        """A thread of its own: what an authority's own system is slow to take holds up no message to a peer."""
        while not self._stopping.is_set():
            self._try("webhooks", lambda: webhooks.deliver(self._office))
            self._stopping.wait(TELL_SECONDS)

    def _call_out(self) -> None:
        """Where nobody reaches this node: ask the peers for what waits there. A thread of its own, for an empty answer
        may take a while."""
        while not self._stopping.is_set():
            if poll_peers.calls_out(self._office):
                polled = self._try(
                    "mailboxes", lambda: sum(astuple(poll_peers.poll_all(self._office, POLL_WAIT_SECONDS)))
                )
                if polled:
                    self.wake()
                    continue
            self._stopping.wait(CALL_SECONDS)

    def _ask_mailboxes(self) -> int:
        return sum(astuple(poll_peers.poll_all(self._office, POLL_WAIT_SECONDS)))

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
