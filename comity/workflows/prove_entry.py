"""The proof that an entry is in the log: entry, path, cosigned checkpoint, and, if asked for, what opens it."""

from comity.base.errors import NotFound
from comity.transparency.bundle import ProofBundle, format_bundle
from comity.transparency.entry import Opening, opening_to_json
from comity.transparency.tree import KEEP
from comity.workflows.office import Office
from comity.workflows.sequence_log import CHECKPOINT, published, tree_of
from comity.workflows.stores import Leaf


class Prover:
    """Proofs one after another: hashes it has read it keeps, so that a later proof takes microseconds, not
    milliseconds. Entries that are published never change."""

    def __init__(self, office: Office, *, keep: int = KEEP) -> None:
        self._office = office
        self._tree = tree_of(office, keep=keep)

    def prove(self, index: int, *, with_opening: bool = False) -> tuple[Leaf, bytes]:
        """As `prove` below."""
        office = self._office
        data = office.log_folder.read(CHECKPOINT)
        standing = published(office)
        if data is None or standing is None or index >= standing.size:
            raise NotFound("no published checkpoint holds this entry yet", hint="wait for the next one, then ask again")
        with office.store.transaction() as tx:
            leaf = tx.log.leaf(index)
        if leaf is None:
            raise NotFound(f"the log has no entry {index}", hint="see: comity log show")
        path = self._tree.inclusion(index, standing.size)
        extra = b""
        if with_opening and leaf.body_salt:
            extra = opening_to_json(Opening(leaf.stat, leaf.body, leaf.stat_salt, leaf.body_salt))
        return leaf, format_bundle(ProofBundle(index, path, data, extra or None))


def prove(office: Office, index: int, *, with_opening: bool = False) -> tuple[Leaf, bytes]:
    """The entry and its proof file (C2SP tlog-proof) against the checkpoint that is published now.

    with_opening: put in what the entry hides, for whoever may know it. Raises NotFound if no published checkpoint holds
    the entry yet.
    """
    return Prover(office, keep=16).prove(index, with_opening=with_opening)


def moved_from(office: Office, index: int) -> tuple[int, ...]:
    """Where the entry stands now that stood at `index` until the log was recovered; most often there is none."""
    with office.store.transaction() as tx:
        moves = tx.log.moves()
    return tuple(one.first + index - one.was for one in moves if one.was <= index < one.was + one.count)
