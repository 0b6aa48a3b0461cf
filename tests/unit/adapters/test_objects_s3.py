"""What only the object store has to promise: conditions that are kept, crashes between two names, typed errors."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from comity.adapters.config_objects import Credentials, ObjectsTable, mistakes_in, read_credentials
from comity.adapters.objects_s3 import S3Log, S3Packages, S3Parts, S3SignedHead
from comity.adapters.randomness import SystemRandomness
from comity.adapters.s3_bucket import Bucket
from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import Malformed, Unavailable
from comity.base.instants import Instant
from comity.base.mode import Mode
from tests.seaweedfs import KEY, SECRET, Seaweed
from tests.unit.adapters.test_objects_ports import DATA, NAME, ORIGIN, Now, bucket_of, content, fill


@pytest.fixture
def bucket(seaweed: Seaweed) -> Bucket:
    return bucket_of(seaweed)


@pytest.fixture
def packages(bucket: Bucket) -> S3Packages:
    return S3Packages(bucket, SystemRandomness(), Now())


def test_a_store_that_keeps_conditions_passes_and_nothing_of_the_probe_stays(bucket: Bucket) -> None:
    bucket.probe(SystemRandomness())
    assert list(bucket.names("probe/")) == []


class _Forgetful(BaseHTTPRequestHandler):
    """A store that takes conditions and does not look at them."""

    kept: dict[str, bytes]

    def do_PUT(self) -> None:
        self.kept[self.path] = self.rfile.read(int(self.headers["content-length"]))
        self._answer(200)

    def do_GET(self) -> None:
        self._answer(200, self.kept.get(self.path, b""))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._answer(200, b"<DeleteResult></DeleteResult>")

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("etag", f'"{Digest.of(body)}"')
        self.send_header("last-modified", "Sun, 22 Nov 2026 00:00:00 GMT")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def test_a_store_that_takes_conditions_and_does_not_keep_them_is_refused() -> None:
    _Forgetful.kept = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Forgetful)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        table = ObjectsTable(url="s3://forgetful", endpoint=f"http://127.0.0.1:{server.server_port}")
        with pytest.raises(Unavailable, match="does not keep them"):
            Bucket(table, Credentials(KEY, SECRET)).probe(SystemRandomness())
    finally:
        server.shutdown()
        server.server_close()


def test_a_refused_key_is_told_without_the_key(seaweed: Seaweed) -> None:
    table = ObjectsTable(url="s3://refused", endpoint=seaweed.endpoint)
    with pytest.raises(Unavailable) as refused:
        Bucket(table, Credentials("nobody-knows-me", "and-my-secret")).put("a", b"1")
    said = f"{refused.value.what} {refused.value.hint} {refused.value.where}"
    assert "refuses our access key" in said
    assert "nobody-knows-me" not in said
    assert "and-my-secret" not in said


def test_a_checkpoint_is_never_replaced_by_a_smaller_one(bucket: Bucket) -> None:
    log = S3Log(bucket)
    log.write("checkpoint", b"origin\n300\nroot\n")
    with pytest.raises(Unavailable, match="later checkpoint"):
        log.write("checkpoint", b"origin\n200\nroot\n")
    log.write("checkpoint", b"origin\n300\nroot\nmore cosignatures\n")
    assert log.read("checkpoint") == b"origin\n300\nroot\nmore cosignatures\n"


def test_a_crash_between_the_two_names_of_a_package_costs_it_no_file(bucket: Bucket, packages: S3Packages) -> None:
    fill(packages, "incoming-1")
    standing = bucket.read("packages/incoming-1")
    assert standing is not None
    packages.keep("incoming-1", NAME)
    bucket.put("packages/incoming-1", standing.data)  # as if it had ended before the working name was removed
    packages.sink("incoming-1").discard()
    assert content(packages, NAME)["bagit.txt"] == DATA
    assert not packages.has("incoming-1")


def test_what_a_process_that_is_gone_left_goes_once_it_is_old_and_nothing_else(
    bucket: Bucket, packages: S3Packages
) -> None:
    fill(packages, "sealing-1")
    packages.keep("sealing-1", NAME)
    fill(packages, "sealing-2")
    with packages.sink("sealing-3").create("half") as stream:
        stream.write(b"half")
    young = S3Packages(bucket, SystemRandomness(), _At(bucket))
    assert young.clear() == 0
    assert packages.has("sealing-2")
    assert packages.clear() == 2  # in seventy years' time
    assert content(packages, NAME)["bagit.txt"] == DATA
    assert {one.name.split("/")[1] for one in bucket.names("packages/")} == {NAME}
    assert len({one.name.split("/")[1] for one in bucket.names("files/")}) == 1


class _At(Now):
    """The time by the store's own clock."""

    def __init__(self, bucket: Bucket) -> None:
        self._seconds = max(one.changed for one in bucket.names("files/"))

    def now(self) -> Instant:
        return Instant.from_seconds(int(self._seconds))


