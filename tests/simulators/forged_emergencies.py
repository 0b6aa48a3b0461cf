"""Emergencies that somebody forges, and what has to come of them: data may be preserved, never disclosed."""

import json
from collections.abc import Sequence

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import OutOfOrder
from comity.cases import approval
from comity.cases.approval import PasskeyApproval
from comity.cases.case import Case
from comity.exchange import document as documents
from comity.exchange.directory import Entity, KeyEntry, Use
from comity.exchange.message import Approval, RequestBody
from comity.treaty.request import Request
from comity.workflows import order_provider
from tests.simulators.authenticator import Authenticator, first_operator, joined
from tests.simulators.emergencies import changed, is_one, relist
from tests.simulators.forge import Forged
from tests.simulators.story import grant, order
from tests.simulators.world import XA, SmallWorld


def received(world: SmallWorld) -> list[Case]:
    """XB's cases for what is asked for, without those of preservation beside them."""
    return [one for one in world.xb.cases() if one.procedure == "stored_data"]


def nothing_disclosed(world: SmallWorld) -> None:
    """Whatever XB's people try, help is not granted and no provider is ordered to produce anything."""
    for case in received(world):
        if "screens.emergency" not in case.decided:
            is_one(world.xb, "dan", case)
        for step in (grant, order):
            with pytest.raises(OutOfOrder, match="not confirmed by a call-back") as refused:
                step(world, case)
            assert refused.value.hint.startswith("possible: ")
    world.settle()
    sent = {one.kind for one in world.xb.outbox()}
    assert not sent & {"grant", "order.produce", "evidence.release"}
    assert all(one.procedure == "preservation" for one in world.provider.cases())


def is_preserved(world: SmallWorld) -> None:
    """A duty officer orders preservation at once, and the provider keeps the data."""
    for case in world.xb.cases():
        if case.procedure == "preservation" and case.state == "requested":
            order(world, case)
    world.settle()
    for at_provider in world.provider.cases():
        order_provider.confirm_preserved(world.provider.office, "lee", at_provider.id)
    world.settle()
    assert {one.state for one in world.provider.cases()} == {"preserved"}


def approvals_of(
    request: Request, *people: str, passkeys: Sequence[PasskeyApproval | None] = ()
) -> tuple[Approval, ...]:
    """Approvals as whoever holds the authority's key can write them."""
    digest = str(Digest.of(to_json(request)))
    signed = [*passkeys, *([None] * len(people))]
    return tuple(
        Approval(person=one, role="reviewer", request_sha256=digest, at=1, passkey=passkey)
        for one, passkey in zip(people, signed, strict=False)
    )


def forged(request: Request, *people: str, author: str = "bo", passkeys: Sequence[PasskeyApproval] = ()) -> Forged:
    return Forged(
        kind="request.produce",
        body=RequestBody(request=request, approvals=approvals_of(request, *people, passkeys=passkeys)),
        actor=documents.Actor(author, "case_lawyer", approved_by=people[-1] if people else "rose"),
        header={"pri": 2},
    )


def made_up(world: SmallWorld, request: Request, person: str, with_key: Authenticator) -> PasskeyApproval:
    """A passkey's signature over an approval by `person`, with whichever key is at hand."""
    decision = approval.Decision(
        v=1,
        node=XA,
        mode=world.xa.office.mode,
        case="forged",
        events=2,
        head="0" * 64,
        action="approve",
        request_sha256=str(Digest.of(to_json(request))),
        reasons="",
        person=person,
        role="reviewer",
        at=1,
    )
    data, nonce = approval.write(decision), bytes(32)
    options = json.dumps({"challenge": b64u(approval.challenge_of(data, nonce))})
    said = json.loads(with_key.get(options))["response"]
    return approval.make(
        decision=data,
        nonce=nonce,
        site=with_key.held[-1].site,
        credential=with_key.held[-1].id,
        public_key=public_of(with_key),
        authenticator_data=from_b64u(said["authenticatorData"]),
        client_data=from_b64u(said["clientDataJSON"]),
        signature=from_b64u(said["signature"]),
    )


def both_made_up(
    world: SmallWorld, request: Request, ada: Authenticator, rita: Authenticator
) -> tuple[PasskeyApproval, PasskeyApproval]:
    """The two approvals of ada and rita, with whichever keys are at hand."""
    return made_up(world, request, "ada", ada), made_up(world, request, "rita", rita)


def public_of(key: Authenticator) -> bytes:
    return key.held[-1].key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def somebody_s(name: str) -> Authenticator:
    """A passkey that no node knows, for XA's own site."""
    key = Authenticator(name)
    user = {"id": b64u(name.encode())}
    key.create(json.dumps({"rp": {"id": "localhost"}, "user": user, "challenge": b64u(bytes(32))}))
    return key


def two_approvers(world: SmallWorld) -> tuple[Authenticator, Authenticator]:
    """The passkeys of ada and rita, who have joined at XA and may approve; its list does not name them yet."""
    first_operator(world.xa.office)
    return joined(world.xa.office, "ada", "reviewer"), joined(world.xa.office, "rita", "reviewer")


def list_approvers(world: SmallWorld, *keys: Authenticator, days: int = 300) -> None:
    """XA's next list names the passkeys of those who approve emergencies, for so many days."""
    now = world.xa.clock.now()
    new = tuple(
        KeyEntry(
            use=Use.APPROVER,
            kid=b64u(key.held[-1].id),
            public=b64u(public_of(key)),
            not_before=now.seconds,
            not_after=now.plus_days(days).seconds,
        )
        for key in keys
    )

    def change(one: Entity) -> Entity:
        return msgspec.structs.replace(one, keys=(*one.keys, *new))

    relist(world, "XA", lambda value: changed(value, XA, change))
