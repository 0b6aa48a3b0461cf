"""comity log verify: a proof checked offline, with nothing but the file and the keys."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from comity.base.errors import BadProof, BadSignature, ComityError, Malformed, NotFound
from comity.base.instants import Instant
from comity.cli.log import app
from comity.crypto.merkle import inclusion_path, leaf_hash, root
from comity.crypto.signatures import Ed25519Signer
from comity.transparency.bundle import ProofBundle, format_bundle
from comity.transparency.checkpoint import Checkpoint, log_key, sign_checkpoint
from comity.transparency.cosignature import cosign, witness_key
from comity.transparency.note import format_note

ORIGIN = "exercise.comity.example/XA/central-authority"
LOG, WITNESS, STRANGER = (Ed25519Signer(bytes([n]) * 32) for n in (1, 2, 3))
LOG_KEY = log_key(ORIGIN, LOG.public).vkey
WITNESS_KEY = witness_key("exercise.comity.example/XC/observatory/witness", WITNESS.public)
STRANGER_KEY = witness_key("exercise.comity.example/XD/witness", STRANGER.public).vkey
ENTRIES = [b"entry %d" % n for n in range(5)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


@pytest.fixture
def proof(tmp_path: Path) -> str:
    """The proof that entry 3 is in the log, cosigned by one witness."""
    signed = sign_checkpoint(Checkpoint(ORIGIN, len(LEAVES), root(LEAVES)), LOG)
    cosigned = signed.signed_also((cosign(signed, WITNESS_KEY.name, WITNESS, Instant.from_seconds(1767225600)),))
    file = tmp_path / "entry-3.tlog-proof"
    file.write_bytes(format_bundle(ProofBundle(3, inclusion_path(LEAVES, 3), format_note(cosigned))))
    return str(file)


def verify(file: str, *options: str, entry: bytes = ENTRIES[3], vkey: str = LOG_KEY) -> tuple[int, str]:
    ran = CliRunner().invoke(app, ["verify", file, "--entry", entry.hex(), "--vkey", vkey, *options])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.exit_code, ran.stdout


def test_a_proof_that_holds_says_which_entry_of_how_many_in_which_log(proof: str) -> None:
    code, said = verify(proof)
    assert code == 0
    assert f"number 3 of the 5 in {ORIGIN}" in said
    assert "cosigned by nobody that was asked about" in said


def test_the_witnesses_asked_about_are_named(proof: str) -> None:
    _, said = verify(proof, "--witness", WITNESS_KEY.vkey, "--witness", STRANGER_KEY, "--at-least", "1", "--json")
    assert json.loads(said) == {"ok": True, "index": 3, "size": 5, "cosigned": [WITNESS_KEY.name]}


def test_another_entry_another_log_and_too_few_witnesses_are_refused(proof: str) -> None:
    with pytest.raises(BadProof):
        verify(proof, entry=ENTRIES[2])
    with pytest.raises(BadSignature):
        verify(proof, vkey=log_key(ORIGIN, STRANGER.public).vkey)
    with pytest.raises(ComityError) as refused:
        verify(proof, "--witness", STRANGER_KEY, "--at-least", "1")
    assert refused.value.exit_code == 1


def test_what_is_typed_wrongly_is_named(proof: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        verify(str(tmp_path / "none"))
    with pytest.raises(Malformed):
        verify(proof, vkey="no key")
    with pytest.raises(Malformed, match="not hexadecimal") as refused:
        ran = CliRunner().invoke(app, ["verify", proof, "--entry", "xyz", "--vkey", LOG_KEY])
        assert ran.exception is not None
        raise ran.exception
    assert refused.value.where == "--entry"
