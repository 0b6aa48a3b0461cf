"""What this node may know of a case's packages without opening them, and whether one holds: checked each time anew.

A package's outside may be known to whoever reads the case. The names of its files are inside the encryption: they are
shown only to who opened it, for as long as it is open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from comity.base.errors import ComityError, NotFound
from comity.cases import events as e
from comity.cases.case import Case
from comity.evidence.custody import Custody
from comity.evidence.outside import Outer, require_package, verify_outer, verify_tags
from comity.evidence.streams import PackageSource
from comity.exchange.directory import Directory, Use
from comity.web.words import N_
from comity.workflows import read_cases, send_parts
from comity.workflows.custody_chain import Chain, chain_of
from comity.workflows.office import Office, directory
from comity.workflows.stores import OutboxState, Outgoing

CUSTODY: Final = N_("Every act of custody is signed by who did it and follows the one before")
HERE: Final = N_("The package is here")
OUTSIDE: Final = N_("Its signature and the digest of every file in it are as its sealer left them")
SAME: Final = N_("It is the package that custody speaks of")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a package is encrypted for: the age recipient's SHA-256, and the node whose key that is, if known here."""

    id: str
    node: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A package as it is known here. `outer`: from its outside, its signature checked now; None where it is not here
    or does not hold. `files`, `size`: of what is inside, where somebody here sealed or opened it."""

    digest: str
    custody: Custody | None
    custody_trouble: ComityError | None
    is_here: bool
    outer: Outer | None
    trouble: ComityError | None
    readers: tuple[Reader, ...]
    files: int = 0
    size: int = 0

    @property
    def sealed_bytes(self) -> int:
        return sum(size for size, _ in self.outer.packs.values()) if self.outer else 0


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at. `holds`: None where it could not be looked at, because one before did not hold."""

    what: str
    holds: bool | None
    trouble: ComityError | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Evidence on its way to a peer. Bytes; `done` is None where nothing is known of it."""

    peer: str
    state: OutboxState
    attempts: int
    total: int
    done: int | None
    under_way: bool
    code: str

    @property
    def percent(self) -> int:
        return 100 * (self.done or 0) // max(1, self.total)

    @property
    def is_over(self) -> bool:
        return self.state not in (OutboxState.QUEUED, OutboxState.STORED)


def packages_of(office: Office, case: Case) -> tuple[str, ...]:
    """The digests of the case's packages, in the order they came up."""
    came = (e.EvidenceSealed, e.EvidenceArrived)
    return tuple(dict.fromkeys(one.package for one in read_cases.events_of(office, case) if isinstance(one, came)))


def package_of(office: Office, case: Case, digest: str) -> str:
    """That package of the case; its last one where none is named. Raises NotFound."""
    known = packages_of(office, case)
    if not known or digest not in {"", *known}:
        raise NotFound("the case has no such package", hint="see its evidence")
    return digest or known[-1]


def kept(office: Office, case: Case, digest: str) -> Kept:
    """What is known of a package. Reads its small files only."""
    chain, custody_trouble = _tried(lambda: chain_for(office, digest))
    is_here = office.packages.has(digest)
    outer, trouble = None, None
    if chain is not None and is_here:
        outer, trouble = _tried(lambda: verify_tags(office.packages.source(digest), chain.sealer_key))
    files, size = _told(read_cases.events_of(office, case), digest)
    with office.store.transaction() as tx:
        known = directory(tx)
    return Kept(
        digest,
        chain.custody if chain else None,
        custody_trouble,
        is_here,
        outer,
        trouble,
        _readers(known, outer) if outer else (),
        files,
        size,
    )


def chain_for(office: Office, digest: str) -> Chain:
    """The package's chain of custody, every signature checked. Raises BrokenCustody."""
    with office.store.transaction() as tx:
        return chain_of(directory(tx), digest, tx.custody.acts(digest))


def check(office: Office, digest: str) -> tuple[Checked, ...]:
    """Look at all that can be looked at without a decryption key, reading the whole package."""
    chain, trouble = _tried(lambda: chain_for(office, digest))
    found = [Checked(CUSTODY, chain is not None, trouble)]
    source, trouble = _tried(lambda: source_of(office, digest))
    found.append(Checked(HERE, source is not None, trouble))
    if chain is None or source is None:
        return (*found, Checked(OUTSIDE, None), Checked(SAME, None))
    outer, trouble = _tried(lambda: verify_outer(source, chain.sealer_key))
    found.append(Checked(OUTSIDE, outer is not None, trouble))
    if outer is None:
        return (*found, Checked(SAME, None))
    _, trouble = _tried(lambda: require_package(outer, digest))
    return (*found, Checked(SAME, trouble is None, trouble))


def source_of(office: Office, digest: str) -> PackageSource:
    """Raises NotFound for a package that is not here."""
    if not office.packages.has(digest):
        raise NotFound("the package is not here", hint="custody says who holds it")
    return office.packages.source(digest)


def transfer_of(office: Office, case: Case) -> Transfer | None:
    """The last time that this case's evidence was sent, on or back; None where it was not."""
    sent: list[Outgoing] = []
    with office.store.transaction() as tx:
        for peer in filter(None, {case.peer, case.provider}):
            channel = tx.channels.of_case(case.id, peer)
            sent += [one for one in tx.outbox.of_channel(peer, channel.id) if one.package] if channel else ()
    if not sent:
        return None
    message = max(sent, key=lambda one: one.id)  # UUIDv7: the latest is the largest
    total = send_parts.bytes_of(message)
    brought = send_parts.brought(office, message.id)
    if message.state is not OutboxState.QUEUED:
        done: int | None = total
    else:
        done = brought.done if brought else None
    under_way = brought is not None and brought.under_way
    return Transfer(message.peer, message.state, message.attempts, total, done, under_way, message.code)


def _tried(work: Callable[[], _T]) -> tuple[_T | None, ComityError | None]:
    try:
        return work(), None
    except ComityError as error:
        return None, error


def _readers(known: Directory, outer: Outer) -> tuple[Reader, ...]:
    nodes = {key.kid: one.id for one in known.all() for key in one.keys if key.use is Use.EVIDENCE}
    return tuple(Reader(one, nodes.get(one, "")) for one in outer.envelope.recipients)


def _told(happened: Sequence[e.Event], digest: str) -> tuple[int, int]:
    """Files and bytes inside, by whoever here sealed or opened the package; zeros where nobody did."""
    told = [one for one in happened if isinstance(one, e.EvidenceSealed | e.EvidenceExamined) and one.package == digest]
    return (told[-1].files, told[-1].size) if told else (0, 0)
