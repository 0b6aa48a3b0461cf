"""A hand-over of evidence: released or given back by one custodian, accepted by the next; complete only with both
signatures."""

from comity.base.errors import BrokenCustody, OutOfOrder
from comity.base.ids import ActorId, NodeId
from comity.cases import events
from comity.cases.case import Case
from comity.evidence import custody
from comity.evidence.outside import require_package, verify_outer, verify_parts, verify_tags
from comity.evidence.streams import Progress
from comity.exchange import document as documents
from comity.exchange.directory import Use
from comity.exchange.message import AcceptBody, ReleaseBody
from comity.workflows import send_parts, use_limits
from comity.workflows.access import permit
from comity.workflows.custody_chain import Chain, chain_of_case
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.record import load
from comity.workflows.require import check_reason, require_reasons


def release(office: Office, person: str, case_id: str, *, reason: str) -> Case:
    """Sign the case's package away to the next: the provider to its authority, that authority to the requesting State.

    The act and the message that carries it are written together; the package travels with the message.
    Raises BrokenSeal where the package here is not as it was sealed, naming pack and bytes: nothing is signed then.
    """
    actor = documents.Actor(person, permit(office, person, "release"))
    check_reason(reason, "reason")
    now, files = office.clock.now(), _checked_files(office, case_id)
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        before, to = chain_of_case(tx, case), NodeId(case.peer)
        use_limits.check_hand_over(case, to, now)
        act = custody.release(
            before.acts,
            to=to,
            by=office.node,
            actor=ActorId(person),
            at=before.not_before(now),
            reason=reason,
            signer=office.keys.signer(Use.AUTHORITY),
        )
        limits, package = use_limits.written_for(office, case, now), case.package
        tx.custody.append(package, [act])
        body = ReleaseBody(package=package, custody=_travelling(before, act), limits=limits)
        return post(
            office,
            tx,
            case,
            Letter("evidence.release", body, actor, to, attachments=files, package=package),
            lambda message, digest: events.EvidenceReleased(
                at=now.seconds, by=person, package=package, to=to, message=message, doc_sha256=digest
            ),
        )


def give_back(office: Office, person: str, case_id: str, *, reason: str) -> Case:
    """Sign the case's package back to whom it came from. It is theirs once they accept; then the copy here is removed.

    The whole chain goes with it, every act and signature; who opened it here, and what for, stays here. Raises
    OutOfOrder where this node does not hold it, or a requested State has not yet handed it on.
    """
    actor, why = documents.Actor(person, permit(office, person, "return")), require_reasons(reason)
    check_reason(why, "reason")
    now, files = office.clock.now(), _checked_files(office, case_id)
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        before = chain_of_case(tx, case)
        to, package = _before_us(before), case.package
        act = custody.give_back(
            before.acts,
            by=office.node,
            actor=ActorId(person),
            at=before.not_before(now),
            reason=why,
            signer=office.keys.signer(Use.AUTHORITY),
        )
        tx.custody.append(package, [act])
        body = ReleaseBody(package=package, custody=_travelling(before, act))
        return post(
            office,
            tx,
            case,
            Letter("evidence.return", body, actor, to, attachments=files, package=package),
            lambda message, digest: events.EvidenceReturned(
                at=now.seconds, by=person, package=package, to=to, reasons=why, message=message, doc_sha256=digest
            ),
        )


def _before_us(chain: Chain) -> NodeId:
    """To whom a package goes back."""
    if not chain.custody.came_from:
        raise OutOfOrder("the evidence was sealed here: nobody gave it to us", hint="see: comity evidence custody")
    return chain.custody.came_from


def _checked_files(office: Office, case_id: str) -> tuple[documents.AttachedFile, ...]:
    """The files of the case's package, which is whole: nobody signs away what is not as it was sealed."""
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        sealed = chain_of_case(tx, case)
    package = office.packages.source(case.package)
    outer = verify_tags(package, sealed.sealer_key)
    require_package(outer, case.package)
    verify_parts(package, outer)
    return send_parts.describe(package)


def _travelling(before: Chain, act: bytes) -> tuple[str, ...]:
    """The chain with the act, as it goes with the package: what an opening was for stays here."""
    return tuple(token.decode("ascii") for token in custody.without_words((*before.acts, act)))


def accept(office: Office, person: str, case_id: str, *, reason: str, progress: Progress | None = None) -> Case:
    """Check every digest of the package that came, then sign for it. The releaser is told.

    Raises BrokenSeal or BrokenCustody, and then nothing is signed.
    """
    role = permit(office, person, "accept")
    check_reason(reason, "reason")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        before = chain_of_case(tx, case)
    outer = verify_outer(office.packages.source(case.package), before.sealer_key, progress=progress)
    require_package(outer, case.package)
    releaser = before.custody.acts[-1].by
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        if chain_of_case(tx, case).acts != before.acts:
            raise BrokenCustody("the chain changed while it was checked", hint="do it again")
        act = custody.accept(
            before.acts,
            by=office.node,
            actor=ActorId(person),
            at=before.not_before(now),
            reason=reason,
            signer=office.keys.signer(Use.AUTHORITY),
        )
        tx.custody.append(case.package, [act])
        letter = Letter(
            kind="evidence.accept",
            body=AcceptBody(package=case.package, act=act.decode("ascii")),
            actor=documents.Actor(person, role),
            peer=releaser,
        )
        package = case.package
        return post(
            office,
            tx,
            case,
            letter,
            lambda message, _: events.EvidenceAccepted(
                at=now.seconds, by=person, package=package, holder=office.node, message=message
            ),
        )
