"""A bucket of an S3-compatible store, as few calls with what each promises. The one file that calls obstore.

What `put`, `create` and `swap` returned from is in the store, whole: S3 shows an object whole or not at all, and what
is written is read by whoever asks next. Each body goes with its SHA-256, which the store compares. `create` and `swap`
rest on conditions (`If-None-Match: *`, `If-Match`) that some stores accept and do not keep: `probe` finds out, and a
node does not start on such a store. What the store says comes as Unavailable, without a key or a signature in it.
"""

from __future__ import annotations  # some of what obstore names is there for a type checker alone

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import obstore
from obstore import exceptions as said
from obstore import store as stores

from comity.adapters.config_objects import Credentials, ObjectsTable
from comity.base.encoding import b64u
from comity.base.errors import Conflict, NotFound, TooLarge, Unavailable
from comity.workflows.ports import Randomness

READ_LIMIT: Final = 64 * 1024 * 1024
_BUFFER: Final = 8 * 1024 * 1024
"""A part of a large object on its way in; S3 takes at most 10,000 of them."""
_AHEAD: Final = 1024 * 1024
_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Tagged:
    """An object's bytes, and the tag that says that it is still the same."""

    data: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class Listed:
    """An object's name below what was listed, its size in bytes, and its age by the store's own clock."""

    name: str
    size: int
    changed: float


class Reader:
    """An object as a stream that can be sought in. It reads on by itself: few calls for many bytes."""

    def __init__(self, reader: obstore.ReadableFile, name: str) -> None:
        self._reader = reader
        self._name = name

    def read(self, size: int = -1, /) -> bytes:
        with _speaking(self._name):
            return bytes(self._reader.read(size) if size >= 0 else self._reader.readall())

    def seek(self, offset: int, whence: int = 0, /) -> int:
        with _speaking(self._name):
            return self._reader.seek(offset, whence)

    def tell(self) -> int:
        return self._reader.tell()


class Writer:
    """An object being written, in parts; counted, to be compared with what the store has in the end."""

    def __init__(self, writer: obstore.WritableFile, name: str) -> None:
        self._writer = writer
        self._name = name
        self.size = 0

    def write(self, data: bytes | bytearray | memoryview, /) -> int:
        with _speaking(self._name):
            self._writer.write(bytes(data))  # kept until it is sent, and the memory is used again
        self.size += len(data)
        return len(data)


