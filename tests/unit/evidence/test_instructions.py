"""The instructions in every package: their own lines, typed into a shell, without comity."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from comity.evidence.instructions import HOW_TO_OPEN
from tests.simulators.packages import IDENTITY, SIGNER, MemoryPackage, sealed_tree

FILES = {"report.pdf": b"the evidence", "mail/письмо.eml": b"x" * 1000, "n" * 120: b"long name"}
TOOLS = ("bash", "sha256sum", "openssl", "base64", "cmp", "cut", "tr")


def lines(step: int) -> str:
    """The lines to type at a step; keys and scratch files lie beside the package."""
    text = re.split(r"^\d\. ", HOW_TO_OPEN, flags=re.MULTILINE)[step]
    commands = re.findall(r"^   ((?:S=|\(?printf|openssl|cut|sha256sum|mkdir|age) ?.*)$", text, re.MULTILINE)
    assert commands
    script = "\n".join(["set -eu", *commands])
    return script.replace("/tmp/", "../").replace("AUTHORITY.pem", "../AUTHORITY.pem").replace("KEY.txt", "../KEY.txt")


def typed(script: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, check=False)


@pytest.fixture
def package(tmp_path: Path, program: Callable[[str], str]) -> Path:
    for tool in TOOLS:
        program(tool)
    sealed, _ = sealed_tree(FILES)
    return written(sealed, tmp_path / "package")


def written(package: MemoryPackage, folder: Path) -> Path:
    for name, data in package.files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    key = Ed25519PublicKey.from_public_bytes(SIGNER.public)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder.parent / "AUTHORITY.pem").write_bytes(pem)
    (folder.parent / "KEY.txt").write_text(IDENTITY + "\n")
    return folder


def test_openssl_finds_the_signature_good_and_a_changed_list_bad(package: Path) -> None:
    assert typed(lines(1), package).returncode == 0
    listing = package / "tagmanifest-sha256.txt"
    listing.write_bytes(listing.read_bytes() + b"\n")
    assert typed(lines(1), package).returncode != 0


def test_openssl_finds_a_changed_signature_bad(package: Path) -> None:
    token = package / "signatures" / "tagmanifest-sha256.txt.jws"
    data = token.read_bytes()
    token.write_bytes(data[:-10] + (b"A" if data[-10:-9] != b"A" else b"B") + data[-9:])
    assert typed(lines(1), package).returncode != 0


def test_sha256sum_finds_a_whole_bag_whole_and_a_changed_one_changed(package: Path) -> None:
    assert typed(lines(2), package).returncode == 0
    pack = package / "data" / "00001.age"
    pack.write_bytes(pack.read_bytes()[:-1])
    assert typed(lines(2), package).returncode != 0


def test_age_and_tar_open_it_and_the_files_are_those_listed(package: Path, program: Callable[[str], str]) -> None:
    program("age")  # Debian: apt install age
    program("tar")
    done = typed(lines(3), package)
    assert done.returncode == 0, done.stderr
    opened = package / "opened"
    assert typed(lines(4), opened).returncode == 0
    inner = lines(1).replace("signatures/tagmanifest-sha256.txt.jws", "comity/manifest.jws")
    inner = inner.replace("tagmanifest-sha256.txt", "comity/manifest.json").replace("../AUTH", "../../AUTH")
    assert typed(inner, opened).returncode == 0
    assert {path: (opened / "data" / path).read_bytes() for path in FILES} == FILES
