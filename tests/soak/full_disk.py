"""Sealing and opening on a disk that is really full, at every percent of what they need: nothing is kept of either.

    python -m tests.soak.full_disk [PERCENTS]        100 if nothing is said

For each size a small file system in memory is made, in a mount namespace of this process's own.
"""

import random
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from comity.adapters.sources_files import FolderSink, FolderSource, find_sources
from comity.base.errors import Unavailable
from comity.evidence.opening import open_sealed
from comity.evidence.sealing import seal
from tests.simulators.packages import ABOUT, AT, IDENTITY, RECIPIENT, SIGNER, chance

NOT_ALLOWED: Final = 125
_KIB: Final = 1024
_FULL_KIB: Final = 1200
"""More than what is sealed, its lists and its folders take."""


def run(percents: int) -> str:
    """What was seen, in a line; '' where this system lets nobody mount anything. Raises where a file stayed."""
    own = ["unshare", "--user", "--map-root-user", "--mount"]
    inside = [sys.executable, "-m", "tests.soak.full_disk", "--inside", str(percents)]
    done = subprocess.run([*own, *inside], capture_output=True, text=True, check=False)
    if done.returncode in (1, NOT_ALLOWED) and not done.stdout and "Traceback" not in done.stderr:
        return ""
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout.strip()


def _inside(percents: int) -> int:
    chosen = random.Random(5)
    with TemporaryDirectory(prefix="comity-soak-") as name:
        folder = Path(name)
        evidence, package, disk = folder / "evidence", folder / "package", folder / "disk"
        evidence.mkdir()
        disk.mkdir()
        for number in range(8):
            (evidence / f"{number}.bin").write_bytes(chosen.randbytes(100_000))
        _seal(evidence, package)
        refused = fitted = 0
        for step in range(1, percents + 1):
            size = _FULL_KIB * step // percents
            for way, source in ((_seal, evidence), (_open, package)):
                if not _mount(disk, size):
                    return NOT_ALLOWED
                try:
                    way(source, disk / "made")
                except Unavailable as error:
                    refused += 1
                    assert list(disk.iterdir()) == [], f"at {size} KiB something stayed"
                    assert "full" in error.what, error.what
                else:
                    fitted += 1
                    assert [path.name for path in disk.iterdir()] == ["made"]
                finally:
                    subprocess.run(["umount", str(disk)], check=True)
        assert refused and fitted
    said = f"{percents} sizes: {refused} times the disk was full and nothing stayed, {fitted} times it sufficed"
    print(said)  # noqa: T201
    return 0


def _mount(disk: Path, kib: int) -> bool:
    options = ["-t", "tmpfs", "-o", f"size={kib * _KIB}", "none", str(disk)]
    return subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0


def _seal(evidence: Path, final: Path) -> None:
    sink = FolderSink(final)
    seal(find_sources(evidence), sink, about=ABOUT, recipients=[RECIPIENT], signer=SIGNER, at=AT, chance=chance)


def _open(package: Path, final: Path) -> None:
    open_sealed(FolderSource(package), IDENTITY, FolderSink(final), signer_key=SIGNER.public)


def main() -> int:
    if sys.argv[1:2] == ["--inside"]:
        return _inside(int(sys.argv[2]))
    print(run(int(sys.argv[1]) if len(sys.argv) > 1 else 100) or "this system lets an ordinary user mount nothing")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
