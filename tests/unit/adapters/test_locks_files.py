"""A lock across processes: held by one, and freed when its holder ends, however it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from comity.adapters.locks_files import FileLocks
from comity.base.errors import Unavailable

HOLDER = """
import sys
from pathlib import Path
from comity.adapters.locks_files import FileLocks
with FileLocks(Path(sys.argv[1])).hold("publish"):
    print("held", flush=True)
    sys.stdin.readline()
"""
ALONE = """
import sys
from pathlib import Path
from comity.adapters.locks_files import FileLocks
locks = FileLocks(Path(sys.argv[1]))
print(locks.alone("worker"), flush=True)
sys.stdin.readline()
"""
TRY = """
import fcntl, sys
with open(sys.argv[1], "wb") as stream:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("free")
    except BlockingIOError:
        print("taken")
"""


def is_free(file: Path) -> bool:
    """Whether another process can have the lock at once."""
    ran = subprocess.run([sys.executable, "-c", TRY, str(file)], capture_output=True, text=True, check=True)
    return ran.stdout.strip() == "free"


def test_while_it_is_held_another_process_cannot_have_it_and_then_can(tmp_path: Path) -> None:
    with FileLocks(tmp_path).hold("publish"):
        assert not is_free(tmp_path / "publish.lock")
        assert is_free(tmp_path / "other.lock")
    assert is_free(tmp_path / "publish.lock")


def test_it_is_freed_when_the_holder_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), FileLocks(tmp_path).hold("publish"):
        _ = 1 // 0
    assert is_free(tmp_path / "publish.lock")


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert not is_free(tmp_path / "publish.lock")
        holder.kill()
    with FileLocks(tmp_path).hold("publish"):
        pass


def test_a_folder_that_is_not_there_is_unavailable_by_name(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refused, FileLocks(tmp_path / "none").hold("publish"):
        pass
    assert "publish.lock" in refused.value.where


def test_one_alone_keeps_a_lock_for_as_long_as_it_lives_and_the_next_does_not_wait(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ALONE, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not FileLocks(tmp_path).alone("worker")
        holder.kill()
    locks = FileLocks(tmp_path)
    assert locks.alone("worker")
    locks.release()
