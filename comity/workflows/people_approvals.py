"""The second person's approval as a passkey's signature over exactly the decision shown.

1. What is decided is written down: the case as it stands, the request's digest, the reasons, who decides and as what.
2. The challenge is its digest with a nonce. It is kept, once and for five minutes, for this person.
3. The answer is checked with one of that person's own passkeys; then the record of it goes into the case's event.

A case that changed meanwhile has another head, so the signature is for something else, and is refused.
"""

from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import NotPermitted, NotVerified, OutOfOrder
from comity.base.mode import Mode
from comity.cases import approval
from comity.cases.approval import Decision, PasskeyApproval
from comity.cases.case import Case, Position
from comity.workflows import people_challenges as challenges
from comity.workflows.access import permit
from comity.workflows.office import Office
from comity.workflows.people_passkeys import check_answer, passkeys_of
from comity.workflows.record import load

APPROVE: Final = "approve"


@dataclass(frozen=True, slots=True)
class ToSign:
    """A decision that waits for its signature, and the options for the browser."""

    case: Case
    decision: Decision
    options: str


def needs_passkey(office: Office, person: str) -> bool:
    """Whether this person's approval must bear a signature: in live mode each; in an exercise of who has a passkey."""
    return office.mode is Mode.LIVE or _has_passkey(office, person)


def ask(office: Office, person: str, case_id: str, *, reasons: str = "") -> ToSign:
    """Write down what `person` is about to approve, and ask for their signature.

    Raises NotPermitted for the author, for who may not approve, and for who has no passkey.
    """
    role = permit(office, person, APPROVE)
    if not _has_passkey(office, person):
        raise NotPermitted("an approval is signed with a passkey, and you have none", hint="add one: see your account")
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        known = tuple(one.id for one in tx.people.passkeys(person))
    decision = _decision(office, case, person, role, reasons)
    data, nonce = approval.write(decision), office.randomness.bytes(approval.NONCE_BYTES)
    challenge = approval.challenge_of(data, nonce)
    challenges.ask(office, challenge, APPROVE, person, nonce + data)
    return ToSign(case, decision, passkeys_of(office).to_sign(challenge, known))


def check(office: Office, person: str, case_id: str, answer: bytes) -> tuple[Decision, PasskeyApproval]:
    """The decision that `person` signed for this case, and the record of it. The challenge is used up in any case.

    Raises NotVerified for an answer that is late, used, of another person's passkey, or not of this case.
    """
    port = passkeys_of(office)
    claimed = port.claimed(answer)
    data = challenges.take(office, claimed.challenge, APPROVE, person).data
    nonce, written = data[: approval.NONCE_BYTES], data[approval.NONCE_BYTES :]
    passkey, signed = check_answer(office, claimed, answer)
    decision = approval.read(written)
    if passkey.person != person or decision.case != case_id:
        raise NotVerified("this is another's passkey, or of another case", hint="approve with a passkey of your own")
    record = approval.make(
        decision=written,
        nonce=nonce,
        site=port.site,
        credential=passkey.id,
        public_key=signed.public_key,
        authenticator_data=signed.authenticator_data,
        client_data=signed.client_data,
        signature=signed.signature,
    )
    approval.verify_approval(record)  # what cannot be checked later is not kept
    return decision, record


def _has_passkey(office: Office, person: str) -> bool:
    with office.store.transaction() as tx:
        return bool(tx.people.passkeys(person))


def _decision(office: Office, case: Case, person: str, role: str, reasons: str) -> Decision:
    shown = case.mended or case.request
    if shown is None or case.position is not Position.REQUESTING:
        raise OutOfOrder("this case is not a request of ours", hint="see: comity case list")
    if person == (case.mended_by if case.mended else case.drafted_by):
        raise NotPermitted("the author of a request never approves it", hint="a second person approves")
    if case.first_approval is not None and person == case.first_approval.by:
        raise NotPermitted("you gave the first approval of this emergency", hint="another person gives the second")
    return Decision(
        v=approval.VERSION,
        node=office.node,
        mode=office.mode,
        case=case.id,
        events=case.events,
        head=str(case.head),
        action=APPROVE,
        request_sha256=str(Digest.of(to_json(shown))),
        reasons=reasons,
        person=person,
        role=role,
        at=office.clock.now().seconds,
    )
