"""The line to a peer: after failures in a row nothing is sent for a while, then one batch tries; and its clock.

So a peer that does not answer costs one attempt now and then, however much waits for it. Once it answers, what was put
off because it did not is due at once.
"""

from dataclasses import replace
from typing import Final

from comity.base.instants import Instant
from comity.workflows.office import Office
from comity.workflows.stores import Line, Transaction

FAILURES_TO_CLOSE: Final = 3
FIRST_PAUSE_SECONDS: Final = 5
LONGEST_PAUSE_SECONDS: Final = 300
SKEW_TO_TELL_SECONDS: Final = 30
PUT_OFF: Final = ("unavailable", "expired")
"""Why a message waits that waits for the peer to answer, and for nothing else."""
_NEVER: Final = Instant.from_seconds(0)


def line_of(tx: Transaction, peer: str) -> Line:
    """How the peer has answered so far."""
    return tx.lines.get(peer) or Line(peer, 0, _NEVER, None)


def answered(tx: Transaction, peer: str, now: Instant, its_time: Instant) -> None:
    """It answered: the line is open. its_time: the moment it signed its answer with."""
    if line_of(tx, peer).failures:
        _bring_forward(tx, peer, now)
    tx.lines.put(Line(peer, 0, _NEVER, now, its_time.seconds - now.seconds))


def called(tx: Transaction, peer: str, now: Instant) -> None:
    """It called us, or answered in a way that says nothing of its clock: the line is open."""
    before = line_of(tx, peer)
    if before.failures:
        _bring_forward(tx, peer, now)
    tx.lines.put(Line(peer, 0, _NEVER, now, before.skew))


def refused_our_clock(tx: Transaction, peer: str, now: Instant, its_time: Instant) -> None:
    """It answered that the two clocks differ too much: by how much is known, though nobody signed it."""
    before = line_of(tx, peer)
    tx.lines.put(replace(before, last_answer=now, skew=its_time.seconds - now.seconds))


def reached(tx: Transaction, peer: str, now: Instant) -> None:
    """It answered what was no message: one batch may try. Should that fail too, the line is closed for longer."""
    before = line_of(tx, peer)
    _bring_forward(tx, peer, now)
    tx.lines.put(Line(peer, before.failures, _NEVER, now, before.skew, before.reason))


def _bring_forward(tx: Transaction, peer: str, now: Instant) -> None:
    tx.outbox.hasten_of(peer, PUT_OFF, now)
    tx.receipts.hasten(peer, now)


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
