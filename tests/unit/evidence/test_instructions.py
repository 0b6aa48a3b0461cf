"""The instructions in every package: their own lines, typed into a shell, without comity."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import bagit  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from comity.base.ids import PackageId
from comity.crypto.age import new_identity, recipient_of
from comity.crypto.signatures import Ed25519Signer
from comity.evidence.instructions import HOW_TO_OPEN
from comity.evidence.plan import RAW_BYTES
from comity.evidence.rewrap import rewrap
from comity.evidence.sealing import Sealing, seal
from comity.evidence.streams import Source
from tests.simulators.packages import (
    ABOUT,
    AT,
    AUTHORITY,
    IDENTITY,
    RECIPIENT,
    SIGNER,
    LargeFile,
    MemoryPackage,
    chance,
    sealed_tree,
    tree,
)
from tests.simulators.stamping import TimeStampAuthority

FILES = {"report.pdf": b"the evidence", "mail/письмо.eml": b"x" * 1000, "n" * 120: b"long name"}
TOOLS = ("bash", "sha256sum", "openssl", "csplit", "cmp", "cut", "sed", "grep")


def lines(step: int, up: str = "../", before: str = "") -> str:
    """The lines to type at a step; keys and scratch files lie beside the package, `up` from where they are typed.

    `before` is typed after the lines that name a file and before the rest.
    """
    text = re.split(r"^\d\. ", HOW_TO_OPEN, flags=re.MULTILINE)[step]
    starts = "S=|F=|L=|rm|openssl|csplit|for |cut|ls|sha256sum|mkdir|age|while"
    commands = re.findall(rf"^   ((?:{starts}).*)$", text, re.MULTILINE)
    assert commands
    names = [line for line in commands if re.match("[SF]=", line)]
    rest = [line for line in commands if line not in names]
    script = "\n".join(["set -eu", *names, before, *rest])
    for name in ("/tmp/", "AUTHORITY.pem", "TSA.pem", "KEY.txt"):
        script = script.replace(name, up if name == "/tmp/" else up + name)
    return script


def typed(script: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, check=False)


@pytest.fixture
def package(tmp_path: Path, program: Callable[[str], str]) -> Path:
    for tool in TOOLS:
        program(tool)
    sealed, _ = sealed_tree(FILES)
    return written(sealed, tmp_path / "package")


@pytest.fixture
def stamped(tmp_path: Path, program: Callable[[str], str]) -> Path:
    """A package with a large file, its time stamped by `openssl ts`."""
    for tool in TOOLS:
        program(tool)
    authority = TimeStampAuthority(tmp_path / "tsa")
    package = MemoryPackage()
    sources: list[Source] = [*tree(FILES), LargeFile("disk.img", RAW_BYTES + 5)]
    seal(
        sources,
        package,
        about=ABOUT,
        recipients=[RECIPIENT],
        signer=SIGNER,
        at=AT,
        chance=chance,
        stamper=authority.stamp,
    )
    (tmp_path / "TSA.pem").write_bytes(authority.root)
    return written(package, tmp_path / "package")


def written(package: MemoryPackage, folder: Path) -> Path:
    for name, data in package.files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    write_key(folder.parent, SIGNER)
    (folder.parent / "KEY.txt").write_text(IDENTITY + "\n")
    return folder


def write_key(folder: Path, signer: Ed25519Signer) -> None:
    key = Ed25519PublicKey.from_public_bytes(signer.public)
    (folder / "AUTHORITY.pem").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def test_openssl_finds_the_signature_good_and_a_changed_list_bad(package: Path) -> None:
    assert typed(lines(1), package).returncode == 0
    listing = package / "tagmanifest-sha256.txt"
    listing.write_bytes(listing.read_bytes() + b"\n")
    assert typed(lines(1), package).returncode != 0


def test_openssl_finds_a_changed_signature_bad(package: Path) -> None:
    signature = package / "signatures" / "tagmanifest-sha256.txt.p7s"
    data = signature.read_bytes()
    signature.write_bytes(data[:-10] + bytes([data[-10] ^ 1]) + data[-9:])
    assert typed(lines(1), package).returncode != 0


def test_sha256sum_finds_a_whole_bag_whole_and_a_changed_one_changed(package: Path) -> None:
    assert typed(lines(3), package).returncode == 0
    pack = package / "data" / "00001.age"
    pack.write_bytes(pack.read_bytes()[:-1])
    assert typed(lines(3), package).returncode != 0


def test_age_and_tar_open_it_and_the_files_are_those_listed(package: Path, program: Callable[[str], str]) -> None:
    program("age")  # Debian: apt install age
    program("tar")
    done = typed(lines(4), package)
    assert done.returncode == 0, done.stderr
    opened = package / "opened"
    assert typed(lines(5), opened).returncode == 0
    again = lines(1, "../../", "S=comity/manifest.json.p7s F=comity/manifest.json")
    assert typed(again, opened).returncode == 0
    assert {path: (opened / "data" / path).read_bytes() for path in FILES} == FILES


def test_a_package_made_of_another_is_checked_with_the_keys_of_both(
    tmp_path: Path, program: Callable[[str], str]
) -> None:
    for tool in (*TOOLS, "age", "tar"):
        program(tool)
    sealed, _ = sealed_tree(FILES)
    holder, reader = Ed25519Signer(b"hold" * 8), new_identity(chance)
    about = replace(ABOUT, package=PackageId("01934f5e-7c00-7000-8000-0000000000aa"), sealed_by=AUTHORITY)
    more = Sealing(about, (RECIPIENT, recipient_of(reader)), holder, AT, chance, None)
    made = MemoryPackage()
    rewrap(sealed, made, IDENTITY, more, signer_key=SIGNER.public)
    package = written(made, tmp_path / "package")
    (tmp_path / "KEY.txt").write_text(reader + "\n")

    inner = lines(1, "../../", "S=comity/manifest.json.p7s F=comity/manifest.json")
    assert typed(lines(1), package).returncode != 0  # with the first sealer's key
    write_key(tmp_path, holder)
    assert typed(lines(1), package).returncode == 0
    assert typed(lines(3), package).returncode == 0
    assert typed(lines(4), package).returncode == 0
    opened = package / "opened"
    assert typed(inner, opened).returncode != 0
    write_key(tmp_path, SIGNER)
    assert typed(inner, opened).returncode == 0
    assert typed(lines(5), opened).returncode == 0


def test_openssl_finds_the_time_stamp_good_and_that_of_another_package_bad(stamped: Path) -> None:
    assert typed("S=signatures/tagmanifest-sha256.txt.p7s\n" + lines(2), stamped).returncode == 0
    assert typed(lines(1), stamped).returncode == 0
    signature = stamped / "signatures" / "tagmanifest-sha256.txt.p7s"
    signature.write_bytes(sealed_tree(FILES)[0].files["signatures/tagmanifest-sha256.txt.p7s"])
    assert typed(lines(1), stamped).returncode != 0
    assert typed("S=signatures/tagmanifest-sha256.txt.p7s\n" + lines(2), stamped).returncode != 0


def test_a_large_file_is_a_pack_by_itself_and_lands_where_it_belongs(
    stamped: Path, program: Callable[[str], str]
) -> None:
    program("age")
    program("tar")
    done = typed(lines(4), stamped)
    assert done.returncode == 0, done.stderr
    assert typed(lines(5), stamped / "opened").returncode == 0
    assert (stamped / "opened" / "data" / "disk.img").stat().st_size == RAW_BYTES + 5
    bag = bagit.Bag(str(stamped / "opened"))
    bag.validate()
    bagit.Bag(str(stamped)).validate()
