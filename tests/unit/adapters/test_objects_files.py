"""What only files do: nothing beside the name, nothing outside the folder. What all stores do: test_objects_ports."""

import contextlib
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.adapters.objects_files import LogFiles, PackageFolders, PartFiles
from comity.base.digests import Digest
from comity.base.errors import ComityError, Malformed, Unavailable

DATA = b"a part of a package"
NAME = str(Digest.of(DATA))


@pytest.fixture
def parts(tmp_path: Path) -> PartFiles:
    return PartFiles(tmp_path / "parts")


def test_a_part_under_another_digest_is_refused_and_not_kept(parts: PartFiles, tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="not what its name says"):
        parts.put(NAME, DATA + b"!")
    assert list(tmp_path.rglob("*")) == []


def test_the_same_part_brought_many_times_at_once_is_one(parts: PartFiles, tmp_path: Path) -> None:
    failed: list[ComityError] = []

    def put() -> None:
        try:
            for _ in range(5):
                parts.put(NAME, DATA)
        except ComityError as error:
            failed.append(error)

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [file.name for file in (tmp_path / "parts").iterdir()] == [NAME]
    assert parts.read(NAME) == DATA


@pytest.fixture
def packages(tmp_path: Path) -> PackageFolders:
    return PackageFolders(tmp_path / "evidence")


def fill(packages: PackageFolders, name: str, data: bytes = DATA) -> None:
    sink = packages.sink(name)
    with sink.create("bagit.txt") as stream:
        stream.write(data)
    sink.commit()


def test_the_same_package_twice_is_one_and_the_first_stays(packages: PackageFolders, tmp_path: Path) -> None:
    fill(packages, "first")
    packages.keep("first", NAME)
    fill(packages, "second", b"other bytes")
    packages.keep("second", NAME)
    assert [folder.name for folder in (tmp_path / "evidence").iterdir()] == [NAME]
    assert (tmp_path / "evidence" / NAME / "bagit.txt").read_bytes() == DATA


def test_what_a_broken_off_try_left_is_removed_by_the_next(packages: PackageFolders, tmp_path: Path) -> None:
    with packages.sink("working").create("half") as stream:
        stream.write(b"half")
    fill(packages, "working")
    assert [path.name for path in (tmp_path / "evidence").rglob("*")] == ["working", "bagit.txt"]


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "..", "../keys/log.jwe", "tile/../../keys", "tile//0", "a\0b", "./x"]
)
def test_a_path_out_of_the_published_log_is_refused(tmp_path: Path, path: str) -> None:
    log = LogFiles(tmp_path / "log")
    with pytest.raises(Malformed):
        log.read(path)
    with pytest.raises(Malformed):
        log.write(path, b"x")
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.sampled_from(["..", ".", "", "tile", "0", "x001", "\0", "~"]), max_size=5).map("/".join))
def test_no_path_at_all_is_read_outside_the_folder(tmp_path_factory: pytest.TempPathFactory, path: str) -> None:
    base = tmp_path_factory.getbasetemp()
    (base / "tile").write_text("outside", encoding="utf-8")
    log = LogFiles(base / "log" / "inner")
    with contextlib.suppress(Malformed):
        assert log.read(path) is None


def test_no_part_is_taken_while_too_little_of_the_disk_is_free(tmp_path: Path) -> None:
    full = PartFiles(tmp_path / "parts", least_free=1 << 60)
    with pytest.raises(Unavailable, match="too little"):
        full.put(NAME, DATA)
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_is_dropped_is_gone_and_to_drop_it_again_is_no_error(
    packages: PackageFolders, tmp_path: Path
) -> None:
    fill(packages, "working")
    packages.keep("working", NAME)
    packages.drop(NAME)
    packages.drop(NAME)
    assert not packages.has(NAME)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_process_that_is_gone_left_unfinished_is_removed_and_nothing_else(tmp_path: Path) -> None:
    packages = PackageFolders(tmp_path / "evidence")
    assert packages.clear() == 0
    done = packages.sink("sealing-1")
    with done.create("bagit.txt") as out:
        out.write(b"1")
    done.commit()
    packages.keep("sealing-1", "ab" * 32)
    under_way = packages.sink("sealing-2")
    for left in ("sealing-3.part", "incoming-4", f"gone-{'cd' * 32}.part"):
        (tmp_path / "evidence" / left).mkdir()
        (tmp_path / "evidence" / left / "file").write_bytes(b"1")
    assert packages.clear() == 3
    assert sorted(path.name for path in (tmp_path / "evidence").iterdir()) == ["ab" * 32, "sealing-2.part"]
    under_way.discard()
    assert packages.clear() == 0
    assert packages.has("ab" * 32)
