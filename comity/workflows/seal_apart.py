"""Packages outside a case: sealed by this node into a folder, for whoever is named; and let more readers into one.

No event of a case says so, because there is none; the acts of custody go into a file beside the package.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.errors import BrokenCustody, Malformed
from comity.base.ids import ActorId, NodeId, PackageId, node_id, uuid7
from comity.base.instants import Instant
from comity.crypto.age_keys import Identity
from comity.evidence import custody
from comity.evidence.outside import verify_tags
from comity.evidence.rewrap import rewrap
from comity.evidence.sealing import About, Sealed, Sealing, seal
from comity.evidence.streams import PackageSink, PackageSource, Progress, Source
from comity.exchange.directory import Use
from comity.workflows.access import permit
from comity.workflows.office import Office
from comity.workflows.require import check_reason

_MADE_OF: Final = "made of package {}: "
BESIDE: Final = len(_MADE_OF.format("0" * 64))
"""Characters that stand before why readers are let in, where custody of their package begins."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A package that was made, and its chain of custody so far: one act."""

    sealed: Sealed
    acts: tuple[bytes, ...]


def seal_apart(
    office: Office,
    person: str,
    sources: Iterable[Source],
    sink: PackageSink,
    *,
    recipients: Sequence[str],
    sealed_for: str,
    reference: str,
    how: str,
    progress: Progress | None = None,
) -> Apart:
    """Seal `sources` into `sink` for `recipients` and begin custody. reference: the sealer's own, as a file number."""
    permit(office, person, "seal")
    if not how.strip():
        raise Malformed("the method of collection must be said", where="how", hint="one sentence a court can read")
    check_reason(how, "how")
    sealing = _sealing(office, person, recipients, sealed_for, reference, how)
    sealed = seal(
        sources,
        sink,
        about=sealing.about,
        recipients=sealing.recipients,
        signer=sealing.signer,
        at=sealing.at,
        chance=sealing.chance,
        stamper=sealing.stamper,
        progress=progress,
    )
    return _begun(sealed, sealing, reason=how)


@dataclass(frozen=True, slots=True)
class KeysOf:
    """The Ed25519 keys a package is checked with: who signed it, and who sealed it first."""

    package: bytes
    sealer: bytes


def let_in(
    office: Office,
    person: str,
    package: PackageSource,
    sink: PackageSink,
    identity: str | Identity,
    *,
    keys: KeysOf,
    chain: Sequence[bytes],
    recipients: Sequence[str],
    sealed_for: str,
    reason: str,
    progress: Progress | None = None,
) -> tuple[Apart, bytes]:
    """Write to `sink` the package as `recipients` can read it: its custody begins, and the old one's says so.

    recipients: everyone who is to read it, the present readers too. chain: the custody of the old package, which this
    node must hold. Returns the new package and the act for the old one's chain. Raises BrokenCustody, and what opening
    a package raises.
    """
    permit(office, person, "release")
    check_reason(reason, "reason", beside=BESIDE)
    old = verify_tags(package, keys.package, sealer_key=keys.sealer)
    if chain and custody.holder(chain) != office.node:
        raise BrokenCustody("this node does not hold the package", hint="only its holder lets others read it")
    sealing = _sealing(office, person, recipients, sealed_for, old.envelope.package, reason)
    made = rewrap(package, sink, identity, sealing, signer_key=keys.package, sealer_key=keys.sealer, progress=progress)
    act = b""
    if chain:
        act = custody.reissue(
            chain,
            by=office.node,
            made=made.package_digest,
            actor=ActorId(person),
            at=max(sealing.at, Instant.from_seconds(custody.last_act(chain).at)),
            reason=reason,
            signer=sealing.signer,
            chance=sealing.chance,
        )
    return _begun(made, sealing, reason=_MADE_OF.format(old.package_digest) + reason), act


def end(office: Office, person: str, chain: Sequence[bytes], *, reason: str) -> bytes:
    """The last act in the custody of a package outside a case: it is destroyed. The act comes before the deed.

    Raises OutOfOrder where this node does not hold it.
    """
    permit(office, person, "release")
    if not reason.strip():
        raise Malformed("reasons must be given", where="reason", hint="by whose decision, in a sentence")
    check_reason(reason, "reason")
    return custody.destroy(
        chain,
        by=office.node,
        actor=ActorId(person),
        at=office.clock.now(),
        reason=reason,
        signer=office.keys.signer(Use.AUTHORITY),
    )


def _sealing(
    office: Office, person: str, recipients: Sequence[str], sealed_for: str, reference: str, how: str
) -> Sealing:
    now = office.clock.now()
    about = About(
        package=PackageId(uuid7(now, office.randomness.bytes(10))),
        case=reference,
        request="",
        mode=office.mode,
        sealed_by=office.node,
        sealed_for=NodeId(node_id(sealed_for)),
        collected_by=ActorId(person),
        how=how,
    )
    signer = office.keys.signer(Use.AUTHORITY)
    return Sealing(about, tuple(recipients), signer, now, office.randomness.bytes, office.stamper)


def _begun(sealed: Sealed, sealing: Sealing, *, reason: str) -> Apart:
    about = sealing.about
    act = custody.begin(
        package=sealed.package_digest,
        case=about.case or about.package,
        by=about.sealed_by,
        actor=about.collected_by,
        at=sealing.at,
        reason=reason,
        mode=about.mode,
        signer=sealing.signer,
    )
    return Apart(sealed, (act,))
