"""Suspend a peer: a person decides, with reasons, that nothing is taken from it for now.

Its requests are refused with `peer-suspended`, whatever they bring, so that its operator sees why; it goes on trying.
It is not called for what waits there, and messages of it that were carried here are refused too. What waits here for it
is sent all the same, and receipts for that may be carried here. The step has its entry in the log.
"""

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import OutOfOrder
from comity.base.ids import NodeId
from comity.exchange.problems import ExchangeProblem
from comity.workflows.access import permit
from comity.workflows.office import Office, directory_of
from comity.workflows.peer_stores import Suspension
from comity.workflows.record import log_step
from comity.workflows.require import require_reasons
from comity.workflows.stores import Transaction


def suspend(office: Office, person: str, peer: str, *, reasons: str) -> Suspension:
    """Raises OutOfOrder where it is suspended already, ExchangeProblem for a node in no directory trusted here."""
    permit(office, person, "suspend")
    one = Suspension(peer, person, office.clock.now(), require_reasons(reasons))
    with office.store.transaction() as tx:
        directory_of(tx, NodeId(peer)).entity(NodeId(peer))
        if not tx.suspensions.put(one):
            raise OutOfOrder(f"{peer} is suspended already", hint="see: comity exchange status")
        _log(office, tx, "peer_suspended", one, one.reasons)
    return one


def readmit(office: Office, person: str, peer: str, *, reasons: str) -> None:
    """Take from it again. Raises OutOfOrder where it is not suspended."""
    permit(office, person, "suspend")
    one = Suspension(peer, person, office.clock.now(), require_reasons(reasons))
    with office.store.transaction() as tx:
        if not tx.suspensions.remove(peer):
            raise OutOfOrder(f"{peer} is not suspended", hint="see: comity exchange status")
        _log(office, tx, "peer_readmitted", one, one.reasons)


def check_not_suspended(tx: Transaction, peer: str) -> None:
    """Check 3. Raises ExchangeProblem `peer-suspended`."""
    if tx.suspensions.get(peer) is not None:
        raise ExchangeProblem(
            "peer-suspended",
            "nothing is taken from this node for now",
            hint="to take from it again: comity exchange readmit",
        )


def _log(office: Office, tx: Transaction, kind: str, one: Suspension, reasons: str) -> None:
    head = Digest.of(to_json([kind, one.peer, one.by, one.at.seconds, reasons]))
    log_step(office, tx, kind, head, one.at)
