"""Custody: a chain that holds, and every way in which one does not."""

from collections.abc import Callable, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.digests import Digest
from comity.base.encoding import from_b64u, to_json
from comity.base.errors import BadSignature, BrokenCustody, Malformed, OutOfOrder
from comity.base.ids import ActorId, NodeId
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto.jws import sign_compact
from comity.crypto.signatures import Ed25519Signer
from comity.evidence import words
from comity.evidence.custody import (
    accept,
    begin,
    destroy,
    examine,
    from_lines,
    give_back,
    holder,
    reissue,
    release,
    to_lines,
    verify_chain,
    without_words,
)
from comity.evidence.custody_act import TYP, CustodyAct
from tests.simulators.packages import AT, AUTHORITY, COURT, PROVIDER, chance

PACKAGE = Digest.of(b"a package")
SIGNERS = {node: Ed25519Signer(Digest.of(node.encode()).value) for node in (PROVIDER, AUTHORITY, COURT)}
CLERK = ActorId("clerk-1")


def key_of(node: NodeId, kid: str, at: Instant) -> bytes:
    signer = SIGNERS.get(node)
    if signer is None or signer.kid != kid or at < AT:  # a changed byte may ask for a time before the keys were good
        raise BadSignature("not that node's key")
    return signer.public


def begun(by: NodeId = PROVIDER, at: Instant = AT) -> bytes:
    return begin(
        package=PACKAGE,
        case="case-7",
        by=by,
        actor=CLERK,
        at=at,
        reason="sealed",
        mode=Mode.EXERCISE,
        signer=SIGNERS[by],
    )


def released(acts: Sequence[bytes], by: NodeId = PROVIDER, to: NodeId = AUTHORITY, later: int = 60) -> list[bytes]:
    at = AT.plus_seconds(later)
    return [*acts, release(acts, by=by, to=to, actor=CLERK, at=at, reason="the order", signer=SIGNERS[by])]


def accepted(acts: Sequence[bytes], by: NodeId = AUTHORITY, later: int = 120) -> list[bytes]:
    at = AT.plus_seconds(later)
    return [*acts, accept(acts, by=by, actor=CLERK, at=at, reason="checked", signer=SIGNERS[by])]


def examined(acts: Sequence[bytes], by: NodeId = AUTHORITY, later: int = 180) -> list[bytes]:
    at = AT.plus_seconds(later)
    return [*acts, examine(acts, by=by, actor=CLERK, at=at, reason="for the charge", signer=SIGNERS[by], chance=chance)]


def by_holder(make: Callable[..., bytes], acts: Sequence[bytes], by: NodeId, later: int, **more: Digest) -> list[bytes]:
    at = AT.plus_seconds(later)
    drawn = {"chance": chance} if make in (examine, reissue) else {}
    return [*acts, make(acts, by=by, actor=CLERK, at=at, reason="as decided", signer=SIGNERS[by], **drawn, **more)]


WHOLE = examined(accepted(released([begun()])))


def forged(token: bytes, signed_by: NodeId | None = None, **changes: object) -> bytes:
    """An act with some fields changed, signed by the node it names or by another: outside the rules, but signed."""
    payload = from_b64u(token.split(b".")[1].decode())
    act = msgspec.structs.replace(msgspec.json.decode(payload, type=CustodyAct), **changes)
    return sign_compact(to_json(act), SIGNERS[signed_by or NodeId(act.by)], TYP)


def relinked(acts: Sequence[bytes]) -> list[bytes]:
    """The same acts, each naming the one before as it now is."""
    found: list[bytes] = []
    for act in acts:
        found.append(forged(act, prev=str(Digest.of(found[-1])) if found else ""))
    return found


def test_a_chain_with_both_signatures_says_who_holds_the_package() -> None:
    custody = verify_chain(WHOLE, PACKAGE, key_of)
    assert custody.holder == AUTHORITY == holder(WHOLE)
    assert custody.is_complete
    assert custody.since == AT.plus_seconds(120)
    assert [act.act for act in custody.acts] == ["begin", "release", "accept", "examine"]


