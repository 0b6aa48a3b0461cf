"""Parts, packages, the published log and the signed head: the same promises in a folder and in an S3 store."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from comity.adapters.config_objects import Credentials, ObjectsTable
from comity.adapters.objects_files import LogFiles, PackageFolders, PartFiles
from comity.adapters.objects_s3 import S3Log, S3Packages, S3Parts, S3SignedHead
from comity.adapters.randomness import SystemRandomness
from comity.adapters.s3_bucket import Bucket
from comity.adapters.signed_head import SignedHeadFile
from comity.base.digests import Digest
from comity.base.errors import ComityError, Conflict, Malformed, NotFound
from comity.base.instants import Instant
from comity.evidence.parts import PART
from comity.workflows.ports import LogFolder, PackageStore, PartStore, SignedHead
from comity.workflows.stores import TreeHead
from tests.seaweedfs import KEY, SECRET, Seaweed

DATA = b"a part of a package"
NAME = str(Digest.of(DATA))
ORIGIN = "log.example/xa"


class Now:
    """A clock beside the store's own, which nobody sets."""

    def now(self) -> Instant:
        return Instant.from_seconds(4_000_000_000)


@dataclass(frozen=True, slots=True)
class Objects:
    """The ports over one place."""

    parts: PartStore
    packages: PackageStore
    log: LogFolder
    head: Callable[[], SignedHead]


def bucket_of(server: Seaweed) -> Bucket:
    table = ObjectsTable(url=f"s3://{server.bucket()}/xa", endpoint=server.endpoint)
    return Bucket(table, Credentials(KEY, SECRET))


