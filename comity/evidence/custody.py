"""The chain of custody: who held a sealed package, from when, and who examined it.

Each act is a JWS (`typ` = comity-custody+jws) by the authority key of the node that acts, and names the digest of the
act before it. The chain grows beside the package, not in it: one token a line.

    begin    the sealer holds it                     first, and only first
    release  the holder signs it away to `to`        still holds it until
    accept   `to` has checked it and signs for it    a hand-over is complete only with both
    examine  the holder opened it, with the reason   not between release and accept
    return   as a release, to whom it came from      an accept completes it
    reissue  the holder made another package of it   `made` is its digest: for more readers, or a part of it
    destroy  the holder destroyed it, and why        the last act there is

What an opening was for, and for whom a package was made, is its holder's own affair: of these two acts who did it and
why is signed as a digest, `said`, and stands behind the JWS after a `~` for as long as the holder shows it (`words`).

An act says that it happened; whether the package itself is whole is `outside.verify_outer`'s to say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import BadSignature, BrokenCustody, Malformed, OutOfOrder
from comity.base.ids import ActorId, NodeId
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.base.parsing import check_size
from comity.crypto.age import Chance
from comity.crypto.jws import read_header, sign_compact, verify_compact
from comity.crypto.signatures import Signer, thumbprint
from comity.evidence import words
from comity.evidence.custody_act import ACT_LIMIT, TYP, Act, CustodyAct, link, parse, payload_of, shown

MOST_ACTS: Final = 10_000
_KEPT: Final = ("examine", "reissue")

KeyOf = Callable[[NodeId, str, Instant], bytes]
"""The Ed25519 public key with that thumbprint, if it spoke for that node at that moment; else raises NotVerified."""


@dataclass(frozen=True, slots=True)
class Custody:
    """What a chain says. `awaiting`: who a release names and who has not accepted yet, or ''."""

    holder: NodeId
    awaiting: NodeId | Literal[""]
    package_digest: Digest
    since: Instant
    acts: tuple[CustodyAct, ...]

    @property
    def came_from(self) -> NodeId | Literal[""]:
        """Who handed it to its holder, or '' where that is who sealed it."""
        # An accept follows the release it answers, with nothing between; the first one by a holder says who gave it.
        taken = (n for n, act in enumerate(self.acts) if act.act == "accept" and act.by == self.holder)
        return "" if self.holder == self.acts[0].by else NodeId(self.acts[next(taken) - 1].by)

    @property
    def is_destroyed(self) -> bool:
        return self.acts[-1].act == "destroy"

    @property
    def is_complete(self) -> bool:
        """Whether no hand-over waits for its second signature."""
        return not self.awaiting


def begin(
    *, package: Digest, case: str, by: NodeId, actor: ActorId, at: Instant, reason: str, mode: Mode, signer: Signer
) -> bytes:
    """The first act: `by` has sealed the package and holds it."""
    act = CustodyAct(
        act="begin",
        package=str(package),
        case=case,
        by=by,
        actor=actor,
        to="",
        at=at.seconds,
        prev="",
        reason=reason,
        mode=mode,
    )
    return _sign(None, act, signer)


def release(
    acts: Sequence[bytes], *, by: NodeId, to: NodeId, actor: ActorId, at: Instant, reason: str, signer: Signer
) -> bytes:
    """The holder signs the package away to `to`: the first half of a hand-over.

    Raises OutOfOrder if by the acts so far it is not possible; so do the next two.
    """
    return _next(acts, signer, act="release", by=by, to=to, actor=actor, at=at, reason=reason)


def accept(acts: Sequence[bytes], *, by: NodeId, actor: ActorId, at: Instant, reason: str, signer: Signer) -> bytes:
    """Who was named in the release has checked every digest and takes the package: the second half."""
    return _next(acts, signer, act="accept", by=by, to="", actor=actor, at=at, reason=reason)


def examine(
    acts: Sequence[bytes], *, by: NodeId, actor: ActorId, at: Instant, reason: str, signer: Signer, chance: Chance
) -> bytes:
    """The holder opens the package, for `reason`. chance: unpredictable bytes, so that nobody guesses what it said."""
    return _next(acts, signer, act="examine", by=by, to="", at=at, kept=words.write(actor, reason, chance))


def give_back(acts: Sequence[bytes], *, by: NodeId, actor: ActorId, at: Instant, reason: str, signer: Signer) -> bytes:
    """The holder signs the package away to whom it came from: the first half of a hand-over too."""
    to = _fold(acts).came_from
    return _next(acts, signer, act="return", by=by, to=to, actor=actor, at=at, reason=reason)


def reissue(
    acts: Sequence[bytes],
    *,
    by: NodeId,
    made: Digest,
    actor: ActorId,
    at: Instant,
    reason: str,
    signer: Signer,
    chance: Chance,
) -> bytes:
    """The holder has made the package `made` of this one. chance: as for `examine`."""
    kept = words.write(actor, reason, chance)
    return _next(acts, signer, act="reissue", by=by, to="", at=at, made=str(made), kept=kept)


def destroy(acts: Sequence[bytes], *, by: NodeId, actor: ActorId, at: Instant, reason: str, signer: Signer) -> bytes:
    """The holder has destroyed the package. No act can follow."""
    return _next(acts, signer, act="destroy", by=by, to="", actor=actor, at=at, reason=reason)


def verify_chain(acts: Sequence[bytes], package_digest: Digest, key_of: KeyOf) -> Custody:
    """Check every signature and that each act follows from the one before; what the chain then says.

    An unanswered release at the end is not a fault: `awaiting` names who must still sign.
    Raises BrokenCustody naming the act, and what `key_of` raises.
    """
    if len(acts) > MOST_ACTS:
        raise BrokenCustody(f"more than {MOST_ACTS} acts", hint="no chain is as long as this")
    custody: Custody | None = None
    prev = ""
    for number, token in enumerate(acts, 1):
        where = f"custody act {number}"
        try:
            act = _verified(token, key_of)
        except (BadSignature, Malformed) as error:
            raise BrokenCustody(error.what, where=where, hint=error.hint) from None
        fault = _fault(custody, act, prev)
        if not fault and act.package != str(package_digest):
            fault = "speaks of another package"
        if fault:
            raise BrokenCustody(fault, where=where, hint="rely on nothing after the act before it")
        custody = _after(custody, act)
        prev = link(token)
    if custody is None:
        raise BrokenCustody("there is no act at all", hint="a chain begins with the sealing")
    return custody


def without_words(acts: Sequence[bytes]) -> tuple[bytes, ...]:
    """The chain as others get it: every act and signature, and of what `said` stands for nothing."""
    return tuple(words.split(token)[0] for token in acts)


def holder(acts: Sequence[bytes]) -> NodeId:
    """Who holds the package by a chain that has been verified before. Raises BrokenCustody, Malformed."""
    return _fold(acts).holder


def last_act(acts: Sequence[bytes]) -> CustodyAct:
    """The last act of a chain that has been verified before. Raises BrokenCustody, Malformed."""
    return _fold(acts).acts[-1]


def to_lines(acts: Sequence[bytes]) -> bytes:
    """The chain as a file: one JWS a line, in order, LF after each."""
    return b"".join(token + b"\n" for token in acts)


def from_lines(data: bytes) -> tuple[bytes, ...]:
    """The acts in such a file, not yet verified. Raises TooLarge or Malformed."""
    check_size(data, MOST_ACTS * ACT_LIMIT, "the custody file")
    *tokens, rest = data.split(b"\n")
    if rest or b"" in tokens:
        raise Malformed("not one act a line", where="the custody file", hint="each line ends with LF; none is empty")
    return tuple(tokens)


def _next(
    acts: Sequence[bytes],
    signer: Signer,
    *,
    act: Act,
    by: NodeId,
    to: NodeId | Literal[""],
    at: Instant,
    actor: ActorId | Literal[""] = "",
    reason: str = "",
    made: str = "",
    kept: bytes = b"",
) -> bytes:
    """kept: the words of an act that are signed as a digest."""
    before = _fold(acts)
    last = before.acts[-1]
    said = words.digest(kept) if kept else ""
    happened = {"act": act, "by": by, "to": to, "actor": actor, "at": at.seconds, "reason": reason}
    following = msgspec.structs.replace(last, **happened, prev=link(acts[-1]), made=made, said=said)
    return words.join(_sign(before, following, signer), kept)


def _sign(before: Custody | None, act: CustodyAct, signer: Signer) -> bytes:
    payload = to_json(act)
    parse(payload)
    fault = _fault(before, act, act.prev)
    if fault:
        raise OutOfOrder(f"custody: the act {fault}", hint="see who holds the package, and who must sign next")
    return sign_compact(payload, signer, TYP)


def _fold(acts: Sequence[bytes]) -> Custody:
    """What the acts say, signatures unchecked."""
    custody: Custody | None = None
    prev = ""
    for number, token in enumerate(acts, 1):
        act = shown(token, parse(payload_of(token)))
        fault = _fault(custody, act, prev)
        if fault:
            raise BrokenCustody(fault, where=f"custody act {number}", hint="rely on nothing after the act before it")
        custody = _after(custody, act)
        prev = link(token)
    if custody is None:
        raise BrokenCustody("there is no act at all", hint="a chain begins with the sealing")
    return custody


def _fault(before: Custody | None, act: CustodyAct, prev: str) -> str:
    """Why `act` cannot follow, or ''. The whole of the rules, for those who write acts and those who read them."""
    if before is None:
        return "is not the beginning" if act.act != "begin" or act.prev or act.to or act.made or act.said else ""
    first, last = before.acts[0], before.acts[-1]
    gives = act.act in ("release", "return")
    faults = {
        "follows the destruction of the package": before.is_destroyed,
        "does not follow the act before it": act.prev != prev,
        "begins a second time": act.act == "begin",
        "speaks of another package": act.package != first.package,
        "speaks of another case": (act.case, act.mode) != (first.case, first.mode),
        "is earlier than the act before it": act.at < last.at,
        "is made while a hand-over waits for its second signature": bool(before.awaiting) and act.act != "accept",
        "accepts what was not released": act.act == "accept" and not before.awaiting,
        "accepts what was released to somebody else": act.act == "accept" and act.by != before.awaiting,
        "is not by the holder": act.act != "accept" and act.by != before.holder,
        "names nobody else to accept": gives and act.to in ("", act.by),
        "returns it to another than it came from": act.act == "return" and act.to != before.came_from,
        "names a receiver and is not a release": not gives and act.to != "",
        "names a package that was made, or does not": (act.act == "reissue") != bool(act.made),
        "shows or hides who did it and why as it may not": (act.act in _KEPT) != bool(act.said),
    }
    return next((what for what, is_so in faults.items() if is_so), "")


def _after(before: Custody | None, act: CustodyAct) -> Custody:
    """The state after an act that has no fault."""
    at = Instant.from_seconds(act.at)
    if before is None:
        return Custody(NodeId(act.by), "", Digest.from_hex(act.package), at, (act,))
    known = replace(before, acts=(*before.acts, act))
    if act.act in ("release", "return"):
        return replace(known, awaiting=NodeId(act.to))
    if act.act == "accept":
        return replace(known, holder=NodeId(act.by), awaiting="", since=at)
    return known


def _verified(token: bytes, key_of: KeyOf) -> CustodyAct:
    jws, _ = words.split(token)
    kid = read_header(jws, limit=ACT_LIMIT).kid
    claimed = parse(payload_of(token))  # only to know whose key to ask for
    public = key_of(NodeId(claimed.by), kid, Instant.from_seconds(claimed.at))
    if thumbprint(public) != kid:
        raise BadSignature("signed with a key that is not that node's", hint="trust none of it")
    return shown(token, parse(verify_compact(jws, public, TYP, limit=ACT_LIMIT)))
