"""Threads that queue behind one transaction."""

import threading
from collections.abc import Sequence

from comity.adapters.sql.database import Database


def while_others_wait(database: Database, works: Sequence[threading.Thread]) -> None:
    """Start all while the first of them cannot go on, and wait until each has ended."""
    with database.transaction():
        for one in works:
            one.start()
        while database._waiting < len(works):
            threading.Event().wait(0.001)
    for one in works:
        one.join()
