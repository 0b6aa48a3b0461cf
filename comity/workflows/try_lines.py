"""While the line to a peer is closed, ask now and then whether it answers, apart from the rounds: what waits for it
goes then, and not when the pause is over.

What is asked for is its version, signed with its receipt key. It takes no message and says nothing of one.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from comity.base.errors import ComityError
from comity.workflows import peer_line
from comity.workflows.ask_version import ask_version
from comity.workflows.office import Office

TRY_SECONDS: Final = 15
"""How often. Policy: an hour without a line is made good within a minute of its return."""
_AT_ONCE: Final = 8


def try_closed(office: Office) -> int:
    """How many lines were opened."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        closed = [line.peer for line in tx.lines.all() if line.closed_until > now]
    if not closed:
        return 0
    with ThreadPoolExecutor(min(_AT_ONCE, len(closed))) as pool:
        return sum(pool.map(partial(_opens, office), closed))


def _opens(office: Office, peer: str) -> bool:
    try:
        ask_version(office, peer)
    except ComityError:
        return False  # it does not answer, or is in no directory any more
    with office.store.transaction() as tx:
        peer_line.reached(tx, peer, office.clock.now())
    return True
