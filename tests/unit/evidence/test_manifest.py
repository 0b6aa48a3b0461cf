"""The manifest: signed bytes, and the limits on what may stand in it."""

from typing import Any

import msgspec
import pytest

from comity.base.encoding import to_json
from comity.base.errors import BadSignature, Malformed
from comity.base.mode import Mode
from comity.crypto.jws import sign_compact
from comity.crypto.signatures import Ed25519Signer
from comity.evidence.manifest import TYP, Item, Manifest, open_manifest, sign_manifest
from tests.simulators.packages import RECIPIENT, SIGNER

DIGEST = "ab" * 32
FILE = Item(path="a", kind="file", size=3, sha256=DIGEST, mtime=1, mtime_ns=2, mode=0o644)
GOOD = Manifest(
    package="01934f5e-7c00-7000-8000-000000000000",
    case="case-7",
    request="01934f5e-7c00-7000-8000-000000000001",
    mode=Mode.EXERCISE,
    sealed_at=1_800_000_000,
    sealed_by="XB/provider-one",
    sealed_for="XB/central-authority",
    collected_by="clerk-1",
    how="copied",
    recipients=(RECIPIENT,),
    items=(FILE,),
)


def test_what_was_signed_is_read_back_from_the_same_bytes() -> None:
    signed = sign_manifest(GOOD, SIGNER)
    assert open_manifest(signed.data, signed.token, SIGNER.public) == GOOD
    assert signed.data == to_json(GOOD)
    assert GOOD.content_bytes == 3


def test_other_bytes_with_the_same_meaning_are_not_what_was_signed() -> None:
    signed = sign_manifest(GOOD, SIGNER)
    with pytest.raises(BadSignature):
        open_manifest(signed.data + b" ", signed.token, SIGNER.public)


def test_another_key_or_another_purpose_is_refused() -> None:
    signed = sign_manifest(GOOD, SIGNER)
    with pytest.raises(BadSignature):
        open_manifest(signed.data, signed.token, Ed25519Signer(b"else" * 8).public)
    with pytest.raises(BadSignature, match="signed as"):
        open_manifest(signed.data, sign_compact(signed.data, SIGNER, "comity-doc+jws"), SIGNER.public)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"package": "01934F5E-7C00-7000-8000-000000000000"},
        {"case": ""},
        {"request": "x"},
        {"mode": "test"},
        {"sealed_at": -1},
        {"sealed_by": "XB"},
        {"sealed_for": ""},
        {"collected_by": "A Person"},
        {"how": ""},
        {"recipients": []},
        {"recipients": ["age1x"]},
        {"recipients": [RECIPIENT, RECIPIENT]},
        {"recipients": [RECIPIENT.upper()]},
        {"extra": 1},
    ],
)
def test_a_field_that_is_not_what_it_stands_for_is_refused(change: dict[str, Any]) -> None:
    data = msgspec.json.encode({**msgspec.to_builtins(GOOD), **change})
    with pytest.raises(Malformed):
        open_manifest(data, sign_compact(data, SIGNER, TYP), SIGNER.public)


@pytest.mark.parametrize(
    "change",
    [
        {"path": "../a"},
        {"kind": "symlink"},
        {"size": -1},
        {"size": 2**53},
        {"sha256": "AB" * 32},
        {"sha256": ""},
        {"kind": "dir"},
        {"kind": "dir", "size": 0},
        {"mtime_ns": 10**9},
        {"mode": 0o10000},
    ],
)
def test_an_item_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    item = {**msgspec.to_builtins(FILE), **change}
    data = msgspec.json.encode({**msgspec.to_builtins(GOOD), "items": [item]})
    with pytest.raises(Malformed):
        open_manifest(data, sign_compact(data, SIGNER, TYP), SIGNER.public)
