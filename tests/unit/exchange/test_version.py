"""What a node says it speaks: signed, for people to compare, and open to fields of later versions."""

import msgspec
import pytest

from comity.base.encoding import to_json
from comity.base.errors import BadSignature, Malformed
from comity.base.mode import Mode
from comity.crypto import jws
from comity.exchange.directory import Use
from comity.exchange.message import KINDS
from comity.exchange.version import TYP, describe, open_version, sign
from tests.simulators.messages import NOW, XA, XB

SPEAKS = describe(XB.id, Mode.EXERCISE, NOW, 7)
SIGNER = XB.signers[Use.RECEIPT]


def test_what_is_said_comes_back_with_every_kind_known_here() -> None:
    found = open_version(sign(SPEAKS, SIGNER), SIGNER.public, XB.id)
    assert found == SPEAKS
    assert set(found.kinds) == set(KINDS)


def test_another_key_or_another_node_is_refused() -> None:
    with pytest.raises(BadSignature):
        open_version(sign(SPEAKS, SIGNER), XA.signers[Use.RECEIPT].public, XB.id)
    with pytest.raises(Malformed):
        open_version(sign(SPEAKS, SIGNER), SIGNER.public, XA.id)


def test_a_later_version_may_say_more() -> None:
    said = {**msgspec.to_builtins(SPEAKS), "versions": [1, 2], "post": "quantum"}
    found = open_version(jws.sign_compact(to_json(said), SIGNER, TYP), SIGNER.public, XB.id)
    assert found.versions == (1, 2)
