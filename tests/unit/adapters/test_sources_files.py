"""Evidence on a disk: what is found, what is refused, and that a folder appears whole or not at all."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from comity.adapters.sources_files import FolderSink, FolderSource, find_sources
from comity.base.errors import BrokenSeal, ComityError, Conflict, Malformed, NotFound, Unavailable
from comity.evidence.opening import open_sealed, verify_outer
from comity.evidence.sealing import seal
from tests.simulators.packages import ABOUT, AT, IDENTITY, RECIPIENT, SIGNER, chance


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    (folder / "mail" / "empty").mkdir(parents=True)
    (folder / "mail" / "1.eml").write_bytes(b"first")
    (folder / "mail-2.eml").write_bytes(b"second")
    (folder / "disk.img").write_bytes(bytes(300_000))
    return folder


def sealed_into(folder: Path, start: Path) -> Path:
    seal(
        find_sources(start),
        FolderSink(folder),
        about=ABOUT,
        recipients=[RECIPIENT],
        signer=SIGNER,
        at=AT,
        chance=chance,
    )
    return folder


def content(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def test_a_folder_is_found_whole_with_its_empty_folders(evidence: Path) -> None:
    found = sorted((source.path, source.kind, source.size) for source in find_sources(evidence))
    assert found == [
        ("disk.img", "file", 300_000),
        ("mail", "dir", 0),
        ("mail-2.eml", "file", 6),
        ("mail/1.eml", "file", 5),
        ("mail/empty", "dir", 0),
    ]


def test_a_file_is_found_under_its_own_name_with_its_time_and_mode(evidence: Path) -> None:
    file = evidence / "mail-2.eml"
    file.chmod(0o604)
    os.utime(file, ns=(1, 1_700_000_000_123_456_789))
    (source,) = find_sources(file)
    assert (source.path, source.mode, source.mtime_ns) == ("mail-2.eml", 0o604, 1_700_000_000_123_456_789)


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        find_sources(tmp_path / "nothing")


def make_link(place: Path) -> None:
    place.symlink_to("/etc/passwd")


def make_link_to_folder(place: Path) -> None:
    place.symlink_to("/etc", target_is_directory=True)


def make_dangling(place: Path) -> None:
    place.symlink_to("nothing")


def make_pipe(place: Path) -> None:
    os.mkfifo(place)


def make_socket(place: Path) -> None:
    here = Path.cwd()
    os.chdir(place.parent)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(place.name)
    finally:
        os.chdir(here)


@pytest.mark.parametrize("make", [make_link, make_link_to_folder, make_dangling, make_pipe, make_socket])
def test_links_and_devices_are_refused_and_named(evidence: Path, make: Callable[[Path], None]) -> None:
    make(evidence / "mail" / "odd")
    with pytest.raises(Malformed, match=r"link|neither") as caught:
        find_sources(evidence)
    assert caught.value.where.endswith("mail/odd")
    with pytest.raises(Malformed):
        find_sources(evidence / "mail" / "odd")


def test_a_name_that_no_package_can_hold_is_refused_and_named(evidence: Path) -> None:
    (evidence / "mail" / "back\\slash").write_bytes(b"")
    with pytest.raises(Malformed, match="backslash") as caught:
        find_sources(evidence)
    assert "slash" in caught.value.where


def test_a_name_that_is_not_unicode_is_refused(evidence: Path) -> None:
    os.close(os.open(os.fsencode(evidence) + b"/\xff\xfe", os.O_CREAT | os.O_WRONLY))
    with pytest.raises(Malformed, match="Unicode") as caught:
        find_sources(evidence)
    caught.value.where.encode("utf-8")


def swap_for_link(file: Path) -> None:
    file.unlink()
    file.symlink_to("/etc/passwd")


def swap_for_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def swap_for_other(file: Path) -> None:
    other = file.with_name("other")
    other.write_bytes(b"other!")
    other.replace(file)


def grow(file: Path) -> None:
    file.write_bytes(b"second and more")


def touch(file: Path) -> None:
    os.utime(file, ns=(1, 1))


@pytest.mark.parametrize("change", [swap_for_link, swap_for_pipe, swap_for_other, grow, touch, Path.unlink])
def test_a_file_that_changed_since_it_was_found_is_not_sealed(evidence: Path, change: Callable[[Path], None]) -> None:
    sources = find_sources(evidence)
    change(evidence / "mail-2.eml")
    sink = FolderSink(evidence.parent / "package")
    with pytest.raises(Unavailable):
        seal(sources, sink, about=ABOUT, recipients=[RECIPIENT], signer=SIGNER, at=AT, chance=chance)
    assert [path.name for path in evidence.parent.iterdir()] == ["evidence"]


def test_a_file_touched_while_it_is_read_is_not_sealed(evidence: Path) -> None:
    (source,) = find_sources(evidence / "mail-2.eml")
    with pytest.raises(Unavailable, match="changed"), source.open() as stream:
        assert stream.read() == b"second"
        touch(evidence / "mail-2.eml")


def test_a_folder_is_sealed_and_opened_again(evidence: Path) -> None:
    package = sealed_into(evidence.parent / "package", evidence)
    opened = evidence.parent / "opened"
    manifest = open_sealed(FolderSource(package), IDENTITY, FolderSink(opened), signer_key=SIGNER.public)
    assert content(opened / "data") == content(evidence)
    assert manifest.content_bytes == 300_011
    assert sorted(path.name for path in evidence.parent.iterdir()) == ["evidence", "opened", "package"]


def test_only_the_owner_can_read_what_was_opened(evidence: Path) -> None:
    package = sealed_into(evidence.parent / "package", evidence)
    opened = evidence.parent / "opened"
    open_sealed(FolderSource(package), IDENTITY, FolderSink(opened), signer_key=SIGNER.public)
    modes = {path.stat().st_mode & 0o777 for path in opened.rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert opened.stat().st_mode & 0o777 == 0o700


def test_one_flipped_byte_on_the_disk_releases_nothing(evidence: Path) -> None:
    package = sealed_into(evidence.parent / "package", evidence)
    pack = package / "data" / "00001.age"
    data = bytearray(pack.read_bytes())
    data[1000] ^= 1
    pack.write_bytes(data)
    opened = evidence.parent / "opened"
    with pytest.raises(BrokenSeal):
        open_sealed(FolderSource(package), IDENTITY, FolderSink(opened), signer_key=SIGNER.public)
    assert sorted(path.name for path in evidence.parent.iterdir()) == ["evidence", "package"]


def test_a_full_disk_leaves_nothing_when_sealing(evidence: Path, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("few_bytes")
    with pytest.raises(Unavailable):
        sealed_into(evidence.parent / "package", evidence)
    assert [path.name for path in evidence.parent.iterdir()] == ["evidence"]


def test_a_full_disk_leaves_nothing_when_opening(evidence: Path, request: pytest.FixtureRequest) -> None:
    package = sealed_into(evidence.parent / "package", evidence)
    request.getfixturevalue("few_bytes")
    with pytest.raises(Unavailable):
        open_sealed(FolderSource(package), IDENTITY, FolderSink(evidence.parent / "opened"), signer_key=SIGNER.public)
    assert sorted(path.name for path in evidence.parent.iterdir()) == ["evidence", "package"]


@pytest.mark.parametrize("name", ["package", "package.part"])
def test_a_name_that_exists_is_never_written_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(Conflict):
        FolderSink(tmp_path / "package")
    (tmp_path / name).rmdir()
    (tmp_path / name).symlink_to("nothing")
    with pytest.raises(Conflict):
        FolderSink(tmp_path / "package")


def test_a_name_taken_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path / "package")
    (tmp_path / "package").mkdir()
    with pytest.raises(Conflict):
        sink.commit()
    sink.discard()
    assert content(tmp_path) == {"package": None}


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        FolderSink(tmp_path / "no" / "such" / "folder")
    with pytest.raises(Unavailable):
        FolderSink(tmp_path / ("n" * 300))


def test_nothing_is_there_under_the_final_name_before_the_end(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path / "package")
    with sink.create("a/b") as stream:
        stream.write(b"x")
    sink.make_folder("a/c")
    sink.make_folder("a/c")
    assert not (tmp_path / "package").exists()
    sink.commit()
    assert content(tmp_path) == {"package": None, "package/a": None, "package/a/b": b"x", "package/a/c": None}


@pytest.mark.parametrize("name", ["../x", "/tmp/x", "a/../../x", "", "a\0b"])
def test_a_sink_and_a_source_stay_in_their_folder(tmp_path: Path, name: str) -> None:
    sink = FolderSink(tmp_path / "package")
    with pytest.raises(Malformed), sink.create(name):
        pass
    with pytest.raises(Malformed):
        sink.make_folder(name)
    with pytest.raises(Malformed), FolderSource(tmp_path).open(name):
        pass


def test_a_file_is_written_once(tmp_path: Path) -> None:
    sink = FolderSink(tmp_path / "package")
    for name in ("a", "b/c"):
        with sink.create(name):
            pass
        with pytest.raises(Conflict), sink.create(name):
            pass
    with pytest.raises(ComityError), sink.create("a/b"):
        pass


def test_a_package_with_a_link_in_it_is_broken(evidence: Path) -> None:
    package = sealed_into(evidence.parent / "package", evidence)
    target = evidence.parent / "elsewhere"
    (package / "data").rename(target)
    (package / "data").symlink_to(target, target_is_directory=True)
    with pytest.raises(BrokenSeal):
        verify_outer(FolderSource(package), SIGNER.public)
    (package / "data").unlink()
    target.rename(package / "data")
    verify_outer(FolderSource(package), SIGNER.public)
    (package / "bagit.txt").rename(evidence.parent / "bagit.txt")
    (package / "bagit.txt").symlink_to(evidence.parent / "bagit.txt")
    with pytest.raises(BrokenSeal):
        verify_outer(FolderSource(package), SIGNER.public)


def test_a_pipe_in_a_package_is_refused_and_never_waited_for(evidence: Path) -> None:
    package = sealed_into(evidence.parent / "package", evidence)
    (package / "tagmanifest-sha256.txt").unlink()
    os.mkfifo(package / "tagmanifest-sha256.txt")
    with pytest.raises(BrokenSeal):
        verify_outer(FolderSource(package), SIGNER.public)


def test_a_package_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        FolderSource(tmp_path / "nothing")
    with pytest.raises(NotFound), FolderSource(tmp_path).open("nothing"):
        pass
