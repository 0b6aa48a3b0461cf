"""The custody of a package, verified with the keys of the directory: every step begins here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from comity.base.digests import Digest
from comity.base.errors import BrokenCustody, OutOfOrder
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.cases.case import Case
from comity.crypto import jws
from comity.evidence import custody
from comity.evidence.custody_act import ACT_LIMIT
from comity.exchange.directory import Directory, Use
from comity.exchange.problems import ExchangeProblem
from comity.workflows.office import directory
from comity.workflows.stores import Transaction


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that holds. `sealer_key`: the authority key of its first act, by which the package is sealed too."""

    acts: tuple[bytes, ...]
    custody: custody.Custody
    sealer_key: bytes

    def not_before(self, now: Instant) -> Instant:
        """Our time, or the last act's where its clock runs a little ahead of ours: a chain's times never run back."""
        return max(now, Instant.from_seconds(self.custody.acts[-1].at))


def chain_of(known: Directory, package: str, acts: Sequence[bytes]) -> Chain:
    """Check every signature and step of a chain. Raises BrokenCustody."""
    find = _key_of(known)
    value = custody.verify_chain(acts, Digest.from_hex(package), find)
    first = value.acts[0]
    kid = jws.read_header(acts[0], limit=ACT_LIMIT).kid
    return Chain(tuple(acts), value, find(NodeId(first.by), kid, Instant.from_seconds(first.at)))


def chain_of_case(tx: Transaction, case: Case) -> Chain:
    """The chain of the case's package as kept here. Raises OutOfOrder where there is none."""
    acts = tx.custody.acts(case.package) if case.package else ()
    if not acts:
        raise OutOfOrder("the case has no evidence here", hint="see: comity case show")
    return chain_of(directory(tx), case.package, acts)


def _key_of(known: Directory) -> Callable[[NodeId, str, Instant], bytes]:
    def find(node: NodeId, kid: str, at: Instant) -> bytes:
        try:
            return known.entity(node).find(Use.AUTHORITY, kid, at).public_bytes
        except ExchangeProblem as error:
            raise BrokenCustody(error.what, hint="bring the directory up to date, or ask that State") from None

    return find
