"""The power fails: what an answer promised is still there, whatever of the rest the disk had written.

    python -m tests.soak.power_cut --images 1000 --seeds 2

A real run is watched by strace: every write and flush of SQLite's files, with its bytes. An image is what a disk may
hold after a cut at some moment: all that was flushed, and of what was written since, each 512-byte sector or not, by
chance. Each image is opened by SQLite, must be whole, and must hold every message whose receipt had been given out by
then. The same on a run that flushes less (`NORMAL`) must fail, else the test sees nothing.
"""

import argparse
import random
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

SECTOR: Final = 512
_CALLS: Final = "openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,rename"
_LINE: Final = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
_UNFINISHED: Final = " <unfinished ...>\n"
_RESUMED: Final = re.compile(r"<\.\.\. \w+ resumed>(.*)", re.DOTALL)
_BYTES: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_PATH: Final = re.compile(r"^\d+<([^>]*)>")


@dataclass(frozen=True, slots=True)
class Call:
    """`what`: write, flush, cut (to a length), make, drop, of the file `name`; or `told`, and what."""

    what: str
    name: str
    at: int = 0
    data: bytes = b""


@dataclass
class File:
    """What the disk surely holds of a file, and what was done to it since it was last flushed."""

    sure: bytearray = field(default_factory=bytearray)
    since: list[Call] = field(default_factory=list)
    is_listed: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of how many images, how many lost a message that had been acknowledged, and how many are no database."""

    images: int
    lost: int
    broken: int
    acknowledged: int


def record(folder: Path, count: int, *, normal: bool = False) -> list[Call]:
    """Watch a run of so many requests. Raises where strace cannot trace."""
    log = folder / "strace"
    inside = [sys.executable, "-m", "tests.soak.exchanging", str(folder), str(count)]
    watch = ["strace", "-f", "-y", "-xx", "-s", "70000", "-e", f"trace={_CALLS}", "-o", str(log)]
    subprocess.run([*watch, *inside, *(["--normal"] if normal else [])], check=True, stdout=subprocess.DEVNULL)
    return list(read_log(log, folder))


def read_log(log: Path, folder: Path) -> Iterator[Call]:
    """The calls on files of `folder`, and what was told on stdout, in their order."""
    with log.open() as lines:
        for line in _whole(lines):
            found = _LINE.match(line)
            if found is None or int(found[3]) < 0:
                continue
            call, said = found[1], found[2]
            texts = [bytes.fromhex(text.replace("\\x", "")) for text in _BYTES.findall(said)]
            on = _PATH.match(said)
            name = _name(
                bytes.fromhex(on[1].replace("\\x", "")).decode() if on and "\\x" in on[1] else on[1] if on else "",
                folder,
            )
            match call:
                case "write" if said.startswith("1<"):
                    yield Call("told", "", data=texts[0])
                case "pwrite64" if name:
                    yield Call("write", name, int(said.rpartition(", ")[2]), texts[0][: int(found[3])])
                case "fsync" | "fdatasync" if name:
                    yield Call("flush", name)
                case "ftruncate" if name:
                    yield Call("cut", name, int(said.rpartition(", ")[2]))
                case "openat" if "O_CREAT" in said and (made := _name(texts[-1].decode(), folder)):
                    yield Call("make", made)
                case "unlink" | "unlinkat" if gone := _name(texts[-1].decode(), folder):
                    yield Call("drop", gone)


def _whole(lines: Iterable[str]) -> Iterator[str]:
    """A call that another thread's came into stands in two lines: it is read as one, where it ended."""
    begun: dict[str, str] = {}
    for line in lines:
        thread, _, said = line.partition(" ")
        if said.endswith(_UNFINISHED):
            begun[thread] = line.removesuffix(_UNFINISHED)
        elif (rest := _RESUMED.match(said.lstrip())) and thread in begun:
            yield begun.pop(thread) + rest[1]
        else:
            yield line


def _name(path: str, folder: Path) -> str:
    """The file's name in the folder, '.' for the folder itself, '' for what is elsewhere or only a map of memory."""
    if path == str(folder):
        return "."
    place = Path(path)
    return place.name if place.parent == folder and place.name.startswith("comity.db") and path[-4:] != "-shm" else ""


