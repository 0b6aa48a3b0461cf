"""The line to a peer: after failures in a row nothing is sent for a while, then one batch tries; and its clock.

So a peer that does not answer costs one attempt now and then, however much waits for it.
"""

from typing import Final

from comity.base.instants import Instant
from comity.workflows.office import Office
from comity.workflows.stores import Line, Transaction

FAILURES_TO_CLOSE: Final = 3
FIRST_PAUSE_SECONDS: Final = 5
LONGEST_PAUSE_SECONDS: Final = 300
SKEW_TO_TELL_SECONDS: Final = 30
_NEVER: Final = Instant.from_seconds(0)


def line_of(tx: Transaction, peer: str) -> Line:
    """How the peer has answered so far."""
    return tx.lines.get(peer) or Line(peer, 0, _NEVER, None)


def answered(tx: Transaction, peer: str, now: Instant, its_time: Instant) -> None:
    """It answered: the line is open. its_time: the moment it signed its answer with."""
    tx.lines.put(Line(peer, 0, _NEVER, now, its_time.seconds - now.seconds))


def called(tx: Transaction, peer: str, now: Instant) -> None:
    """It called us, or answered in a way that says nothing of its clock: the line is open."""
    tx.lines.put(Line(peer, 0, _NEVER, now, line_of(tx, peer).skew))


def failed(office: Office, tx: Transaction, peer: str, now: Instant, reason: str) -> Line:
    """It did not: from the third failure on, the line is closed for a random share of a pause that doubles."""
    before = line_of(tx, peer)
    failures = before.failures + 1
    closed_until = _NEVER
    if failures >= FAILURES_TO_CLOSE:
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS << min(failures - FAILURES_TO_CLOSE, 16))
        share = (1 + int.from_bytes(office.randomness.bytes(2), "big") / 65536) / 2
        closed_until = now.plus_seconds(round(pause * share))
    line = Line(peer, failures, closed_until, before.last_answer, before.skew, reason)
    tx.lines.put(line)
    return line
