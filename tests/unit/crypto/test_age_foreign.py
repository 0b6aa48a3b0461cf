"""Other programs that speak age: each opens what we write, and we open what they write."""

import io
import json
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDH, SECP256R1, EllipticCurvePublicKey, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from comity.crypto.age import decrypt_stream, encrypt_stream, new_identity, recipient_of
from comity.crypto.age_armor import is_armored, read_armor
from comity.crypto.age_keys import Identity, TaggedIdentity
from tests.simulators.packages import chance

ONE = new_identity(chance)
HYBRID = new_identity(chance, hybrid=True)
SIZES = [0, 1, 65535, 65536, 65537, (1 << 20) + 65536]

DEVICE = derive_private_key(20261122, SECP256R1())
"""Stands for a key in a hardware module: only its public half and its agreement are used."""


def device() -> TaggedIdentity:
    def agree(point: bytes) -> bytes:
        return DEVICE.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point))

    return TaggedIdentity(DEVICE.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint), agree)


def content(size: int) -> bytes:
    return (b"0123456789abcdef" * (size // 16 + 1))[:size]


def encrypted(data: bytes, recipient: str) -> bytes:
    sink = io.BytesIO()
    encrypt_stream(io.BytesIO(data), sink, [recipient], chance)
    return sink.getvalue()


def decrypted(data: bytes, identity: Identity | str) -> bytes:
    sink = io.BytesIO()
    decrypt_stream(io.BytesIO(data), sink, identity)
    return sink.getvalue()


@pytest.mark.parametrize("size", SIZES)
def test_rage_opens_ours_and_we_open_its(size: int) -> None:
    data = content(size)
    assert pyrage.decrypt(encrypted(data, recipient_of(ONE)), [pyrage.x25519.Identity.from_str(ONE)]) == data
    assert decrypted(pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient_of(ONE))]), ONE) == data


def test_a_key_in_a_device_opens_what_we_and_rage_wrote_for_it() -> None:
    assert decrypted(encrypted(b"ours", device().recipient), device()) == b"ours"
    theirs = pyrage.encrypt(b"theirs", [pyrage.tag.Recipient.from_str(device().recipient)])
    assert decrypted(theirs, device()) == b"theirs"


@pytest.mark.parametrize("size", SIZES)
def test_age_opens_ours_and_we_open_its(size: int, program: Callable[[str], str], tmp_path: Path) -> None:
    age = program("age")  # Debian: apt install age
    (tmp_path / "key.txt").write_text(ONE + "\n")
    (tmp_path / "ours.age").write_bytes(encrypted(content(size), recipient_of(ONE)))
    command: list[str | Path] = [age, "-d", "-i", tmp_path / "key.txt", tmp_path / "ours.age"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == content(size)
    command = [age, "-r", recipient_of(ONE)]
    theirs = subprocess.run(command, input=content(size), capture_output=True, check=True).stdout
    assert decrypted(theirs, ONE) == content(size)
    armored = subprocess.run([*command, "-a"], input=content(size), capture_output=True, check=True).stdout
    assert is_armored(armored)
    assert decrypted(read_armor(armored), ONE) == content(size)


SCRIPT = """
import { Decrypter, Encrypter } from "age-encryption"
const asked = JSON.parse(await new Promise((resolve) => {
  let text = ""; process.stdin.on("data", (part) => (text += part)).on("end", () => resolve(text)) }))
const answer = []
for (const { identity, recipient, file } of asked) {
  const reader = new Decrypter(); reader.addIdentity(identity)
  const plain = await reader.decrypt(Buffer.from(file, "base64"))
  const writer = new Encrypter(); writer.addRecipient(recipient)
  answer.push([plain, await writer.encrypt(plain)].map((data) => Buffer.from(data).toString("base64")))
}
console.log(JSON.stringify(answer))
"""


def test_the_javascript_reader_opens_ours_and_we_open_its(program: Callable[[str], str], root: Path) -> None:
    node = program("node")
    folder = root / ".tools" / "npm"
    if not (folder / "node_modules" / "age-encryption").is_dir():
        pytest.skip("not installed: npm install --prefix .tools/npm age-encryption@0.3.1")
    asked = [
        {
            "identity": identity,
            "recipient": recipient_of(identity),
            "file": _base64(encrypted(content(size), recipient_of(identity))),
        }
        for identity in (ONE, HYBRID)
        for size in SIZES
    ]
    command = [node, "--input-type=module", "--eval", SCRIPT]
    done = subprocess.run(command, input=json.dumps(asked).encode(), cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    answers = json.loads(done.stdout)
    assert len(answers) == len(asked)
    for (plain, theirs), (identity, size) in zip(
        answers, [(one, size) for one in (ONE, HYBRID) for size in SIZES], strict=True
    ):
        assert plain == _base64(content(size))
        assert _base64(decrypted(_bytes(theirs), identity)) == _base64(content(size))


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return b64decode(text, validate=True)
