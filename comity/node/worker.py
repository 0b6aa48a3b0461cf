"""What the node does by itself: open what came, deliver what waits (woken, or soon), publish the log (on a clock)."""

import logging
import threading
from collections.abc import Callable

from comity.base.errors import ComityError
from comity.workflows import deliver_outbox, receive_envelope, sequence_log
from comity.workflows.office import Office

POLL_SECONDS = 0.2
ASK_AGAIN_SECONDS = 900
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
        ]

    def start(self) -> None:
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
        office = self._office
        while not self._stopping.is_set():
            self._came.wait(POLL_SECONDS)
            self._came.clear()
            busy = True
            while busy and not self._stopping.is_set():
                busy = self._round()
        _logger.debug("mail ended at %s", office.node)

    def _round(self) -> bool:
        """One round of everything; whether something was done, so that another round may find more."""
        office = self._office
        opened = self._try("open", lambda: receive_envelope.open_waiting(office))
        sent = self._try("deliver", lambda: deliver_outbox.deliver(office).sent)
        brought = self._try("receipts", lambda: deliver_outbox.deliver_receipts(office))
        return bool(opened or sent or brought)

    def _publish(self, every: float) -> None:
        while not self._stopping.is_set():
            self._try("publish", lambda: sequence_log.publish(self._office).size)
            self._stopping.wait(every)

    def _try(self, what: str, work: Callable[[], int]) -> int:
        """A failed round is told and tried again."""
        try:
            return work()
        except ComityError as error:
            _logger.warning("%s: %s (%s)", what, error.code, error.what)
            return 0
