"""From the folder into the store: everything, once, and again without harm."""

from pathlib import Path

from comity.adapters.objects_files import LogFiles, PackageFolders, PartFiles
from comity.adapters.objects_move import Copied, copy_objects
from comity.adapters.objects_s3 import S3Log, S3Packages, S3Parts, S3SignedHead, carry_over
from comity.adapters.randomness import SystemRandomness
from comity.adapters.signed_head import SignedHeadFile
from tests.seaweedfs import Seaweed
from tests.unit.adapters.test_objects_ports import DATA, NAME, ORIGIN, Now, bucket_of, content, fill, head


def test_a_folder_is_copied_into_the_store_and_what_is_there_is_passed_over(tmp_path: Path, seaweed: Seaweed) -> None:
    folders = PackageFolders(tmp_path / "evidence")
    fill(folders, "working")
    folders.keep("working", NAME)
    fill(folders, "unfinished")
    PartFiles(tmp_path / "parts").put(NAME, DATA)
    log = LogFiles(tmp_path / "log")
    log.write("tile/0/000.p/3", b"hashes")
    log.write("stats/2026-Q4.json", b"{}")
    log.write("checkpoint", b"origin\n3\nroot\n")
    bucket = bucket_of(seaweed)
    store = (S3Packages(bucket, SystemRandomness(), Now()), S3Parts(bucket), S3Log(bucket))
    told: list[tuple[int, int]] = []
    assert copy_objects(tmp_path, *store, count=lambda done, total: told.append((done, total))) == Copied(1, 1, 3)
    assert content(store[0], NAME) == content(folders, NAME)
    assert store[1].read(NAME) == DATA
    assert store[2].read("stats/2026-Q4.json") == b"{}"
    assert store[2].read("checkpoint") == b"origin\n3\nroot\n"
    assert not store[0].has("unfinished")
    assert told[-1][0] <= told[-1][1]
    assert copy_objects(tmp_path, *store) == Copied(0, 0, 0)


def test_the_signed_head_is_carried_over_once_and_never_over_a_later_one(tmp_path: Path, seaweed: Seaweed) -> None:
    before, shared = SignedHeadFile(tmp_path / "signed-head", ORIGIN), S3SignedHead(bucket_of(seaweed), ORIGIN)
    carry_over(before, shared)
    assert shared.last() is None
    before.advance(None, head(1))
    carry_over(before, shared)
    assert shared.last() == head(1)
    shared.advance(head(1), head(2))
    carry_over(before, shared)
    assert shared.last() == head(2)
