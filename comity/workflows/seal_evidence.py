"""Seal files for a case and begin their custody: one act, by the person who collected them."""

from collections.abc import Iterable, Sequence

from comity.base.errors import Malformed, OutOfOrder
from comity.base.ids import ActorId, NodeId, PackageId, uuid7
from comity.base.instants import Instant
from comity.cases import events
from comity.cases.case import Case
from comity.evidence import custody
from comity.evidence.sealing import About, Sealed, seal
from comity.evidence.streams import Progress, Source
from comity.exchange.directory import Use
from comity.workflows.access import permit
from comity.workflows.office import Office
from comity.workflows.record import load, record
from comity.workflows.require import check_reason


def seal_evidence(
    office: Office,
    person: str,
    case_id: str,
    sources: Iterable[Source],
    *,
    how: str,
    progress: Progress | None = None,
) -> tuple[Case, Sealed]:
    """Seal `sources` to the recipients the order names, and begin custody. `how`: the method of collection.
    progress: called with the bytes done, and in all.

    The package is on the disk, whole, before the case says so. Raises OutOfOrder where no order asks for evidence.
    """
    permit(office, person, "seal")
    if not how.strip():
        raise Malformed("the method of collection must be said", where="how", hint="one sentence a court can read")
    check_reason(how, "how")
    with office.store.transaction() as tx:
        case = load(tx, case_id)
    if case.order is None or not case.order.recipients:
        raise OutOfOrder("no order of this case asks for evidence", hint="see: comity case show")
    now = office.clock.now()
    sealed, act = _sealed(office, person, case, case.order.recipients, sources, now, how, progress)
    package = str(sealed.package_digest)
    with office.store.transaction() as tx:
        event = events.EvidenceSealed(
            at=now.seconds,
            by=person,
            package=package,
            files=len(sealed.manifest.items),
            size=sealed.manifest.content_bytes,
        )
        case = record(office, tx, load(tx, case_id), event)
        tx.custody.append(package, [act])
    return case, sealed


def _sealed(
    office: Office,
    person: str,
    case: Case,
    recipients: Sequence[str],
    sources: Iterable[Source],
    now: Instant,
    how: str,
    progress: Progress | None,
) -> tuple[Sealed, bytes]:
    """The package, kept under its digest, and the first act of its custody."""
    package_id = PackageId(uuid7(now, office.randomness.bytes(10)))
    about = About(
        package=package_id,
        case=case.id,
        request=case.request_message,
        mode=office.mode,
        sealed_by=office.node,
        sealed_for=NodeId(case.peer),
        collected_by=ActorId(person),
        how=how,
    )
    name = f"sealing-{package_id}"
    signer = office.keys.signer(Use.AUTHORITY)
    sealed = seal(
        sources,
        office.packages.sink(name),
        about=about,
        recipients=recipients,
        signer=signer,
        at=now,
        chance=office.randomness.bytes,
        stamper=office.stamper,
        progress=progress,
    )
    office.packages.keep(name, str(sealed.package_digest))
    act = custody.begin(
        package=sealed.package_digest,
        case=case.id,
        by=office.node,
        actor=ActorId(person),
        at=now,
        reason=how,
        mode=office.mode,
        signer=signer,
    )
    return sealed, act