class Bucket:
    """Everything below a bucket's prefix."""

    def __init__(self, table: ObjectsTable, credentials: Credentials | None = None) -> None:
        config: stores.S3Config = {"region": table.region, "checksum_algorithm": "sha256"}
        if table.endpoint:
            config |= {"endpoint": table.endpoint, "virtual_hosted_style_request": False}
        if credentials is not None:
            config |= {"access_key_id": credentials.key, "secret_access_key": credentials.secret}
        self._store = stores.S3Store(
            table.bucket,
            prefix=table.prefix or None,
            config=config,
            client_options={
                "allow_http": table.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=60),
            },
            retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=20)},
        )

    def probe(self, randomness: Randomness) -> None:
        """Raise Unavailable unless the store keeps conditions: an object is made once, and replaced only by who knows
        what it is."""
        name = f"probe/{b64u(randomness.bytes(16))}"
        try:
            first = self._put(name, b"1", "create")
            again = self._put(name, b"2", "create")
            stale = self._put(name, b"2", {"e_tag": '"0123456789abcdef0123456789abcdef"'})
            standing = self.read(name)
            swapped = standing is not None and self.swap(name, standing.tag, b"3")
            found = self.read(name)
        finally:
            with contextlib.suppress(Unavailable):
                self.delete([name])
        if (first, again, stale, swapped, found and found.data) != (True, False, False, True, b"3"):
            raise Unavailable(
                "the object store takes conditions and does not keep them",
                hint="a store with If-None-Match and If-Match on PUT: AWS S3, SeaweedFS, MinIO, Ceph of a late release",
            )

    def size(self, name: str) -> int | None:
        """Bytes; None where there is no such object."""
        try:
            with _speaking(name):
                return int(obstore.head(self._store, name)["size"])
        except NotFound:
            return None

    def read(self, name: str, limit: int = READ_LIMIT) -> Tagged | None:
        """None where there is no such object. Raises TooLarge before more than the limit is read."""
        try:
            with _speaking(name):
                found = obstore.get(self._store, name)
                if found.meta["size"] > limit:
                    raise TooLarge(f"an object of more than {limit} bytes", where=name, hint="it is another's")
                return Tagged(bytes(found.bytes()), found.meta["e_tag"] or "")
        except NotFound:
            return None

    def put(self, name: str, data: bytes) -> None:
        """Over what is there."""
        self._put(name, data, "overwrite")

    def create(self, name: str, data: bytes) -> bool:
        """Unless there is one by that name; whether these bytes are there now. An answer may have been lost, and the
        call made twice: the same bytes are ours."""
        if self._put(name, data, "create"):
            return True
        found = self.read(name)
        return found is not None and found.data == data

    def swap(self, name: str, tag: str, data: bytes) -> bool:
        """Replace an object that is still the tagged one; whether these bytes are there now."""
        if self._put(name, data, {"e_tag": tag}):
            return True
        found = self.read(name)
        return found is not None and found.data == data

    def _put(self, name: str, data: bytes, mode: obstore.PutMode) -> bool:
        try:
            with _speaking(name):
                obstore.put(self._store, name, data, mode=mode, use_multipart=False)
        except (Conflict, NotFound):  # a condition not met; some say that what is to be replaced is not there
            return False
        return True

    def names(self, prefix: str) -> Iterator[Listed]:
        """All objects below a name, which ends like a folder's."""
        with _speaking(prefix):
            for some in obstore.list(self._store, prefix, chunk_size=_AT_ONCE):
                for one in some:
                    yield Listed(one["path"], one["size"], one["last_modified"].timestamp())

    def delete(self, names: Sequence[str]) -> None:
        """What is not there is no error."""
        for start in range(0, len(names), _AT_ONCE):
            with contextlib.suppress(NotFound), _speaking(names[start]):
                obstore.delete(self._store, list(names[start : start + _AT_ONCE]))

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[Writer]:
        """A large object, shown when the block ends, and not at all where it raises. Raises Unavailable too where the
        store then has another size than was written."""
        with _speaking(name):
            sink = obstore.open_writer(self._store, name, buffer_size=_BUFFER, max_concurrency=2)
        writer = Writer(sink, name)
        yield writer  # where it raises the object is never closed, and so never there
        with _speaking(name):
            sink.close()
        if self.size(name) != writer.size:
            raise Unavailable("the object store has another size than was written", hint="run it again")

    def reading(self, name: str) -> Reader:
        """Raises NotFound."""
        with _speaking(name):
            return Reader(obstore.open_reader(self._store, name, buffer_size=_AHEAD), name)


@contextlib.contextmanager
def _speaking(name: str) -> Iterator[None]:
    """obstore's errors as ours. Its own text quotes addresses and answers, so only the kind is told."""
    try:
        yield
    except (FileNotFoundError, said.NotFoundError):
        raise NotFound("there is no such object", where=name, hint="see the bucket of [objects]") from None
    except (said.AlreadyExistsError, said.PreconditionError):
        raise Conflict("another process wrote it meanwhile", where=name, hint="look, then do it again") from None
    except (said.PermissionDeniedError, said.UnauthenticatedError):
        raise Unavailable(
            "the object store refuses our access key", hint="[objects]: the key may read, write, list and delete"
        ) from None
    except said.BaseError as error:
        raise Unavailable(
            f"the object store cannot be used ({type(error).__name__})",
            hint="is it up, are [objects] url and endpoint right, is there room?",
        ) from None
    except OSError:
        raise Unavailable("the object store gave an answer that broke off", hint="try again") from None
