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
from comity.treaty.acts import Use as UseOfMaterial
from comity.treaty.conduct import assess_act
from comity.workflows.access import permit
from comity.workflows.assess_request import require_no_stop
from comity.workflows.custody_chain import chain_of_case
from comity.workflows.office import Office
from comity.workflows.record import load, record


def examine(
    office: Office,
    person: str,
    case_id: str,
    out: PackageSink,
    *,
    purpose: str,
    other_matter: bool = False,
    consent: str = "",
    progress: Progress | None = None,
) -> tuple[Case, Manifest]:
    """Decrypt into `out`, checking every digest; nothing is there under its final name before the last one holds.

    The purpose is recorded: what came may be used only for the matter the request names (art. 40(19)). other_matter:
    it is opened for another, for which the State it came from must have consented before; consent: where that is said.
    Raises RefusedByRule where the limits on use forbid it, BrokenSeal, BrokenCustody, BadSignature or OutOfOrder.
    """
    permit(office, person, "examine")
    if not purpose.strip():
        raise Malformed("a purpose must be given", where="purpose", hint="why the evidence is opened, in a sentence")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        chain = chain_of_case(tx, case)
    _check_use(office, case, purpose, other_matter, consent)
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
            reason=f"{purpose} (another matter, with consent: {consent})" if other_matter else purpose,
            signer=office.keys.signer(Use.AUTHORITY),
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


def _check_use(office: Office, case: Case, purpose: str, other_matter: bool, consent: str) -> None:
    """The limits on use that the treaty sets and the conditions of the grant. Raises RefusedByRule or OutOfOrder."""
    if case.awaits_conditions:
        hint = "accept the conditions of the grant first: see comity case show"
        raise OutOfOrder("the conditions on which this was granted are not accepted", hint=hint)
    act = UseOfMaterial(purpose=purpose, same_matter=not other_matter, consent=bool(consent.strip()))
    require_no_stop(assess_act(act, on=office.clock.now().day, request=case.request))
