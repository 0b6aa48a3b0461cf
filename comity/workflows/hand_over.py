"""A hand-over of evidence: released by one custodian, accepted by the next; complete only with both signatures."""

from comity.base.errors import BrokenCustody
from comity.base.ids import ActorId, NodeId
from comity.cases import events
from comity.cases.case import Case
from comity.evidence import custody
from comity.evidence.opening import verify_outer
from comity.evidence.streams import Progress
from comity.exchange import document as documents
from comity.exchange.directory import Use
from comity.exchange.message import AcceptBody, ReleaseBody
from comity.workflows import send_parts
from comity.workflows.access import permit
from comity.workflows.custody_chain import chain_of_case
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office
from comity.workflows.record import load


def release(office: Office, person: str, case_id: str, *, reason: str) -> Case:
    """Sign the case's package away to the next: the provider to its authority, that authority to the requesting State.

    The act and the message that carries it are written together; the package travels with the message.
    """
    role = permit(office, person, "release")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        chain_of_case(tx, case)
    files = send_parts.describe(office.packages.source(case.package))
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        before = chain_of_case(tx, case)
        act = custody.release(
            before.acts,
            by=office.node,
            to=NodeId(case.peer),
            actor=ActorId(person),
            at=before.not_before(now),
            reason=reason,
            signer=office.keys.signer(Use.AUTHORITY),
        )
        tx.custody.append(case.package, [act])
        chain = tuple(token.decode("ascii") for token in (*before.acts, act))
        letter = Letter(
            kind="evidence.release",
            body=ReleaseBody(package=case.package, custody=chain),
            actor=documents.Actor(person, role),
            peer=case.peer,
            attachments=files,
            package=case.package,
        )
        package, to = case.package, case.peer
        return post(
            office,
            tx,
            case,
            letter,
            lambda message, digest: events.EvidenceReleased(
                at=now.seconds, by=person, package=package, to=to, message=message, doc_sha256=digest
            ),
        )


def accept(office: Office, person: str, case_id: str, *, reason: str, progress: Progress | None = None) -> Case:
    """Check every digest of the package that came, then sign for it. The releaser is told.

    Raises BrokenSeal or BrokenCustody, and then nothing is signed.
    """
    role = permit(office, person, "accept")
    now = office.clock.now()
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        before = chain_of_case(tx, case)
    verify_outer(office.packages.source(case.package), before.sealer_key, progress=progress)
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
