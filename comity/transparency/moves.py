"""Entries that got new places when a restored log was recovered, as the log's own statements say it.

A node whose backup was restored went on with work; once the entries it lacked were back, what it had made meanwhile
stands after them. A public statement follows:

    recovery      from: where the first of `moved` entries stood; they stand right before the statement now

Rules: what moved was in no signed checkpoint, so no proof was ever given for an old place; a document or a letter may
name one. A statement that itself moved in a later recovery still stands right after what it speaks of.
"""

from collections.abc import Iterable
from typing import Final

from comity.base.errors import ComityError
from comity.transparency.entry import read_statement

RECOVERY: Final = "recovery"


def stood_at(statements: Iterable[tuple[int, bytes]], index: int) -> tuple[int, int] | None:
    """Where entry `index` stood first, and the statement that says it moved; None where none does.

    statements: (index, entry) of public statements after `index`, in order.
    """
    for at, entry in statements:
        try:
            fields = read_statement(entry)
        except ComityError:
            continue
        was, moved = fields.get("from"), fields.get("moved")
        if fields["kind"] != RECOVERY or not isinstance(was, int) or not isinstance(moved, int):
            continue
        if at - moved <= index < at:
            return was + index - (at - moved), at
    return None
