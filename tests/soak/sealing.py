"""Sealing killed at random moments: nothing unverified ever stands under its final name, and no key is used twice.

    python -m tests.soak.sealing [KILLS]        200 if nothing is said

A process seals the same files into new folders, one after another, until it is killed, every other one not before its
first package stands; then another begins. Afterwards each folder with a final name must verify, each header must have
shares and a nonce of its own, and what was cut off is `.part`, locked by nobody.
"""

import random
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from comity.adapters.sources_files import FolderSource, is_abandoned
from comity.crypto.age_header import read_header
from comity.crypto.age_payload import NONCE_BYTES
from comity.evidence.outside import verify_outer
from tests.simulators.packages import SIGNER

LOOP: Final = """
import os, sys
from pathlib import Path
from comity.adapters.sources_files import FolderSink, find_sources
from comity.evidence.sealing import seal
from tests.simulators.packages import ABOUT, AT, RECIPIENT, SIGNER

folder, run = Path(sys.argv[1]), sys.argv[2]
sources = find_sources(folder / "evidence")
print("ready", flush=True)
for number in range(10_000):
    sink = FolderSink(folder / f"{run}-{number}")
    seal(sources, sink, about=ABOUT, recipients=[RECIPIENT], signer=SIGNER, at=AT, chance=os.urandom)
    print("sealed", flush=True)
"""


def run(folder: Path, kills: int, seed: int = 0) -> tuple[int, int]:
    """How many packages stood under their final names, and how many were cut off. Raises where one does not verify."""
    chance = random.Random(seed)
    evidence = folder / "evidence"
    evidence.mkdir()
    for number in range(20):
        (evidence / f"{number}.bin").write_bytes(chance.randbytes(chance.randrange(200_000)))
    for number in range(kills):
        process = subprocess.Popen(
            [sys.executable, "-c", LOOP, str(folder), str(number)], stdout=subprocess.PIPE, cwd=Path.cwd()
        )
        assert process.stdout is not None
        for _ in range(1 + number % 2):  # it is ready; it has sealed
            process.stdout.readline()
        time.sleep(chance.random() * 0.4)
        process.kill()
        process.communicate()
    finished = [path for path in folder.iterdir() if path != evidence and path.suffix != ".part"]
    shares: set[str] = set()
    nonces: set[bytes] = set()
    for package in finished:
        verify_outer(FolderSource(package), SIGNER.public)
        for file in (package / "data").iterdir():
            with file.open("rb") as stream:
                share = read_header(stream).stanzas[0].arguments[1]
                nonce = stream.read(NONCE_BYTES)
            assert share not in shares, "a share was used twice"
            assert nonce not in nonces, "a nonce was used twice"
            shares.add(share)
            nonces.add(nonce)
    left = [path for path in folder.iterdir() if path.suffix == ".part"]
    assert all(map(is_abandoned, left)), "what is left of a process that is gone is known as that"
    return len(finished), sum(path.suffix == ".part" for path in folder.iterdir())


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with TemporaryDirectory(prefix="comity-soak-") as folder:
        finished, cut = run(Path(folder), kills)
    print(f"{kills} kills: {finished} packages verify, {cut} were cut off, no share and no nonce twice")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
