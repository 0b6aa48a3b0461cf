"""Bags of others: the conformance suite of the Library of Congress, and bags of our own making."""

import tarfile
from pathlib import Path

import pytest

from comity.adapters.sources_files import FolderSource
from comity.base.errors import ComityError
from comity.evidence.foreign_bag import check_bag
from tests.simulators.packages import MemoryPackage, sealed_tree


@pytest.fixture(scope="module")
def suite(vectors: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = vectors / "bagit" / "bagit-conformance-suite.tar.gz"
    if not archive.is_file():
        pytest.skip("the BagIt conformance suite is not in the vectors folder")
    folder = tmp_path_factory.mktemp("bagit")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder


def bags(suite: Path, *kinds: str) -> list[Path]:
    return sorted(bag for kind in kinds for bag in suite.glob(f"*/{kind}/*"))


def refused(bag: Path) -> str:
    """Why, or ''."""
    try:
        check_bag(FolderSource(bag))
    except ComityError as error:
        return error.explain()
    return ""


def test_every_invalid_bag_is_refused(suite: Path) -> None:
    found = {bag: refused(bag) for bag in bags(suite, "invalid", "linux-only")}
    assert len(found) == 21
    assert [bag.name for bag, why in found.items() if not why] == []


def test_every_valid_bag_is_accepted(suite: Path) -> None:
    found = {bag: refused(bag) for bag in bags(suite, "valid")}
    assert len(found) == 27
    assert {bag: why for bag, why in found.items() if why} == {}


def test_every_doubtful_bag_is_opened_with_a_warning(suite: Path) -> None:
    found = {bag.name: check_bag(FolderSource(bag)) for bag in bags(suite, "warning")}
    assert len(found) == 6
    assert [name for name, warnings in found.items() if not warnings] == []


def test_bags_that_lead_out_of_themselves_on_windows_are_refused_here_too(suite: Path) -> None:
    assert all(refused(bag) for bag in bags(suite, "windows-only"))


def test_our_own_packages_are_bags() -> None:
    assert check_bag(sealed_tree({"a": b"x"})[0]) == ()


def test_a_changed_byte_is_found() -> None:
    package: MemoryPackage = sealed_tree({"a": b"x"})[0]
    for name in ("data/00001.age", "comity/envelope.json", "manifest-sha256.txt"):
        data = bytearray(package.files[name])
        data[5] ^= 1
        with pytest.raises(ComityError):
            check_bag(package.changed({name: bytes(data)}))
