"""Look at the published checkpoint of each peer's log once a day, and remember it with the moment a witness gave it.

What a peer's log holds later and is said to be older than a checkpoint without it is dated back (`swap_proofs`). A
proof brings such a checkpoint too; but a peer from which nothing came for days could date back by as many.

Nothing is held against who shows no checkpoint here: its node may be off the net, or its log published elsewhere.
"""

from typing import Final

from comity.base.errors import ComityError, Unavailable
from comity.base.ids import NodeId
from comity.exchange.directory import Entity
from comity.transparency.checkpoint import open_signed
from comity.transparency.cosignature import verify_quorum
from comity.transparency.note import parse_note
from comity.workflows.close_pairs import peers_of
from comity.workflows.log_keys import cosigner_keys, log_keys
from comity.workflows.log_stores import Seen
from comity.workflows.office import Office, directory
from comity.workflows.sequence_log import CHECKPOINT

PATH: Final = f"/log/{CHECKPOINT}"
_SILENT_MOST: Final = 3
"""After so many that do not answer, one after another, the rest is left until the next time: it may be our own line."""


def see_logs(office: Office) -> int:
    """Look at the log of each peer that a month is closed with; how many showed a checkpoint that holds."""
    with office.store.transaction() as tx:
        known = directory(tx)
    seen = silent = 0
    for peer in peers_of(office, known.all()):
        try:
            see_log(office, peer)
        except Unavailable:
            silent += 1
        except ComityError:
            silent = 0
        else:
            seen, silent = seen + 1, 0
        if silent == _SILENT_MOST:
            break
    return seen


def see_log(office: Office, peer: str) -> Seen:
    """Remember the checkpoint that a peer shows now. Raises Unavailable without an answer or an address; Malformed,
    BadSignature where it is not by the peer's log, or no witness known here but the peer itself has seen it."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        known = directory(tx)
    entity = known.entity(NodeId(peer))
    data = _shown(office, entity)
    note = parse_note(data)
    checkpoint = open_signed(note, entity.origin, *log_keys(entity, now))
    witnesses = [key for other in known.all() if other.id != peer for key in cosigner_keys(other, now)]
    cosigned = verify_quorum(note, witnesses, 1)
    seen = Seen(checkpoint.size, checkpoint.root, max(one.at for one in cosigned), data)
    with office.store.transaction() as tx:
        tx.seen.remember(entity.origin, seen)
    return seen


def _shown(office: Office, peer: Entity) -> bytes:
    if not peer.endpoint:
        raise Unavailable(f"{peer.id} has no address", hint="its proofs bring its checkpoints")
    answer = office.courier.carry("GET", peer.endpoint.rstrip("/") + PATH, {}, b"")
    if answer.status != 200:
        raise Unavailable(f"{peer.id} shows no checkpoint", hint="its log may be published elsewhere")
    return answer.body
