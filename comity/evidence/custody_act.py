"""One act of custody as it is written: the payload of a JWS (`typ` = comity-custody+jws), and its words behind it.

What follows from what is the chain's to say (`custody`).
"""

from typing import Annotated, Final, Literal

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import from_b64u
from comity.base.errors import BrokenCustody, Malformed
from comity.base.ids import actor_id, node_id
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.crypto.jws import read_header
from comity.evidence import words

TYP: Final = "comity-custody+jws"
ACT_LIMIT: Final = 16 * 1024

Act = Literal["begin", "release", "accept", "examine", "return", "reissue", "destroy"]
_Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_HexOrNone = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")]


class CustodyAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The payload of one act.

    `actor` and `reason` are '' in an act that was made with `said`, the digest of its words, and is shown without them.
    `package`: SHA-256 of the package's tag manifest. `to`: for a release or return, who is to accept; else ''. `at`:
    POSIX seconds. `prev`: SHA-256 of the JWS of the act before, '' for the first. `made`: for a reissue, the digest of
    the package that was made; else ''.
    """

    v: Literal[1] = 1
    act: Act
    package: _Hex
    case: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    by: str
    actor: str
    to: str
    at: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
    prev: _HexOrNone
    made: _HexOrNone = ""
    said: _HexOrNone = ""
    reason: Annotated[str, msgspec.Meta(max_length=words.REASON_MOST)]
    mode: Mode

    @property
    def is_withheld(self) -> bool:
        """Whether who did it and why is known to its holder alone."""
        return bool(self.said) and not self.actor


def payload_of(token: bytes) -> bytes:
    """The payload of a JWS whose signature has not been checked."""
    jws, _ = words.split(token)
    read_header(jws, limit=ACT_LIMIT)
    return from_b64u(jws.split(b".")[1].decode("ascii"))


def link(token: bytes) -> str:
    """What the next act names: the digest of the JWS, with or without its words."""
    return str(Digest.of(words.split(token)[0]))


def shown(token: bytes, act: CustodyAct) -> CustodyAct:
    """The act with its words, where they are there. Raises BrokenCustody where they are not those that were signed."""
    _, kept = words.split(token)
    if not kept:
        return act
    if words.digest(kept) != act.said:
        raise BrokenCustody("its words are not those that were signed", hint="rely on nothing of it")
    actor, reason = words.read(kept)
    return msgspec.structs.replace(act, actor=actor_id(actor), reason=reason)


def parse(payload: bytes) -> CustodyAct:
    act = read_json(payload, CustodyAct, limit=ACT_LIMIT, what="the custody act")
    node_id(act.by)
    if not act.said:
        actor_id(act.actor)
    elif act.actor or act.reason:
        raise Malformed("says openly what it signs as a digest", where="the custody act", hint="see docs/formats")
    if act.to:
        node_id(act.to)
    return act