def test_other_bytes_than_were_put_are_never_given_out(bucket: Bucket) -> None:
    parts = S3Parts(bucket)
    parts.put(NAME, DATA)
    bucket.put(f"parts/{NAME}", b"something else")
    with pytest.raises(Unavailable, match="other bytes"):
        parts.read(NAME)
    with pytest.raises(Unavailable, match="other bytes"):
        parts.put(NAME, DATA)


@pytest.mark.parametrize("data", [b"", b"log.example/xa\n1\n", b"log.example/xb\n1\n" + b"A" * 43 + b"=\n"])
def test_a_torn_signed_head_or_another_logs_is_not_taken_for_nothing(bucket: Bucket, data: bytes) -> None:
    bucket.put("signed-head", data)
    with pytest.raises(Malformed):
        S3SignedHead(bucket, ORIGIN).last()


def test_a_packages_list_that_is_none_is_refused(bucket: Bucket, packages: S3Packages) -> None:
    bucket.put(f"packages/{NAME}", to_json({"v": 1, "folder": "x", "files": {"a": "no number"}}))
    with pytest.raises(Malformed):
        packages.source(NAME)


@pytest.mark.parametrize(
    ("table", "field"),
    [
        (ObjectsTable(url="https://bucket"), "objects.url"),
        (ObjectsTable(url="s3://"), "objects.url"),
        (ObjectsTable(url="s3://Bucket_of/ours"), "objects.url"),
        (ObjectsTable(url="s3://bucket/a//b"), "objects.url"),
        (ObjectsTable(url="s3://bucket/../b"), "objects.url"),
        (ObjectsTable(url="s3://bucket?x=1"), "objects.url"),
        (ObjectsTable(url="s3://bucket", endpoint="http://store.example"), "objects.endpoint"),
        (ObjectsTable(url="s3://bucket", endpoint="https://key:secret@store.example"), "objects.endpoint"),
        (ObjectsTable(url="s3://bucket", endpoint="https://store.example/bucket"), "objects.endpoint"),
        (ObjectsTable(url="s3://bucket", endpoint="store.example"), "objects.endpoint"),
    ],
)
def test_a_mistake_in_the_table_is_named_by_its_field(table: ObjectsTable, field: str) -> None:
    assert [one.field for one in mistakes_in(table, Mode.LIVE)] == [field]


@pytest.mark.parametrize("endpoint", ["", "https://store.example", "http://127.0.0.1:8333", "http://localhost:1"])
def test_https_or_loopback_is_right(endpoint: str) -> None:
    assert mistakes_in(ObjectsTable(url="s3://bucket/xa/one", endpoint=endpoint), Mode.LIVE) == []


def test_credentials_are_two_lines_and_are_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "s3"
    file.write_text("id-of-key\nits-secret\n", encoding="utf-8")
    found = read_credentials(file)
    assert (found.key, found.secret) == ("id-of-key", "its-secret")
    assert "its-secret" not in repr(found)
    file.write_text("id-of-key\n", encoding="utf-8")
    with pytest.raises(Malformed):
        read_credentials(file)
