"""After a backup was restored: take back the entries it lacks, from a copy of the published log.

The log's files are public and hold every entry; what the witnesses saw says which entries those must be. Entries that
were made since the restore keep their content and get new places, after those taken back; a public statement says so.
What opened the lost entries is gone with the database that had it: they stay in the log and prove what was signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from comity.base.errors import BadProof, NotFound, Unavailable
from comity.crypto import merkle
from comity.transparency.checkpoint import Checkpoint, open_signed
from comity.transparency.moves import RECOVERY
from comity.transparency.note import VerifierKey, parse_note
from comity.transparency.published import LogSource, entries_of
from comity.workflows.access import permit
from comity.workflows.ask_witnesses import Witness, ask_what_was_seen
from comity.workflows.log_keys import cosigner_keys, own_keys
from comity.workflows.office import Office, directory
from comity.workflows.record import state_publicly
from comity.workflows.sequence_log import CHECKPOINT
from comity.workflows.stores import Leaf, TreeHead


@dataclass(frozen=True, slots=True)
class Recovered:
    """Entries `start` to `end` were taken back; `moved` of our own got new places after them."""

    start: int
    end: int
    moved: int


def recover(office: Office, person: str, source: LogSource) -> Recovered:
    """Take back what was signed and is not here. Raises NotFound where nothing is missing, BadProof where the copy is
    not what the witnesses saw, Unavailable where no witness answers."""
    permit(office, person, "keep the log")
    with office.lock.hold("publish"):
        target = _last_signed(office, source)
        entries = [entry for _, entry in entries_of(source, 0, target.size)]
        if merkle.root([merkle.leaf_hash(entry) for entry in entries]) != target.root:
            raise BadProof("the copy's entries are not the ones that were signed", hint="try another mirror")
        return _take_back(office, target, entries)


def _last_signed(office: Office, source: LogSource) -> Checkpoint:
    """The largest checkpoint of ours that a witness saw, or that the copy itself carries."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        known = directory(tx)
        entities = [known.entity(node) for node in office.witnesses]
        keys: tuple[VerifierKey, ...] = tuple(one.key for one in own_keys(office, tx))
    answered = ask_what_was_seen(office, [Witness(one, cosigner_keys(one, now)) for one in entities], keys)
    if len(answered) < office.witnesses_needed:
        raise Unavailable("too few witnesses answer to know what was signed last", hint="see the witnesses, then again")
    found = [one.seen for one in answered if one.seen is not None]
    data = source.read(CHECKPOINT)
    if data is not None:
        found.append(open_signed(parse_note(data), office.origin, *keys))
    if not found:
        raise NotFound("nothing was ever signed of this log", hint="there is nothing to recover")
    return max(found, key=lambda one: one.size)


def _take_back(office: Office, target: Checkpoint, entries: Sequence[bytes]) -> Recovered:
    with office.store.transaction() as tx:
        size = tx.log.size()
        ours = tx.log.entries(0, min(size, target.size))
        start = next((n for n, (a, b) in enumerate(zip(ours, entries, strict=False)) if a != b), len(ours))
        if start == target.size:
            raise NotFound("nothing that was signed is missing here", hint="see: comity log show")
        moved = [leaf for n in range(start, size) if (leaf := tx.log.leaf(n)) is not None]
        back = [Leaf(n, entries[n]) for n in range(start, target.size)]
        tx.log.replace_from(start, [*back, *_moved_to(target.size, moved)], moved=len(moved))
        fields: dict[str, object] = {"from": start, "to": target.size, "moved": len(moved)}
        state_publicly(office, tx, RECOVERY, fields)
        head, last = TreeHead(target.size, target.root), tx.log.signed()
        if last != head:
            tx.log.set_signed(last, head)
        apart = office.signed_head.last()
        if apart is None or apart.size < head.size:
            office.signed_head.advance(apart, head)
    return Recovered(start, target.size, len(moved))


def _moved_to(start: int, leaves: Sequence[Leaf]) -> list[Leaf]:
    return [
        Leaf(start + n, one.entry, one.case_id, one.event, one.stat, one.body, one.stat_salt, one.body_salt)
        for n, one in enumerate(leaves)
    ]
