"""What is kept of a passkey's signature over a decision, so that anybody can check it later (docs/formats/approval.md).

It stands in a case's event, and in a request that needs two approvals: the same record, byte for byte.
"""

import msgspec


class PasskeyApproval(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A decision and the signature over it. All but `site` are base64url: `decision` and `nonce` give the challenge;
    `public_key` is SubjectPublicKeyInfo DER; the rest is as the browser gave it."""

    decision: str
    nonce: str
    site: str
    credential: str
    public_key: str
    authenticator_data: str
    client_data: str
    signature: str
