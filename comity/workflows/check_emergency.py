"""What the receiver checks of an emergency, for itself: the sender's own checks are never relied on (OV-41 to OV-44).

Turned down as `not-allowed`: a key without the right, fewer than two approvals, an approval by the author, of another
request or another case, by one person or one passkey under two names, by a passkey that the directory does not list
where it lists any, and in live mode an approval that no passkey signed. What needs a person instead is held: see
`open_emergency`.
"""

from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import from_b64u, to_json
from comity.base.errors import ComityError
from comity.base.ids import actor_id
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.cases.approval import Decision, verify_approval
from comity.cases.emergency import APPROVALS_UNSIGNED, APPROVERS_UNLISTED
from comity.exchange import document as documents
from comity.exchange.directory import Entity, Use
from comity.exchange.message import Approval, RequestBody
from comity.exchange.problems import ExchangeProblem
from comity.treaty.urgency import is_emergency
from comity.workflows.approve_emergency import RIGHT

NEEDED: Final = 2


def check_emergency(signed: documents.Signed, sender: Entity, body: RequestBody, now: Instant) -> tuple[str, ...]:
    """What whoever calls should know of the approvals; nothing for a request that is no emergency. now: when it came.

    Raises ExchangeProblem not-allowed, or unknown-key, for one that is not to be taken as one at all.
    """
    if not is_emergency(body.request):
        return ()
    then = Instant.from_seconds(signed.document.iat)
    if RIGHT not in sender.find(Use.AUTHORITY, documents.kid_of(signed.token), then).rights:
        raise ExchangeProblem("not-allowed", "an emergency needs a key with that right in the directory")
    people = {_name(one) for one in body.approvals}
    if len(body.approvals) != NEEDED or len(people) != NEEDED:
        raise ExchangeProblem("not-allowed", "an emergency needs the approvals of two people inside the document")
    if people & {signed.document.actor.id}:
        raise ExchangeProblem("not-allowed", "the author of an emergency is not one of the two who approve it")
    digest = str(Digest.of(to_json(body.request)))
    if any(one.request_sha256 != digest for one in body.approvals):
        raise ExchangeProblem("not-allowed", "an approval was given to another request")
    return _check_passkeys(signed.document, sender, body.approvals, now)


def _name(one: Approval) -> str:
    try:
        return actor_id(one.person)
    except ComityError:
        raise ExchangeProblem("not-allowed", "an approval names nobody") from None


def _check_passkeys(
    document: documents.Document, sender: Entity, approvals: tuple[Approval, ...], now: Instant
) -> tuple[str, ...]:
    """Whoever stole the authority key can write any time into a message: that approvers were listed later than it says,
    or that they are none any more, frees it of nothing."""
    records = [one.passkey for one in approvals if one.passkey is not None]
    listed = [key for key in sender.keys if key.use is Use.APPROVER]
    good = {
        key.public_bytes for key in listed if key.is_valid(Instant.from_seconds(document.iat)) and key.is_valid(now)
    }
    if len(records) < NEEDED:
        if document.mode is Mode.LIVE or listed:
            raise ExchangeProblem("not-allowed", "both approvals of an emergency are signed with a passkey")
        return (APPROVALS_UNSIGNED,)
    if len({one.credential for one in records}) < NEEDED or len({one.public_key for one in records}) < NEEDED:
        raise ExchangeProblem("not-allowed", "one passkey signed both approvals")
    for one in approvals:
        _check_signed(document, one)
    if not listed:
        return (APPROVERS_UNLISTED,)
    if any(from_b64u(one.public_key) not in good for one in records):
        raise ExchangeProblem("not-allowed", "an approval is by a passkey that the directory does not list as good")
    return ()


def _check_signed(document: documents.Document, one: Approval) -> None:
    """The signature holds, and is for this request of this case by this person."""
    if one.passkey is None:
        return
    try:
        said: Decision = verify_approval(one.passkey)
    except ComityError:
        raise ExchangeProblem("not-allowed", "a passkey's signature of an approval does not hold") from None
    meant = (document.from_, document.mode.value, document.case, one.person, one.request_sha256)
    if (said.node, said.mode, said.case, said.person, said.request_sha256) != meant:
        raise ExchangeProblem("not-allowed", "a passkey signed another decision than this approval")
