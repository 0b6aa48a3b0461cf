"""Destroy a package of a case: the last act of its custody, the event and its log entry first, then the files.

Nobody destroys alone what they had in hands: whoever sealed, accepted, opened or returned it here may not. A former
holder may destroy the copy it kept; that is an event of its case, and no act of custody, which is the holder's. So is
the destruction of what a provider had signed away when its order was lifted: that hand-over has no second signature.

After a crash between the record and the removal the files stand here still: the next start removes them. Removing is
not wiping: a disk that must keep nothing is an encrypted one.
"""

from typing import Final

from comity.base.errors import NotPermitted, OutOfOrder
from comity.base.ids import ActorId
from comity.cases import events, holding, machine
from comity.cases.case import Case
from comity.evidence import custody
from comity.evidence.streams import bytes_in
from comity.exchange import document as documents
from comity.exchange.directory import Use
from comity.exchange.message import DestroyBody
from comity.workflows.access import permit
from comity.workflows.custody_chain import Chain, chain_of_case
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.receive_evidence import ARRIVAL
from comity.workflows.record import load, record
from comity.workflows.require import check_reason, require_reasons, require_text
from comity.workflows.stores import Transaction

_LETS_GO: Final = (events.tag_of(events.EvidenceDestroyed), events.tag_of(events.EvidenceAccepted))
_ALL: Final = 2**31


def destroy(office: Office, person: str, case_id: str, *, reasons: str, copies: str) -> Case:
    """Destroy the case's package here: as its holder, or as a former holder the copy that stayed.

    reasons: by whose decision, and why. copies: what became of opened files and of other copies, as backups. Where the
    evidence itself is destroyed the other side is told, or whom it came from if the other side never had it; nobody of
    what nobody else ever had: its provider says so when it lets the copies go. Raises OutOfOrder, NotPermitted for who
    had it in hands.
    """
    role = permit(office, person, "destroy")
    why = require_reasons(reasons)
    check_reason(why, "reasons")
    others = require_text(copies, "copies", why="what became of opened files and backups; or that there are none")
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        chain = chain_of_case(tx, case)
        _check_possible(case)
        _check_second(office, chain, person)
    size = _size(office, case.package)
    with office.lock.hold(ARRIVAL):
        with office.store.transaction() as tx:
            case = load(tx, case_id)
            actor = documents.Actor(person, role)
            before = chain_of_case(tx, case)
            if _is_ours(office, tx, case, before):
                moved = _as_holder(office, tx, case, before, actor, why, others, size)
            else:
                moved = record(office, tx, case, _event(office, case, actor, why, others, size, held=False))
        office.packages.drop(case.package)
    return moved


def clear_up(office: Office, case_id: str) -> None:
    """Remove the package of a case that gave it back or destroyed it. While oversight has frozen the case it stays."""
    with office.lock.hold(ARRIVAL):
        with office.store.transaction() as tx:
            case = load(tx, case_id)
        if case.copy_gone and not case.is_frozen:
            office.packages.drop(case.package)


def clear_up_all(office: Office) -> int:
    """What a crash left; how many packages were removed. Their cases are found by the steps that let a package go: to
    read every case would take minutes."""
    with office.store.snapshot() as tx:
        steps = tx.log_search.of_kinds(_LETS_GO, most=_ALL)
    left = [case_id for case_id in dict.fromkeys(case_id for case_id, _ in steps) if _is_left(office, case_id)]
    for case_id in left:
        clear_up(office, case_id)
    return len(left)


def _is_left(office: Office, case_id: str) -> bool:
    with office.store.transaction() as tx:
        if tx.erasures.get(case_id) is not None:
            return False
        case = load(tx, case_id)
    return case.copy_gone and office.packages.has(case.package)


def _as_holder(
    office: Office,
    tx: Transaction,
    case: Case,
    before: Chain,
    actor: documents.Actor,
    why: str,
    copies: str,
    size: int,
) -> Case:
    act = custody.destroy(
        before.acts,
        by=office.node,
        actor=ActorId(actor.id),
        at=before.not_before(office.clock.now()),
        reason=why,
        signer=office.keys.signer(Use.AUTHORITY),
    )
    tx.custody.append(case.package, [act])
    if {one.by for one in before.custody.acts} == {office.node}:
        return record(office, tx, case, _event(office, case, actor, why, copies, size, held=True))
    chain = tuple(token.decode("ascii") for token in custody.without_words((*before.acts, act)))
    body = DestroyBody(package=case.package, custody=chain, copies=copies)
    letter = Letter(kind="evidence.destroy", body=body, actor=actor, peer=_told(case, before))
    return post(
        office,
        tx,
        case,
        letter,
        lambda message, digest: _event(
            office, case, actor, why, copies, size, held=True, message=message, doc_sha256=digest
        ),
    )


def _is_ours(office: Office, tx: Transaction, case: Case, chain: Chain) -> bool:
    """Whether custody ends with it. Raises OutOfOrder while what was signed away may still arrive."""
    if case.holder:
        return holding.holds(case)
    if not chain.custody.awaiting:
        return chain.custody.holder == office.node
    if any(one.package == case.package for one in tx.outbox.open_of_case(case.id)):
        raise OutOfOrder("the evidence is still on its way", hint="see: comity exchange outbox")
    return False


def _told(case: Case, chain: Chain) -> str:
    """The peer, where it ever had the evidence; else whom it came from, as of a request withdrawn before it was handed
    on."""
    had = {act.by for act in chain.custody.acts}
    return case.peer if case.peer in had else chain.custody.came_from or case.peer


def _event(
    office: Office,
    case: Case,
    actor: documents.Actor,
    why: str,
    copies: str,
    size: int,
    *,
    held: bool,
    message: str = "",
    doc_sha256: str = "",
) -> events.EvidenceDestroyed:
    return events.EvidenceDestroyed(
        at=office.clock.now().seconds,
        by=actor.id,
        package=case.package,
        reasons=why,
        copies=copies,
        role=actor.role,
        size=size,
        held=held,
        message=message,
        doc_sha256=doc_sha256,
    )


def _check_possible(case: Case) -> None:
    """Said before anything else, so that nobody counts the bytes of what may not be destroyed."""
    if events.tag_of(events.EvidenceDestroyed) not in machine.allowed(case):
        state = f"{case.state} and frozen by oversight" if case.is_frozen else str(case.state)
        raise OutOfOrder(f"not possible while the case is {state}", hint="see: comity case show")


def _check_second(office: Office, chain: Chain, person: str) -> None:
    """Two people see to it that nothing is destroyed: one had it in hands, another ends it."""
    acted = {act.actor for act in chain.custody.acts if act.by == office.node}
    if person in acted:
        raise NotPermitted("who had the evidence in hands does not destroy it", hint="somebody else does")


def _size(office: Office, package: str) -> int:
    """The bytes of the package as it stands here. Raises OutOfOrder where it does not."""
    if not office.packages.has(package):
        raise OutOfOrder("the package is not here any more", hint="see the case")
    return bytes_in(office.packages.source(package))