class Disk:
    """A disk on which calls are done, up to the moment of the cut."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}

    def do(self, call: Call) -> None:
        match call.what:
            case "make":
                self.files.setdefault(call.name, File())
            case "drop":
                self.files.pop(call.name, None)
            case "flush" if call.name == ".":
                for file in self.files.values():
                    file.is_listed = True
            case "flush":
                file = self.files[call.name]
                for one in file.since:
                    _apply(file.sure, one)
                file.since.clear()
            case "write" | "cut":
                self.files[call.name].since.append(call)

    def image(self, draw: random.Random) -> dict[str, bytes]:
        """What may be found after a cut now."""
        share = draw.choice((0.0, 0.2, 0.5, 0.8, 1.0))
        found = {}
        for name, file in self.files.items():
            if not file.is_listed and draw.random() >= share:
                continue
            data = bytearray(file.sure)
            for call in file.since:
                for part in _sectors(call):
                    if draw.random() < share:
                        _apply(data, part)
            found[name] = bytes(data)
        return found


def _sectors(call: Call) -> Iterator[Call]:
    if call.what == "cut":
        yield call
        return
    start = call.at
    while start < call.at + len(call.data):
        end = min((start // SECTOR + 1) * SECTOR, call.at + len(call.data))
        yield Call("write", call.name, start, call.data[start - call.at : end - call.at])
        start = end


def _apply(data: bytearray, call: Call) -> None:
    if call.what == "cut":
        del data[call.at :]
    end = call.at + len(call.data)
    if len(data) < end:
        data.extend(bytes(end - len(data)))
    data[call.at : end] = call.data


def judge(calls: list[Call], images: int, seed: int) -> Verdict:
    """Cut at so many moments after the first answer, the moments and what is kept drawn by the seed; the last is the
    end."""
    draw = random.Random(seed)
    first = next(place for place, call in enumerate(calls) if call.what == "told" and call.data == b"ready\n")
    cuts = [*sorted(draw.choices(range(first + 1, len(calls)), k=images - 1)), len(calls)]
    disk, told = Disk(), dict[str, str]()
    lost = broken = done = 0
    for cut in cuts:
        for call in calls[done:cut]:
            disk.do(call)
            if call.what == "told":
                word, _, name = call.data.decode().strip().partition(" ")
                if word in ("stored", "delivered"):
                    told[name] = word
        done = cut
        found = _open(disk.image(draw))
        if found is None:
            broken += 1
        elif any(found.get(name) not in _AT_LEAST[word] for name, word in told.items()):
            lost += 1
    return Verdict(images, lost, broken, len(told))


_AT_LEAST: Final = {"stored": ("stored", "delivered"), "delivered": ("delivered",)}


def told_too_early(calls: list[Call]) -> int:
    """How many answers were given while something written before them was not flushed."""
    disk, early = Disk(), 0
    for call in calls:
        disk.do(call)
        if call.what == "told" and call.data.startswith((b"stored", b"delivered")):
            early += any(file.since for file in disk.files.values())
    return early


def _open(image: dict[str, bytes]) -> dict[str, str] | None:
    """The states of the messages in an image; None where SQLite finds it broken."""
    with TemporaryDirectory() as name:
        for file, data in image.items():
            (Path(name) / file).write_bytes(data)
        connection = sqlite3.connect(Path(name) / "comity.db")
        try:
            whole = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            return dict(connection.execute("SELECT id, state FROM inbox").fetchall()) if whole else None
        except sqlite3.DatabaseError:
            return None
        finally:
            connection.close()


def run(requests: int, images: int, seeds: int) -> dict[str, list[Verdict]]:
    found = {}
    for name, normal in (("FULL", False), ("NORMAL", True)):
        with TemporaryDirectory(prefix="comity-power-") as folder:
            calls = record(Path(folder), requests, normal=normal)
        found[name] = [judge(calls, images, seed) for seed in range(1, seeds + 1)]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--requests", type=int, default=60)
    given = parser.parse_args()
    found = run(given.requests, given.images, given.seeds)
    for name, verdicts in found.items():
        for seed, one in enumerate(verdicts, 1):
            print(f"{name}, seed {seed}: {one}")  # noqa: T201
    return (
        0
        if all(not (one.lost or one.broken) for one in found["FULL"]) and any(one.lost for one in found["NORMAL"])
        else 1
    )


if __name__ == "__main__":
    sys.exit(main())