def test_a_release_alone_hands_nothing_over() -> None:
    custody = verify_chain(released([begun()]), PACKAGE, key_of)
    assert (custody.holder, custody.awaiting, custody.is_complete) == (PROVIDER, AUTHORITY, False)


def test_it_can_go_on_to_a_third_and_back() -> None:
    chain = accepted(released(WHOLE, AUTHORITY, COURT, 200), COURT, 200)
    chain = accepted(released(chain, COURT, AUTHORITY, 300), AUTHORITY, 300)
    assert verify_chain(chain, PACKAGE, key_of).holder == AUTHORITY


def test_it_goes_back_to_whom_it_came_from_with_both_signatures() -> None:
    at_court = accepted(released(WHOLE, AUTHORITY, COURT, 200), COURT, 210)
    back = by_holder(give_back, at_court, COURT, 300)
    custody = verify_chain(back, PACKAGE, key_of)
    assert (custody.holder, custody.awaiting) == (COURT, AUTHORITY)
    home = by_holder(give_back, accepted(back, AUTHORITY, 310), AUTHORITY, 320)
    assert verify_chain(accepted(home, PROVIDER, 330), PACKAGE, key_of).holder == PROVIDER
    with pytest.raises(OutOfOrder, match="nobody else"):
        by_holder(give_back, [begun()], PROVIDER, 60)


def test_after_destruction_nothing_follows() -> None:
    gone = by_holder(destroy, WHOLE, AUTHORITY, 300)
    assert verify_chain(gone, PACKAGE, key_of).is_destroyed
    for make in (examine, destroy, give_back):
        with pytest.raises(OutOfOrder, match="destruction"):
            by_holder(make, gone, AUTHORITY, 400)


def test_a_package_made_of_it_is_named_in_its_chain() -> None:
    made = Digest.of(b"another")
    chain = by_holder(reissue, WHOLE, AUTHORITY, 300, made=made)
    assert verify_chain(chain, PACKAGE, key_of).acts[-1].made == str(made)


def test_there_is_no_custody_without_an_act() -> None:
    with pytest.raises(BrokenCustody, match="no act"):
        verify_chain([], PACKAGE, key_of)


def test_the_chain_of_another_package_is_refused() -> None:
    with pytest.raises(BrokenCustody, match="another package"):
        verify_chain(WHOLE, Digest.of(b"another"), key_of)


