"""Ed25519 against Project Wycheproof: no malleable, truncated or oddly encoded signature is taken."""

import json
import os
import tarfile
from pathlib import Path

import pytest

from comity.base.errors import BadSignature
from comity.crypto.signatures import verify_ed25519

VECTORS = Path(os.environ.get("COMITY_VECTORS") or Path(__file__).parents[4] / "shared" / "vectors")
ARCHIVE = VECTORS / "wycheproof" / "wycheproof-subset.tar.gz"


def is_taken(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        verify_ed25519(public, message, signature)
    except BadSignature:
        return False
    return True


def test_every_wycheproof_ed25519_vector_is_judged_rightly(tmp_path: Path) -> None:
    if not ARCHIVE.exists():
        pytest.skip(f"no third-party vectors at {ARCHIVE}; set COMITY_VECTORS to their folder")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    vectors = json.loads((tmp_path / "ed25519_test.json").read_bytes())
    judged = 0
    wrong = []
    for group in vectors["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for test in group["tests"]:
            taken = is_taken(public, bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"]))
            judged += 1
            if taken is not (test["result"] == "valid"):
                wrong.append((test["tcId"], test["comment"]))
    assert wrong == []
    assert judged == vectors["numberOfTests"] == 151
