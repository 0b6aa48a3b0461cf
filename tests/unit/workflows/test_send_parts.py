"""Evidence on its way: parts named by their digests, cut the same each time."""

from comity.base.digests import Digest
from comity.workflows import send_parts
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import at, case_at, release_by_provider, seal
from tests.simulators.wire import Fate


def test_files_are_described_in_order_of_their_names_and_cut_at_four_mebibytes() -> None:
    large = bytes(range(256)) * (send_parts.PART_BYTES // 256) + b"the rest"
    package = MemoryPackage({"b": b"small", "a": large, "c": b""})
    a, b, c = send_parts.describe(package)
    assert [(one.name, one.size) for one in (a, b, c)] == [("a", len(large)), ("b", 5), ("c", 0)]
    assert [part.size for part in a.parts] == [send_parts.PART_BYTES, 8]
    assert [part.sha256 for part in a.parts] == [
        str(Digest.of(large[: send_parts.PART_BYTES])),
        str(Digest.of(b"the rest")),
    ]
    assert c.parts == ()


def test_a_stream_that_gives_little_at_a_time_is_cut_at_the_same_places() -> None:
    class Slow(MemoryPackage):
        def open(self, name: str):  # type: ignore[no-untyped-def]
            import io
            from contextlib import contextmanager

            data = self.files[name]

            class Drip(io.BytesIO):
                def read(self, size: int | None = -1, /) -> bytes:
                    return super().read(min(size if size and size > 0 else len(data), 7))

            @contextmanager
            def opened():  # type: ignore[no-untyped-def]
                yield Drip(data)

            return opened()

    files = {"a": b"0123456789" * 100}
    assert send_parts.describe(Slow(files)) == send_parts.describe(MemoryPackage(files))


def test_a_large_package_is_brought_some_parts_at_once_and_each_once() -> None:
    world = at("production ordered")
    content = {f"{n:02}": bytes([n]) * send_parts.PART_BYTES for n in range(5)}
    seal(world, case_at(world, "provider", "stored_data"), content)
    release_by_provider(world, case_at(world, "provider", "stored_data"))
    world.wire.next("/v1/parts", *[Fate.PASS] * 7, Fate.DROP)
    world.heal()
    (sent,), (arrived,) = world.provider.packages.held.values(), world.xb.packages.held.values()
    assert arrived.files == sent.files
    brought = [one.path for one in world.wire.to("/v1/parts") if one.method == "PUT"]
    assert len(set(brought)) > 10
    assert len(brought) <= len(set(brought)) + 1, "one was lost on its way"
