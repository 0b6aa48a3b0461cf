"""Says in the database that this process lives, so that whoever keeps the node going sees how many are at work."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from comity.base.errors import ComityError
from comity.workflows.office import Office
from comity.workflows.work_store import Process

BEAT_SECONDS: Final = 20
GONE_SECONDS: Final = 3600
"""Policy: a process that has not been seen for so long is left out of the list."""
_logger = logging.getLogger("comity.worker")


class Presence:
    """A thread of its own: long work must not look like death."""

    def __init__(self, office: Office, kind: str) -> None:
        self._office = office
        self._kind = kind
        self._id = office.randomness.bytes(8).hex()
        self._began = office.clock.now()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="presence", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=10)

    def _beat(self) -> None:
        while True:
            self._try(self._say)
            if self._stopping.wait(BEAT_SECONDS):
                self._try(self._leave)
                return

    def _say(self) -> None:
        now = self._office.clock.now()
        with self._office.store.transaction() as tx:
            tx.work.put_process(Process(self._id, self._kind, self._began, now))
            tx.work.remove_processes(now.plus_seconds(-GONE_SECONDS))

    def _leave(self) -> None:
        with self._office.store.transaction() as tx:
            tx.work.remove_process(self._id)

    @staticmethod
    def _try(work: Callable[[], None]) -> None:
        try:
            work()
        except ComityError as error:
            _logger.warning("presence: %s (%s)", error.code, error.what)
