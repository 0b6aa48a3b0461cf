"""A passkey's signature over exactly one decision: what an approval keeps, so that anybody can check it later.

    challenge = SHA-256("comity/1/approval", 0x00, nonce[32], decision)

`decision` is the JSON of a `Decision`, carried as the very bytes that were signed. It names the case's head, so a case
that changed after it was read needs a new signature.
"""

# ruff: noqa: PLC0414 - the record is passed on: it belongs to an approval

from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadSignature, OutOfOrder
from comity.base.parsing import read_json
from comity.crypto.passkey_record import PasskeyApproval as PasskeyApproval
from comity.crypto.passkey_signature import verify_passkey_signature

VERSION: Final = 1
NONCE_BYTES: Final = 32
DECISION_LIMIT: Final = 64 * 1024


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a person agrees to. `events` and `head`: the case as it stood; `request_sha256`: the request as it was
    shown, the mended one where one waits; `at`: POSIX seconds, when it was asked. New fields go last, with a default.
    """

    v: int
    node: str
    mode: str
    case: str
    events: int
    head: str
    action: str
    request_sha256: str
    reasons: str
    person: str
    role: str
    at: int


def challenge_of(decision: bytes, nonce: bytes) -> bytes:
    """What is signed: 32 bytes."""
    return Digest.of(b"comity/1/approval\0", nonce, decision).value


def write(decision: Decision) -> bytes:
    """The one encoding of a decision."""
    return to_json(decision)


def read(data: bytes) -> Decision:
    return read_json(data, Decision, limit=DECISION_LIMIT, what="the decision that was signed")


def make(
    *,
    decision: bytes,
    nonce: bytes,
    site: str,
    credential: bytes,
    public_key: bytes,
    authenticator_data: bytes,
    client_data: bytes,
    signature: bytes,
) -> PasskeyApproval:
    """The record of a signature."""
    return PasskeyApproval(
        decision=b64u(decision),
        nonce=b64u(nonce),
        site=site,
        credential=b64u(credential),
        public_key=b64u(public_key),
        authenticator_data=b64u(authenticator_data),
        client_data=b64u(client_data),
        signature=b64u(signature),
    )


def verify_approval(record: PasskeyApproval) -> Decision:
    """The decision that was signed. Raises BadSignature, or Malformed for a record that cannot be read.

    Whether the key is its person's, the node's people say; that the record is the one that was made, its log.
    """
    decision, nonce = from_b64u(record.decision), from_b64u(record.nonce)
    if len(nonce) != NONCE_BYTES:
        raise BadSignature("the record of an approval has no proper nonce", hint="do not rely on it; tell oversight")
    verify_passkey_signature(
        public_key=from_b64u(record.public_key),
        authenticator_data=from_b64u(record.authenticator_data),
        client_data=from_b64u(record.client_data),
        signature=from_b64u(record.signature),
        challenge=challenge_of(decision, nonce),
        site=record.site,
    )
    return read(decision)


def check_bound(record: PasskeyApproval, *, case: str, head: Digest, request_sha256: str, person: str) -> None:
    """Raise OutOfOrder unless what was signed is this approval: of this request, by this person, in the case as it
    stands. The signature itself is `verify_approval`'s."""
    said = read(from_b64u(record.decision))
    asked = (case, str(head), request_sha256, person)
    if (said.case, said.head, said.request_sha256, said.person) != asked:
        raise OutOfOrder("the passkey signed another decision", hint="read the request again, then approve")
