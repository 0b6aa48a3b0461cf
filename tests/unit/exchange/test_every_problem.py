"""Every problem there is, brought about over the wire; and what tries to have less than this version asks, refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from comity.base.encoding import b64u, to_json
from comity.base.mode import Mode
from comity.crypto.signatures import Ed25519Signer
from comity.exchange import document as documents
from comity.exchange import envelope as envelopes
from comity.exchange import receipt
from comity.exchange.directory import Use
from comity.exchange.message import GrantBody
from comity.exchange.problems import PROBLEMS
from comity.node.app import make_app
from comity.workflows import credit, receive_envelope, suspend_peer
from comity.workflows.stores import Incoming
from tests.simulators.forge import Forged, bring, code_of, headers_for, outcome, request_to, revoke, tampered
from tests.simulators.story import at
from tests.simulators.wire import ask
from tests.simulators.world import PROVIDER, START, XA, XB, SmallWorld, new_world

TESTS: Final = Path(__file__).parents[2]
ELSEWHERE: Final = {
    "missing-part": "unit/workflows/test_receive_evidence.py",
    "broken-seal": "unit/workflows/test_receive_evidence.py",
    "broken-custody": "unit/workflows/test_receive_evidence.py",
    "internal": "unit/node/test_app.py",
    "unavailable": "unit/node/test_app.py",
    "too-slow": "unit/node/test_limits.py",
    "stale-directory": "unit/workflows/test_stale_directories.py",
    "treaty-check": "unit/base/test_errors.py",
}
"""Brought about in a test of their own."""


def post(world: SmallWorld, body: bytes, **named: Any) -> str:
    return code_of(request_to(world, world.xa, XB, "/v1/envelopes", body, **named))


def _late(world: SmallWorld) -> str:
    envelope = Forged(document={"exp": START.seconds + 60}, header={"exp": START.seconds + 60}).make(world)
    world.pass_seconds(61)
    return outcome(world, envelope)


def _replayed(world: SmallWorld) -> str:
    body = envelopes.format_batch("b", [Forged().make(world)])
    headers = headers_for(world, world.xa, XB, "/v1/envelopes", body)
    app, url = world.wire.apps[world.xb.host], world.xb.url + "/v1/envelopes"
    ask(app, "POST", url, headers, body)
    return code_of(ask(app, "POST", url, headers, body))


def _busy(world: SmallWorld) -> str:
    waiting = envelopes.Envelope(Forged(header={"channel": "another"}).make(world).header_bytes, b"")
    with world.xb.office.store.transaction() as tx:
        for number in range(credit.MOST - credit.FOR_URGENT):
            tx.inbox.add(Incoming(XA, str(number), waiting, START))
    return bring(world, [Forged().make(world)])[0]


def _conflict(world: SmallWorld) -> str:
    envelope = Forged().make(world)
    bring(world, [envelope])
    return bring(world, [tampered(envelope)])[0]


def _suspended(world: SmallWorld) -> str:
    suspend_peer.suspend(world.xb.office, "olga", XA, reasons="its node was broken into")
    return post(world, b"{}")


def _revoked(world: SmallWorld) -> str:
    revoke(world, XA, Use.AUTHORITY, START.seconds)
    return outcome(world, Forged().make(world))


def _early(world: SmallWorld) -> str:
    second = {"seq": 2, "prev": "0" * 64}
    assert outcome(world, Forged(document=second, header=second).make(world)) == "stored"
    return "out-of-order"


def _fork(world: SmallWorld) -> str:
    forked = {"prev": "0" * 64}
    return outcome(world, Forged(document=forked, header=forked).make(world))


PROVOKED: Final[dict[str, Callable[[SmallWorld], str]]] = {
    "malformed": lambda world: post(world, b"{}"),
    "too-large": lambda world: post(world, bytes(envelopes.BATCH_LIMIT + 1)),
    "bad-signature": lambda world: code_of(
        ask(world.wire.apps[world.xb.host], "POST", world.xb.url + "/v1/envelopes", {}, b"{}")
    ),
    "clock-skew": lambda world: bring(world, [Forged(header={"iat": START.seconds + 301}).make(world)])[0],
    "replayed-request": _replayed,
    "unknown-peer": lambda world: post(world, b"{}", signer=Ed25519Signer(bytes(32))),
    "peer-suspended": _suspended,
    "wrong-mode": lambda world: bring(world, [Forged(header={"mode": Mode.LIVE}).make(world)])[0],
    "wrong-recipient": lambda world: bring(world, [Forged(header={"to": PROVIDER}).make(world)])[0],
    "unknown-key": lambda world: bring(world, [Forged(header={"rkid": "another"}).make(world)])[0],
    "revoked-key": _revoked,
    "expired": _late,
    "conflict": _conflict,
    "version": lambda world: bring(world, [Forged(header={"v": 2}).make(world)])[0],
    "busy": _busy,
    "cannot-open": lambda world: outcome(world, tampered(Forged().make(world))),
    "inside-differs": lambda world: outcome(
        world, Forged(document={"case": "c", "seq": 2}, header={"seq": 1}).make(world)
    ),
    "out-of-order": _early,
    "broken-channel": _fork,
    "not-allowed": lambda world: outcome(world, Forged(actor=documents.Actor("anna", "duty_officer")).make(world)),
    "invalid-field": lambda world: outcome(world, Forged(body=GrantBody(reasons="none")).make(world)),
    "out-of-state": lambda world: outcome(world, Forged(kind="grant", body=GrantBody(reasons="none")).make(world)),
    "not-found": lambda world: code_of(request_to(world, world.xa, XB, "/v1/receipts/none", b"", method="GET")),
}
SIGNED: Final = (
    "revoked-key",
    "expired",
    "conflict",
    "cannot-open",
    "inside-differs",
    "not-allowed",
    "invalid-field",
    "out-of-state",
    "broken-channel",
    "version",
    "unknown-key",
)
"""What a document is refused for: it has legal effect, so the refusal is a receipt with a signature."""


def test_every_problem_there_is_is_brought_about() -> None:
    assert PROVOKED.keys() | ELSEWHERE.keys() == PROBLEMS.keys()
    assert not PROVOKED.keys() & ELSEWHERE.keys()
    for code, place in ELSEWHERE.items():
        assert code in (TESTS / place).read_text(encoding="utf-8"), place


@pytest.mark.parametrize("code", PROVOKED)
def test_a_problem_has_its_own_code(code: str) -> None:
    assert PROVOKED[code](new_world()) == code


@pytest.mark.parametrize("code", SIGNED)
def test_a_refusal_with_legal_effect_is_a_signed_receipt(code: str) -> None:
    world = new_world()
    said = PROVOKED[code](world)
    last = [row for row in world.xb.dump()["inbox"] if row["code"] == said]
    if not last:
        return  # refused at the door: the answer to the batch is itself signed, and was verified by `bring`
    data = receive_envelope.receipt_for(world.xb.office, XA, last[-1]["id"])
    (row,) = receipt.verify(data, world.xb.keys.signer(Use.RECEIPT).public).rows
    assert (str(row.status), row.code) == ("rejected", said)


def resigned(world: SmallWorld, header: dict[str, Any], *, sign: bool = True) -> envelopes.Envelope:
    """The right document under another JWS header."""
    right = Forged().make(world)
    token = envelopes.open_sealed(right, world.xb.keys.opener())
    payload = token.split(b".")[1].decode()
    head = b64u(to_json(header))
    signature = b64u(world.xa.keys.signer(Use.AUTHORITY).sign(f"{head}.{payload}".encode())) if sign else ""
    changed = f"{head}.{payload}.{signature}".encode()
    return envelopes.seal(changed, right.read_header(), world.xb.keys.opener().public)


KID: Final = "kid"
LESS: Final[dict[str, dict[str, Any]]] = {
    "no algorithm": {"alg": "none", "kid": KID, "typ": documents.TYP},
    "a shared secret": {"alg": "HS256", "kid": KID, "typ": documents.TYP},
    "RSA of old": {"alg": "RS256", "kid": KID, "typ": documents.TYP},
    "another curve": {"alg": "ES256", "kid": KID, "typ": documents.TYP},
    "an old name of the algorithm": {"alg": "EdDSA", "kid": KID, "typ": documents.TYP},
    "no type": {"alg": "Ed25519", "kid": KID},
    "another type": {"alg": "Ed25519", "kid": KID, "typ": receipt.TYP},
    "no key": {"alg": "Ed25519", "typ": documents.TYP},
    "what must be understood and is not": {"alg": "Ed25519", "crit": ["x"], "kid": KID, "typ": documents.TYP, "x": 1},
    "an empty list of that": {"alg": "Ed25519", "crit": [], "kid": KID, "typ": documents.TYP},
    "a payload that is not encoded": {
        "alg": "Ed25519",
        "b64": False,
        "crit": ["b64"],
        "kid": KID,
        "typ": documents.TYP,
    },
    "a key of its own": {"alg": "Ed25519", "jwk": {"kty": "OKP"}, "kid": KID, "typ": documents.TYP},
    "a key to be fetched": {"alg": "Ed25519", "jku": "https://evil.example/", "kid": KID, "typ": documents.TYP},
    "a certificate": {"alg": "Ed25519", "kid": KID, "typ": documents.TYP, "x5c": ["MII"]},
}


@pytest.mark.parametrize("less", LESS)
@pytest.mark.parametrize("sign", [True, False], ids=["signed", "unsigned"])
def test_a_document_under_another_header_than_this_version_s_is_refused(less: str, sign: bool) -> None:
    world = at("new")
    kid = world.xa.keys.signer(Use.AUTHORITY).kid
    header = {name: kid if value == KID else value for name, value in LESS[less].items()}
    assert outcome(world, resigned(world, header, sign=sign)) in ("malformed", "bad-signature")
    assert not world.xb.cases()


@pytest.mark.parametrize("suite", [0, 2, 3, 9, -1])
def test_another_suite_is_refused_and_none_is_negotiated(suite: int) -> None:
    world = at("new")
    assert bring(world, [Forged(header={"suite": suite}).make(world)]) == ["version"]


@pytest.mark.parametrize("version", [0, 2, 3])
def test_another_version_is_refused_outside_and_inside(version: int) -> None:
    world = at("new")
    assert bring(world, [Forged(header={"v": version}).make(world)]) == ["version"]
    assert outcome(world, Forged(document={"v": version}, header={"v": 1}).make(world)) == "inside-differs"
    batch = msgspec.json.decode(envelopes.format_batch("b", [Forged().make(world)]))
    assert post(world, msgspec.json.encode({**batch, "v": version})) == "version"


def test_a_suspended_peer_is_taken_from_again_once_a_person_says_so() -> None:
    world = at("new")
    assert _suspended(world) == "peer-suspended"
    suspend_peer.readmit(world.xb.office, "olga", XA, reasons="new keys, compared by two")
    assert outcome(world, Forged().make(world)) == "delivered"
    entries = [row for row in world.xb.dump()["log_entry"] if b"peer_" in row["stat"]]
    assert len(entries) == 2


def test_what_is_stored_is_told_by_a_node_that_began_anew() -> None:
    """A receipt does not depend on the process that gave it."""
    world = at("new")
    envelope = Forged().make(world)
    bring(world, [envelope])
    fresh = make_app(replace(world.xb.office), world.xb.url, lambda: None)
    path = f"/v1/receipts/{envelope.read_header().id}"
    headers = headers_for(world, world.xa, XB, path, b"", method="GET")
    answer = ask(fresh, "GET", world.xb.url + path, headers, b"")
    assert receipt.verify(answer.body, world.xb.keys.signer(Use.RECEIPT).public).rows[0].status == "stored"
