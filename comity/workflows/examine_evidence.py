"""Open a package for a named person and purpose. The opening is itself an act of custody and an event of the case."""

from comity.base.errors import Malformed, OutOfOrder
from comity.base.ids import ActorId
from comity.cases import events, machine
from comity.cases.case import Case
from comity.evidence import custody
from comity.evidence.manifest import Manifest
from comity.evidence.opening import open_sealed
from comity.evidence.outside import require_package, verify_tags
from comity.evidence.streams import PackageSink, Progress
from comity.exchange.directory import Use
from comity.workflows.access import permit
from comity.workflows.custody_chain import chain_of_case
from comity.workflows.office import Office
from comity.workflows.record import load, record
from comity.workflows.require import check_reason
from comity.workflows.use_limits import check_opening


def examine(
    office: Office,
    person: str,
    case_id: str,
    out: PackageSink,
    *,
    purpose: str,
    other_matter: bool = False,
    consent: str = "",
    for_accused: bool = False,
    progress: Progress | None = None,
) -> tuple[Case, Manifest]:
    """Decrypt into `out`, checking every digest; nothing is there under its final name before the last one holds.

    The purpose is recorded: what came may be used only for the matter the request names (art. 40(19)). other_matter:
    it is opened for another, for which the State it came from must have consented before; consent: where that is said.
    for_accused: to show an accused what speaks for that person, against which no limit stands (arts 40(5), 40(19)).
    Raises RefusedByRule where the limits on use forbid it, BrokenSeal, BrokenCustody, BadSignature or OutOfOrder.
    """
    permit(office, person, "examine")
    if not purpose.strip():
        raise Malformed("a purpose must be given", where="purpose", hint="why the evidence is opened, in a sentence")
    reason = f"{purpose} (another matter, with consent: {consent})" if other_matter else purpose
    check_reason(purpose, "purpose", beside=len(reason) - len(purpose))
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        chain = chain_of_case(tx, case)
    check_opening(office, case, purpose=purpose, other_matter=other_matter, consent=consent, for_accused=for_accused)
    if chain.custody.holder != office.node:
        raise OutOfOrder("this node does not hold the evidence", hint="accept it first: comity evidence accept")
    if events.tag_of(events.EvidenceExamined) not in machine.allowed(case):  # nothing is opened that cannot be recorded
        raise OutOfOrder(f"not possible while the case is {case.state}", hint="see: comity case show")
    package = office.packages.source(case.package)
    require_package(verify_tags(package, chain.sealer_key), case.package)
    manifest = open_sealed(
        package,
        office.keys.identity(),
        out,
        signer_key=chain.sealer_key,
        progress=progress,
    )
    with office.store.transaction() as tx:
        before = chain_of_case(tx, load(tx, case_id))  # others may have examined it while it was decrypted
        act = custody.examine(
            before.acts,
            by=office.node,
            actor=ActorId(person),
            at=before.not_before(now),
            reason=reason,
            signer=office.keys.signer(Use.AUTHORITY),
            chance=office.randomness.bytes,
        )
        event = events.EvidenceExamined(
            at=now.seconds,
            by=person,
            package=case.package,
            purpose=purpose,
            files=sum(item.kind == "file" for item in manifest.items),
            size=manifest.content_bytes,
        )
        moved = record(office, tx, load(tx, case_id), event)
        tx.custody.append(case.package, [act])
    return moved, manifest
