"""A disk that is really full: a file system of a few kilobytes, in a mount namespace of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.soak import full_disk

SCRIPT = """
mount -t tmpfs -o size={size}k none {disk} || exit 125
{python} -m comity.cli.main init {disk}/xa --role authority --state XA --passphrase-file {passphrase}
code=$?
ls -A {disk}
exit $code
"""


@pytest.mark.parametrize("kilobytes", [48, 160])
def test_a_node_is_not_made_on_a_full_disk_and_nothing_of_it_stays(
    tmp_path: Path, root: Path, program: Callable[[str], str], kilobytes: int
) -> None:
    disk, passphrase = tmp_path / "disk", tmp_path / "passphrase"
    disk.mkdir()
    passphrase.write_text("correct horse battery staple\n", encoding="utf-8")
    script = SCRIPT.format(size=kilobytes, disk=disk, python=sys.executable, passphrase=passphrase)
    ran = subprocess.run(
        [program("unshare"), "--user", "--map-root-user", "--mount", "sh", "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    if ran.returncode in (1, 125) and "error:" not in ran.stderr:
        pytest.skip("this system lets an ordinary user mount nothing: " + ran.stderr.strip())
    assert ran.returncode == 69, ran.stderr
    error, hint = ran.stderr.splitlines()
    assert "the disk is full" in error
    assert error.endswith("[unavailable]")
    assert hint.startswith("hint:  free some space")
    assert ran.stdout == ""


def test_sealing_and_opening_on_a_full_disk_keep_nothing(program: Callable[[str], str]) -> None:
    program("unshare")
    seen = full_disk.run(6)
    if not seen:
        pytest.skip("this system lets an ordinary user mount nothing")
    assert seen.startswith("6 sizes: ")
