"""What the log's growth tells whoever keeps in memory what was read of the cases, so that little is read again.

Each event has its log entry, written with it, so the growth names the cases that changed; that one was erased is stated
in the log. Where the log does not continue what was read, or was recovered, another database stands in its place.
"""

from dataclasses import dataclass

from comity.base.errors import ComityError
from comity.transparency.entry import read_statement
from comity.transparency.moves import RECOVERY
from comity.transparency.tree import Tree
from comity.workflows.erase_case import STATEMENT as ERASED
from comity.workflows.sequence_log import reader
from comity.workflows.stores import Transaction, TreeHead


@dataclass(frozen=True, slots=True)
class Growth:
    """`head`: the log as it is now; `cases`: those to which something happened since, which may be erased by now;
    `there`: every case there is, where one was erased since, else None."""

    head: TreeHead
    cases: tuple[str, ...]
    there: frozenset[str] | None


def head_of(tx: Transaction) -> TreeHead:
    return TreeHead(tx.log.size(), tx.log.root())


def growth_since(tx: Transaction, known: TreeHead) -> Growth | None:
    """What happened since the log was so; None where all is to be read anew. Ask it in a snapshot."""
    now = head_of(tx)
    if now == known:
        return Growth(now, (), None)
    if not 0 < known.size < now.size or Tree(reader(tx)).root(known.size) != known.root:
        return None
    told = {_kind(entry) for _, entry in tx.log.statements(known.size)}
    if RECOVERY in told:
        return None
    there = frozenset(tx.cases.ids()) if ERASED in told else None
    return Growth(now, tuple(tx.log.cases_between(known.size, now.size)), there)


def _kind(entry: bytes) -> str:
    try:
        return str(read_statement(entry)["kind"])
    except ComityError:
        return ""
