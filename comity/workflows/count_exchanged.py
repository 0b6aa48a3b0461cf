"""What a node and a peer exchanged in a month, counted from the rows of our own log (oversight.cells).

Only messages count that the receiver says it entered: for these both ends have an entry, and both rows follow from the
same message, so that both count alike. The digest of the envelope, in the entry's body, joins the two.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from comity.base.instants import Instant
from comity.oversight.cells import count
from comity.transparency.entry import StatRow
from comity.workflows.record import LogBody
from comity.workflows.stores import Transaction

_BODY: Final = msgspec.json.Decoder(LogBody)
_ROW: Final = msgspec.json.Decoder(StatRow)
"""As we wrote them."""


def count_exchanged(tx: Transaction, peer: str, start: Instant, end: Instant) -> tuple[dict[str, int], dict[str, int]]:
    """What we asked the peer and what it asked us, by category, for messages made from `start` on and before `end`."""
    return count(_rows(tx, peer, start, end))


def _rows(tx: Transaction, peer: str, start: Instant, end: Instant) -> Iterator[StatRow]:
    wanted: dict[str, set[str]] = {}
    for case_id, digest in tx.statistics.delivered(peer, start, end):
        wanted.setdefault(case_id, set()).add(str(digest))
    for case_id, digests in wanted.items():
        for leaf in tx.log.of_case(case_id):
            if not digests:
                break
            if not leaf.body:
                continue
            said = _BODY.decode(leaf.body).envelope_sha256
            if said in digests:  # the first entry that names a message is the one that stands for it
                digests.remove(said)
                yield _ROW.decode(leaf.stat)
