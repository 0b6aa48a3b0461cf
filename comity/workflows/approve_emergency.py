"""The two approvals of an emergency of ours, which the signed request carries (OV-42, OV-44).

An emergency names who is at risk, how soon, how the data avert it and why no less would do; the directory gives our
authority key the right to claim one; and two people, neither its author, approve exactly that request.
"""

from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import Malformed, NotPermitted
from comity.cases import events
from comity.cases.approval import PasskeyApproval
from comity.cases.case import Case
from comity.exchange.directory import Use
from comity.exchange.message import Approval
from comity.treaty.request import Request
from comity.treaty.urgency import is_emergency, lacking
from comity.workflows.office import Office, directory
from comity.workflows.record import record
from comity.workflows.stores import Transaction

RIGHT: Final = "emergency"


def require_ready(office: Office, tx: Transaction, request: Request) -> None:
    """Raise Malformed, naming each field, for an emergency that does not say what it must; NotPermitted where the
    directory gives our key no right to claim one."""
    mistakes = lacking(request)
    if mistakes:
        raise Malformed(
            f"an emergency says more: {'; '.join(f'{one.field}: {one.what}' for one in mistakes)}",
            where=mistakes[0].field,
            hint="set these fields; or ask for preservation, which is done at once and needs no emergency",
            mistakes=mistakes,
        )
    kid = office.keys.signer(Use.AUTHORITY).kid
    key = directory(tx).entity(office.node).find(Use.AUTHORITY, kid, office.clock.now())
    if RIGHT not in key.rights:
        raise NotPermitted(
            "the directory gives this node's key no right to claim an emergency",
            hint="have your State list it: comity directory amend --emergencies; preservation needs none",
        )


def is_first(case: Case, request: Request) -> bool:
    """Whether the approval that is given now is the first of the two that an emergency takes."""
    return is_emergency(request) and case.first_approval is None


def approve_first(
    office: Office, tx: Transaction, case: Case, request: Request, person: str, role: str, *, reasons: str,
    passkey: PasskeyApproval | None,
) -> Case:  # fmt: skip
    """Record the first approval. Nothing is sent."""
    event = events.FirstApproved(
        at=office.clock.now().seconds,
        by=person,
        request_sha256=_digest(request),
        role=role,
        reasons=reasons,
        passkey=passkey,
    )
    return record(office, tx, case, event)


def approvals(
    case: Case, request: Request, person: str, role: str, at: int, passkey: PasskeyApproval | None
) -> tuple[Approval, ...]:
    """Both approvals, as the signed request carries them; none where it is no emergency. case: before the second."""
    first = case.first_approval
    if first is None or not is_emergency(request):
        return ()
    digest = _digest(request)
    return (
        Approval(person=first.by, role=first.role, request_sha256=digest, at=first.at, passkey=first.passkey),
        Approval(person=person, role=role, request_sha256=digest, at=at, passkey=passkey),
    )


def _digest(request: Request) -> str:
    return str(Digest.of(to_json(request)))