@pytest.fixture(params=["files", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "files":
        head = SignedHeadFile(tmp_path / "signed-head", ORIGIN)
        folders = PackageFolders(tmp_path / "evidence")
        return Objects(PartFiles(tmp_path / "parts"), folders, LogFiles(tmp_path / "log"), lambda: head)
    bucket = bucket_of(request.getfixturevalue("seaweed"))
    packages = S3Packages(bucket, SystemRandomness(), Now())
    return Objects(S3Parts(bucket), packages, S3Log(bucket), lambda: S3SignedHead(bucket, ORIGIN))


def test_a_part_is_read_as_it_was_put_until_it_is_dropped(objects: Objects) -> None:
    parts = objects.parts
    assert not parts.has(NAME)
    parts.put(NAME, DATA)
    parts.put(NAME, DATA)
    assert parts.has(NAME)
    assert parts.read(NAME) == DATA
    parts.drop([NAME, str(Digest.of(b"never put"))])
    assert not parts.has(NAME)
    with pytest.raises(NotFound):
        parts.read(NAME)


def test_a_part_of_the_largest_size_comes_back_as_it_was(objects: Objects) -> None:
    data = bytes(range(256)) * (PART // 256)
    objects.parts.put(str(Digest.of(data)), data)
    assert objects.parts.read(str(Digest.of(data))) == data


def test_a_part_under_another_digest_is_refused_and_not_kept(objects: Objects) -> None:
    with pytest.raises(Malformed, match="not what its name says"):
        objects.parts.put(NAME, DATA + b"!")
    assert not objects.parts.has(NAME)


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "a" * 63, NAME.upper(), NAME + "/x", NAME + "\0"])
def test_what_is_no_digest_names_no_part(objects: Objects, name: str) -> None:
    with pytest.raises(Malformed):
        objects.parts.has(name)
    with pytest.raises(Malformed):
        objects.parts.read(name)


def test_the_same_part_brought_many_times_at_once_is_one(objects: Objects) -> None:
    failed: list[ComityError] = []

    def put() -> None:
        try:
            for _ in range(5):
                objects.parts.put(NAME, DATA)
        except ComityError as error:
            failed.append(error)

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert objects.parts.read(NAME) == DATA


def fill(packages: PackageStore, name: str, data: bytes = DATA) -> None:
    sink = packages.sink(name)
    sink.make_folder("data")
    with sink.create("bagit.txt") as stream:
        stream.write(data)
    with sink.create("data/pack-1.age") as stream:
        for at in range(0, len(data), 7):
            stream.write(memoryview(data)[at : at + 7])
    sink.commit()


def content(packages: PackageStore, name: str) -> dict[str, bytes]:
    source = packages.source(name)
    found = {}
    for file in source.names():
        with source.open(file) as stream:
            found[file] = stream.read(1 << 20)
    return found


def test_a_package_has_its_digest_for_a_name_once_it_is_kept(objects: Objects) -> None:
    packages = objects.packages
    fill(packages, "working")
    assert not packages.has(NAME)
    assert content(packages, "working") == {"bagit.txt": DATA, "data/pack-1.age": DATA}
    packages.keep("working", NAME)
    assert packages.has(NAME)
    assert not packages.has("working")
    assert content(packages, NAME) == {"bagit.txt": DATA, "data/pack-1.age": DATA}


def test_a_file_of_a_package_can_be_read_from_any_place(objects: Objects) -> None:
    data = bytes(range(256)) * 64
    fill(objects.packages, "working", data)
    with objects.packages.source("working").open("data/pack-1.age") as stream:
        assert stream.seek(0, 2) == len(data)
        assert stream.seek(300) == 300
        assert stream.read(10) == data[300:310]
        assert stream.read() == data[310:]
        assert stream.read(1) == b""
    with pytest.raises(NotFound), objects.packages.source("working").open("data/pack-2.age"):
        pass


def test_the_same_package_twice_is_one_and_the_first_stays(objects: Objects) -> None:
    packages = objects.packages
    fill(packages, "first")
    packages.keep("first", NAME)
    fill(packages, "second", b"other bytes")
    packages.keep("second", NAME)
    assert not packages.has("second")
    assert content(packages, NAME)["bagit.txt"] == DATA


def test_of_many_that_keep_one_package_at_once_all_find_it_whole(objects: Objects) -> None:
    for n in range(6):
        fill(objects.packages, f"working-{n}")
    failed = 0

    def keep(n: int) -> None:
        objects.packages.keep(f"working-{n}", NAME)

    with ThreadPoolExecutor(3) as pool:
        for each in [pool.submit(keep, n) for n in range(6)]:
            failed += each.exception() is not None
    assert content(objects.packages, NAME)["data/pack-1.age"] == DATA
    assert failed < 6


def test_a_try_that_broke_off_is_nothing_and_the_next_begins_anew(objects: Objects) -> None:
    packages = objects.packages
    with pytest.raises(ZeroDivisionError), packages.sink("working").create("half") as stream:
        stream.write(b"half")
        _ = 1 // 0
    assert not packages.has("working")
    fill(packages, "working")
    fill(packages, "working", b"again")
    assert content(packages, "working")["bagit.txt"] == b"again"


def test_what_was_discarded_is_not_there_and_no_file_is_written_twice(objects: Objects) -> None:
    sink = objects.packages.sink("working")
    with sink.create("bagit.txt") as stream:
        stream.write(DATA)
    with pytest.raises(Conflict), sink.create("bagit.txt"):
        pass
    with pytest.raises(Malformed), sink.create("../out"):
        pass
    sink.discard()
    assert not objects.packages.has("working")


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", ".hidden"])
def test_a_name_that_is_none_of_a_package_is_refused(objects: Objects, name: str) -> None:
    packages = objects.packages
    for ask in (packages.has, packages.source, packages.sink, lambda one: packages.keep("working", one)):
        with pytest.raises((Malformed, NotFound)):
            ask(name)


def test_a_package_that_is_not_there_is_not_found(objects: Objects) -> None:
    with pytest.raises(NotFound):
        objects.packages.source(NAME)


def test_a_package_that_is_dropped_is_gone_and_to_drop_it_again_is_no_error(objects: Objects) -> None:
    fill(objects.packages, "working")
    objects.packages.keep("working", NAME)
    objects.packages.drop(NAME)
    objects.packages.drop(NAME)
    assert not objects.packages.has(NAME)


def test_the_published_log_is_read_as_written_and_nothing_where_nothing_is(objects: Objects) -> None:
    log = objects.log
    assert log.read("checkpoint") is None
    log.write("tile/0/000.p/3", b"hashes")
    log.write("tile/0/000", b"full")
    log.write("checkpoint", b"origin\n3\nroot\n")
    log.write("checkpoint", b"origin\n4\nroot\n")
    assert log.read("tile/0/000.p/3") == b"hashes"
    assert log.read("checkpoint") == b"origin\n4\nroot\n"
    assert log.read("tile/0/000.p/4") is None
    assert log.read("checkpoint/below") is None
    assert log.read("tile/0") is None
    log.remove("tile/0/000.p")
    log.remove("tile/0/000.p")
    assert log.read("tile/0/000.p/3") is None
    assert log.read("tile/0/000") == b"full"


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "..", "../keys/log.jwe", "tile/../../keys", "tile//0", "a\0b", "./x"]
)
def test_a_path_out_of_the_published_log_is_refused(objects: Objects, path: str) -> None:
    with pytest.raises(Malformed):
        objects.log.read(path)
    with pytest.raises(Malformed):
        objects.log.write(path, b"x")


def head(size: int) -> TreeHead:
    return TreeHead(size, Digest.of(bytes([size])))


def test_a_signed_head_is_kept_and_replaced_only_by_who_knows_it(objects: Objects) -> None:
    kept = objects.head()
    assert kept.last() is None
    kept.advance(None, head(1))
    kept.advance(head(1), head(2))
    assert objects.head().last() == head(2)
    for expected in (None, head(1), head(3)):
        with pytest.raises(Conflict):
            kept.advance(expected, head(9))
    assert kept.last() == head(2)


def test_of_many_who_swap_the_signed_head_at_once_one_does(objects: Objects) -> None:
    objects.head().advance(None, head(1))

    def swap(size: int) -> bool:
        try:
            objects.head().advance(head(1), head(size))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(swap, range(2, 12))) == 1
