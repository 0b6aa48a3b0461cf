"""Signing a directory away from any network: one root at a time, in any order, none twice, no stranger."""

import itertools

import msgspec
import pytest

from comity.base.encoding import b64u
from comity.base.errors import BadSignature, Conflict, Malformed, NotPermitted
from comity.crypto.signatures import Ed25519Signer
from comity.exchange.directory import open_list
from comity.exchange.directory_signing import add_signature, draft, open_draft
from tests.simulators.messages import state_list

ROOTS = [Ed25519Signer(bytes([n]) * 32) for n in (31, 32, 33)]
VALUE = state_list(roots=tuple(b64u(root.public) for root in ROOTS), threshold=2)


@pytest.mark.parametrize("pair", list(itertools.permutations(ROOTS, 2)))
def test_two_of_three_roots_sign_in_any_order(pair: tuple[Ed25519Signer, Ed25519Signer]) -> None:
    data = draft(VALUE)
    assert open_draft(data).missing == 2
    with pytest.raises(BadSignature):
        open_list(data)
    first = add_signature(data, pair[0])
    assert first.missing == 1
    with pytest.raises(BadSignature):
        open_list(first.data)
    done = add_signature(first.data, pair[1])
    assert done.missing == 0
    assert done.signed == {b64u(root.public) for root in pair}
    assert open_list(done.data).value == VALUE


def test_a_root_signs_once_and_a_stranger_never() -> None:
    once = add_signature(draft(VALUE), ROOTS[0])
    with pytest.raises(Conflict):
        add_signature(once.data, ROOTS[0])
    with pytest.raises(NotPermitted):
        add_signature(once.data, Ed25519Signer(bytes(32)))


def test_a_signature_over_another_list_does_not_count() -> None:
    other = add_signature(draft(msgspec.structs.replace(VALUE, sequence=VALUE.sequence + 1)), ROOTS[0])
    forged = msgspec.json.decode(draft(VALUE))
    forged["signatures"] = msgspec.json.decode(other.data)["signatures"]
    assert open_draft(msgspec.json.encode(forged)).missing == 2


def test_a_draft_that_would_be_no_list_is_not_made() -> None:
    with pytest.raises(Malformed):
        draft(msgspec.structs.replace(VALUE, threshold=4))
