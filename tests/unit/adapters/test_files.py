"""Small files: read within a limit, written whole or not at all, and what the disk says in one line."""

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from comity.adapters.files import disk_error, read_limited, read_lines, write_whole
from comity.base.errors import Conflict, NotFound, TooLarge, Unavailable


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_of_just_the_limit_is_read_and_one_byte_more_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "request.toml"
    file.write_bytes(b"x" * 100)
    assert read_limited(file, 100) == b"x" * 100
    with pytest.raises(TooLarge, match="larger than the limit of 99 bytes") as refused:
        read_limited(file, 99)
    assert refused.value.where == str(file)


@pytest.mark.parametrize("missing", ["none.toml", "file/none.toml", "none/none.toml"])
def test_a_path_with_nothing_at_its_end_is_not_found(tmp_path: Path, missing: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotFound) as refused:
        read_limited(tmp_path / missing, 10)
    assert refused.value.where == str(tmp_path / missing)


def test_a_folder_is_not_read_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="this is a folder"):
        read_limited(tmp_path, 10)


@pytest.mark.parametrize("sync", [True, False])
def test_what_is_written_is_there_whole_and_alone(tmp_path: Path, sync: bool) -> None:
    file = tmp_path / "new" / "folder" / "file"
    write_whole(file, b"first", mode=0o600, sync=sync)
    write_whole(file, b"second", mode=0o600, sync=sync)
    assert file.read_bytes() == b"second"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert names(tmp_path / "new" / "folder") == ["file"]


def test_a_file_that_must_be_new_is_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "key"
    write_whole(file, b"old", replace=False)
    with pytest.raises(Conflict):
        write_whole(file, b"new", replace=False)
    assert file.read_bytes() == b"old"
    assert names(tmp_path) == ["key"]


@pytest.mark.usefixtures("few_bytes")
def test_a_disk_that_refuses_leaves_the_old_file_and_nothing_half_written(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint"
    write_whole(file, b"old")
    with pytest.raises(Unavailable, match="may not grow further") as refused:
        write_whole(file, b"x" * 20_000)
    assert refused.value.where == str(file)
    assert file.read_bytes() == b"old"
    assert names(tmp_path) == ["checkpoint"]


@pytest.mark.parametrize("thing", ["link", "pipe", "folder"])
def test_a_link_a_pipe_or_a_folder_is_not_replaced_by_a_file(tmp_path: Path, thing: str) -> None:
    target, place = tmp_path / "target", tmp_path / "place"
    target.write_bytes(b"untouched")
    match thing:
        case "link":
            place.symlink_to(target)
        case "pipe":
            os.mkfifo(place)
        case _:
            place.mkdir()
    before = os.lstat(place)
    with pytest.raises(Conflict, match="not a plain file"):
        write_whole(place, b"new")
    assert os.path.samestat(os.lstat(place), before)
    assert target.read_bytes() == b"untouched"
    assert names(tmp_path) == ["place", "target"]


def test_writers_of_the_same_file_at_once_never_mix_and_never_fail(tmp_path: Path) -> None:
    file, failed = tmp_path / "directory.json", []
    texts = [bytes([65 + n]) * 50_000 for n in range(4)]

    def write(data: bytes) -> None:
        try:
            for _ in range(50):
                write_whole(file, data, sync=False)
                assert read_limited(file, 50_000) in texts
        except (Unavailable, AssertionError) as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(data,)) for data in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert names(tmp_path) == ["directory.json"]


def test_lines_are_read_one_at_a_time_and_none_beyond_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"12345\n123\r\n12\n\nend")
    assert list(read_lines(file, 5, 3)) == [b"12345", b"123", b"12", b"", b"end"]
    for first, others in ((4, 3), (5, 2)):
        with pytest.raises(TooLarge, match="a line is longer"):
            list(read_lines(file, first, others))
    with pytest.raises(NotFound):
        list(read_lines(tmp_path / "none", 1, 1))


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EFBIG, "may not grow"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "permissions"),
        (errno.EIO, os.strerror(errno.EIO)),
    ],
)
def test_what_the_system_says_is_one_line_with_the_place_and_something_to_do(number: int, what: str) -> None:
    said = disk_error(OSError(number, os.strerror(number)), Path("some/file"))
    assert what in said.what
    assert said.explain().startswith("some/file: ")
    assert said.hint
    assert said.exit_code == 69
