"""Let more readers into the evidence of a case: another package of it, for a court or the defence of our own State.

What was sealed stays as it is; the headers are written anew. The act in the custody of the case's package, the event
and its log entry are one step; the new package leaves the node in a folder, with a custody of its own.
"""

from collections.abc import Sequence

from comity.base.errors import NotPermitted, OutOfOrder
from comity.base.ids import NodeId, node_id, state_of
from comity.cases import events, machine
from comity.cases.case import Case
from comity.evidence.opening import read_record
from comity.evidence.outside import require_package, verify_tags
from comity.evidence.streams import PackageSink, Progress
from comity.workflows import seal_apart, use_limits
from comity.workflows.access import permit
from comity.workflows.custody_chain import chain_of_case
from comity.workflows.office import Office
from comity.workflows.record import load, record
from comity.workflows.require import check_reason, require_reasons
from comity.workflows.seal_apart import Apart, KeysOf


def reissue(
    office: Office,
    person: str,
    case_id: str,
    sink: PackageSink,
    *,
    to: Sequence[str],
    sealed_for: str,
    reasons: str,
    progress: Progress | None = None,
) -> tuple[Case, Apart]:
    """Write to `sink` the case's package as the age recipients `to` can read it too, for a node of our own State.

    Raises OutOfOrder where this node does not hold it, or its limits on use forbid it; NotPermitted for another State,
    to which it is passed on only as its sender authorises (art. 36(3)); and what opening a package raises.
    """
    permit(office, person, "release")
    why = require_reasons(reasons)
    check_reason(why, "reasons", beside=seal_apart.BESIDE)
    if state_of(NodeId(node_id(sealed_for))) != office.state:
        raise NotPermitted("evidence for another State is passed on", hint="see: comity case ask-onward")
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        before = chain_of_case(tx, case)
    _check_possible(office, case)
    package = office.packages.source(case.package)
    outer = verify_tags(package, before.sealer_key)
    require_package(outer, case.package)
    identity = office.keys.identity()
    first = read_record(package, outer, identity, before.sealer_key).manifest.head.recipients
    everyone = list(dict.fromkeys([*first, *to]))
    apart, act = seal_apart.let_in(
        office,
        person,
        package,
        sink,
        identity,
        keys=KeysOf(before.sealer_key, before.sealer_key),
        chain=before.acts,
        recipients=everyone,
        sealed_for=sealed_for,
        reason=why,
        progress=progress,
    )
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        if chain_of_case(tx, case).acts != before.acts:
            raise OutOfOrder("the evidence was handed on or opened meanwhile", hint="do it again")
        event = events.EvidenceReissued(
            at=office.clock.now().seconds,
            by=person,
            package=case.package,
            made=str(apart.sealed.package_digest),
            sealed_for=sealed_for,
            readers=len(everyone) - len(first),
            reasons=why,
        )
        moved = record(office, tx, case, event)
        tx.custody.append(case.package, [act])
    return moved, apart


def _check_possible(office: Office, case: Case) -> None:
    if events.tag_of(events.EvidenceReissued) not in machine.allowed(case):
        state = f"{case.state} and frozen by oversight" if case.is_frozen else str(case.state)
        raise OutOfOrder(f"not possible while the case is {state}", hint="see: comity case show")
    use_limits.check_time(case, office.clock.now())