DEFECTS: dict[str, tuple[Callable[[], list[bytes]], str]] = {
    "the first act is missing": (lambda: WHOLE[1:], "not the beginning"),
    "an act in the middle is missing": (lambda: [WHOLE[0], *WHOLE[2:]], "does not follow"),
    "an act is missing and the links mended": (lambda: relinked([WHOLE[0], *WHOLE[2:]]), "was not released"),
    "two acts are exchanged": (lambda: [WHOLE[0], WHOLE[2], WHOLE[1], WHOLE[3]], "does not follow"),
    "an act is there twice": (lambda: [*WHOLE, WHOLE[-1]], "does not follow"),
    "it begins twice": (lambda: relinked([WHOLE[0], WHOLE[0]]), "second time"),
    "the second signature is missing": (lambda: relinked([*WHOLE[:2], WHOLE[3]]), "waits for its second"),
    "somebody else accepts": (
        lambda: relinked([*WHOLE[:2], forged(WHOLE[2], by=COURT)]),
        "somebody else",
    ),
    "the releaser accepts for the receiver": (
        lambda: [*WHOLE[:2], forged(WHOLE[2], PROVIDER)],
        "not that node's key",
    ),
    "time runs backwards": (lambda: relinked([*WHOLE[:2], forged(WHOLE[2], at=AT.seconds)]), "earlier"),
    "somebody releases what they do not hold": (
        lambda: relinked([WHOLE[0], forged(WHOLE[1], by=COURT)]),
        "not by the holder",
    ),
    "one act speaks of another case": (lambda: relinked([WHOLE[0], forged(WHOLE[1], case="case-8")]), "another case"),
    "an exercise becomes live": (lambda: relinked([WHOLE[0], forged(WHOLE[1], mode=Mode.LIVE)]), "another case"),
    "one act speaks of another package": (
        lambda: relinked([WHOLE[0], forged(WHOLE[1], package="00" * 32)]),
        "another package",
    ),
    "it is released to nobody": (lambda: relinked([WHOLE[0], forged(WHOLE[1], to="")]), "nobody else"),
    "it is released to oneself": (lambda: relinked([WHOLE[0], forged(WHOLE[1], to=PROVIDER)]), "nobody else"),
    "an examination names a receiver": (lambda: [*WHOLE[:3], forged(WHOLE[3], to=COURT)], "not a release"),
    "it is returned to another than it came from": (
        lambda: [*WHOLE, *relinked([*WHOLE, forged(WHOLE[3], act="return", to=COURT)])[4:]],
        "than it came from",
    ),
    "a reissue names no package": (
        lambda: relinked([*WHOLE, forged(WHOLE[3], act="reissue")]),
        "that was made",
    ),
    "an examination names a package": (
        lambda: relinked([*WHOLE[:3], forged(WHOLE[3], made="00" * 32)]),
        "that was made",
    ),
    "somebody goes on after the destruction": (
        lambda: relinked([*WHOLE, forged(WHOLE[3], act="destroy", said="", actor=CLERK), WHOLE[3]]),
        "destruction",
    ),
    "a hand-over is overtaken by a destruction": (
        lambda: relinked([*WHOLE[:2], forged(WHOLE[3], act="destroy", by=PROVIDER)]),
        "waits for its second",
    ),
    "the beginning has a forerunner": (lambda: [forged(WHOLE[0], prev="00" * 32)], "not the beginning"),
    "an act is no JWS": (lambda: [*WHOLE[:3], b"e30"], "not a JWS"),
    "an act is no act": (lambda: [sign_compact(to_json({}), SIGNERS[PROVIDER], TYP)], "not as its format"),
    "an act was signed for another purpose": (
        lambda: [sign_compact(from_b64u(WHOLE[0].split(b".")[1].decode()), SIGNERS[PROVIDER], "comity-doc+jws")],
        "signed as",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_chain_with_a_defect_is_broken_and_the_act_is_named(defect: str) -> None:
    make, what = DEFECTS[defect]
    with pytest.raises(BrokenCustody, match=what) as caught:
        verify_chain(make(), PACKAGE, key_of)
    assert caught.value.where.startswith("custody act ")


@given(st.integers(0, len(WHOLE) - 1), st.data())
def test_a_changed_byte_never_verifies(which: int, data: st.DataObject) -> None:
    token = bytearray(WHOLE[which])
    token[data.draw(st.integers(0, len(token) - 1))] ^= data.draw(st.integers(1, 255))
    chain = [*WHOLE[:which], bytes(token), *WHOLE[which + 1 :]]
    with pytest.raises(BrokenCustody):
        verify_chain(chain, PACKAGE, key_of)


def test_a_key_that_is_not_the_one_named_is_refused() -> None:
    with pytest.raises(BrokenCustody, match="not that node's"):
        verify_chain(WHOLE, PACKAGE, lambda _node, _kid, _at: SIGNERS[COURT].public)


@pytest.mark.parametrize(
    "act",
    [
        lambda: released([begun()], AUTHORITY, COURT),
        lambda: accepted([begun()]),
        lambda: accepted(released([begun()]), COURT),
        lambda: examined([begun()], AUTHORITY),
        lambda: examined(released([begun()]), PROVIDER),
        lambda: released(released([begun()]), PROVIDER, COURT),
        lambda: released([begun()], PROVIDER, PROVIDER),
        lambda: released([begun()], later=-1),
    ],
    ids=[
        "released by another",
        "accepted unreleased",
        "accepted by another",
        "examined by another",
        "examined on the way",
        "released twice",
        "released to oneself",
        "released before it began",
    ],
)
def test_an_act_that_is_not_possible_is_never_signed(act: Callable[[], list[bytes]]) -> None:
    with pytest.raises(OutOfOrder):
        act()


def test_an_act_says_what_it_must() -> None:
    act = verify_chain(WHOLE[:1], PACKAGE, key_of).acts[0]
    assert act == CustodyAct(
        act="begin",
        package=str(PACKAGE),
        case="case-7",
        by=PROVIDER,
        actor=CLERK,
        to="",
        at=AT.seconds,
        prev="",
        reason="sealed",
        mode=Mode.EXERCISE,
    )


def test_a_chain_is_kept_one_act_a_line() -> None:
    data = to_lines(WHOLE)
    assert data.count(b"\n") == len(WHOLE)
    assert list(from_lines(data)) == WHOLE
    assert from_lines(b"") == ()
    for bad in (data[:-1], data + b"\n", b"\n" + data, b"\n"):
        with pytest.raises(Malformed):
            from_lines(bad)


def test_who_opened_it_and_why_can_be_withheld_and_the_chain_holds_all_the_same() -> None:
    chain = by_holder(reissue, WHOLE, AUTHORITY, 300, made=Digest.of(b"another"))
    chain = released(chain, AUTHORITY, COURT, 400)
    whole, sent = verify_chain(chain, PACKAGE, key_of), verify_chain(without_words(chain), PACKAGE, key_of)
    assert [act.reason for act in whole.acts[3:5]] == ["for the charge", "as decided"]
    for act in sent.acts[3:5]:
        assert (act.is_withheld, act.actor, act.reason) == (True, "", "")
    assert [act.reason for act in sent.acts if not act.is_withheld] == ["sealed", "the order", "checked", "the order"]
    for token in without_words(chain)[3:5]:
        assert b"charge" not in from_b64u(token.split(b".")[1].decode())
    grown = accepted(without_words(chain), COURT, 500)
    assert verify_chain(grown, PACKAGE, key_of).holder == COURT, "the receiver goes on with what it was given"
    assert verify_chain([*chain, grown[-1]], PACKAGE, key_of).holder == COURT, "and it fits who kept the words"


@given(st.text(min_size=1, max_size=40), st.text(max_size=40))
def test_words_that_were_not_signed_are_refused(actor: str, reason: str) -> None:
    jws = without_words(WHOLE)[3]
    put = jws + b"~" + words.write(actor, reason, chance)
    with pytest.raises((BrokenCustody, Malformed)):
        verify_chain([*WHOLE[:3], put], PACKAGE, key_of)


@pytest.mark.parametrize("kept", [b"", b"x", b"~", b"W10", b"WyIiLCIiLCIiXQ", b"\xff", b"A" * 20_000])
def test_what_is_no_words_is_refused_or_withheld(kept: bytes) -> None:
    chain = [*WHOLE[:3], without_words(WHOLE)[3] + b"~" + kept]
    if not kept:
        assert verify_chain(chain, PACKAGE, key_of).acts[3].is_withheld
        return
    with pytest.raises((BrokenCustody, Malformed)):
        verify_chain(chain, PACKAGE, key_of)


def test_words_are_withheld_of_openings_alone_and_never_shown_in_the_act_itself() -> None:
    said = "0" * 64
    for chain in (
        [forged(WHOLE[0], said=said, actor="", reason="")],
        [*WHOLE[:3], forged(WHOLE[3], said="", actor=CLERK)],
        [*WHOLE[:3], forged(WHOLE[3], actor=CLERK)],
        [*WHOLE[:3], forged(WHOLE[3], reason="openly")],
        [WHOLE[0] + b"~" + words.write(CLERK, "more", chance)],
    ):
        with pytest.raises((BrokenCustody, Malformed)):
            verify_chain(chain, PACKAGE, key_of)


def test_two_openings_for_one_reason_do_not_look_alike() -> None:
    acts = [words.write(CLERK, "for the charge", chance) for _ in range(2)]
    assert words.digest(acts[0]) != words.digest(acts[1])
    assert words.read(acts[0]) == words.read(acts[1]) == (CLERK, "for the charge")
