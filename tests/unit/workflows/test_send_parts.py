"""Evidence on its way: parts named by their digests, cut the same each time."""

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.exchange.document import Part
from comity.workflows import send_parts
from tests.simulators.packages import sealed_tree
from tests.simulators.story import at, case_at, release_by_provider, seal
from tests.simulators.wire import Fate


def test_small_files_are_named_with_their_parts_and_packs_by_the_packages_own_list() -> None:
    package, sealed = sealed_tree({"a": b"content"})
    described = send_parts.describe(package)
    assert [one.name for one in described] == sorted(package.files)
    assert all(one.size == len(package.files[one.name]) for one in described)
    packs = {one.name: one.parts for one in described if one.name.startswith("data/")}
    assert packs == {"data/00000.age": (), "data/00001.age": ()}
    for one in described:
        if one.name not in packs:
            assert one.parts == (Part(str(Digest.of(package.files[one.name])), one.size),)
    assert len(to_json(described)) < 2000 + 100 * len(sealed.envelope.packs)


def test_a_large_package_is_brought_some_parts_at_once_and_each_once() -> None:
    world = at("production ordered")
    content = {f"{n:02}": bytes([n]) * send_parts.PART_BYTES for n in range(5)}
    seal(world, case_at(world, "provider", "stored_data"), content)
    release_by_provider(world, case_at(world, "provider", "stored_data"))
    world.wire.next("/v1/parts", *[Fate.PASS] * 7, Fate.DROP)
    world.heal()
    sent, arrived = world.provider.package, world.xb.package
    assert arrived.files == sent.files
    brought = [one.path for one in world.wire.to("/v1/parts") if one.method == "PUT"]
    assert len(set(brought)) > 10
    assert len(brought) <= len(set(brought)) + 1, "one was lost on its way"
