"""A case export: it holds what was kept, holds together, and every change to it is named by its file."""

import io
import zipfile
from collections.abc import Callable, Mapping

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import NotPermitted, NotVerified, TooLarge
from comity.base.ids import StateCode
from comity.cases import events
from comity.cases.case import Case
from comity.crypto import jws
from comity.crypto.signatures import Ed25519Signer
from comity.exchange.directory import Use
from comity.workflows import export_case, export_format, people_approvals, verify_export
from comity.workflows.record import record
from tests.simulators import story
from tests.simulators.authenticator import first_operator, joined, signature
from tests.simulators.world import Node, SmallWorld

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def world() -> SmallWorld:
    """The story to its end, published; read only."""
    world = story.at("examined")
    world.publish()
    return world


@pytest.fixture(scope="module")
def exported(world: SmallWorld) -> bytes:
    return export_case.export(world.xb.office, "rita", production(world).id).data


def production(world: SmallWorld) -> Case:
    return story.case_at(world, "xb", "stored_data")


def resealed(node: Node, data: bytes, change: Callable[[Files], None]) -> bytes:
    """An export changed by somebody who holds the node's own authority key: only what the parts say of each other is
    left to give it away."""
    files = export_format.read(data)
    manifest = msgspec.json.decode(files.pop(export_format.MANIFEST), type=export_format.Manifest)
    del files[export_format.SIGNATURE], files[export_format.SUMS]
    change(files)
    files[export_format.SUMS] = export_format.sums(files)
    manifest = msgspec.structs.replace(manifest, files=export_format.list_files(files))
    files[export_format.MANIFEST] = to_json(manifest)
    signer = node.keys.signer(Use.AUTHORITY)
    files[export_format.SIGNATURE] = jws.sign_compact(files[export_format.MANIFEST], signer, export_format.TYP)
    return export_format.write(files)


def refused(data: bytes, confirmed: Mapping[StateCode, Digest] | None = None) -> NotVerified:
    with pytest.raises(NotVerified) as caught:
        verify_export.verify(data, confirmed or {})
    return caught.value


@pytest.mark.parametrize("stage", ["drafted", "asked", "preserved", "sealed", "arrived at XA", "examined"])
def test_a_case_of_any_stage_is_exported_and_holds(stage: str) -> None:
    world = story.at(stage)
    world.publish()
    for node, person in ((world.xa, "bo"), (world.xb, "rita"), (world.provider, "lee")):
        for case in node.cases():
            made = export_case.export(node.office, person, case.id)
            found = verify_export.verify(made.data, {})
            assert found.case == case
            assert found.proven == case.events
            assert found.witnesses == ("xc.observatory.example/log/witness",)


def test_it_holds_the_very_bytes_that_were_kept(world: SmallWorld, exported: bytes) -> None:
    files, case = export_format.read(exported), production(world)
    with world.xb.office.store.transaction() as tx:
        stored = [data for data, _ in tx.cases.events(case.id)]
        acts = list(tx.custody.acts(case.package))
    assert [files[name] for name in files if name.startswith("events/")] == stored
    assert files[export_format.CUSTODY] == b"".join(act + b"\n" for act in acts)
    sent = {one.id: one.document for one in world.xb.outbox() if one.case_id == case.id}
    here = {name[-40:-4]: data for name, data in files.items() if "-sent-" in name}
    assert here == sent


def test_the_receipts_of_peers_are_kept_and_speak_of_this_case_alone(world: SmallWorld, exported: bytes) -> None:
    found = verify_export.verify(exported, {})
    names = [name for name in export_format.read(exported) if name.startswith("receipts/")]
    assert found.receipts == len(names) > found.documents
    others = [case.id for case in world.xb.cases() if case.id != found.case.id]
    assert not any(one.encode() in exported for one in others)


def test_what_is_not_published_yet_is_there_without_a_proof() -> None:
    world = story.at("asked")
    made = export_case.export(world.xb.office, "rita", world.xb.cases()[0].id)
    found = verify_export.verify(made.data, {})
    assert (found.proven, found.case.events) == (0, 1)
    assert any(name.endswith(".opening.json") for name in export_format.read(made.data))


def test_any_program_that_reads_zip_reads_it(exported: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == export_format.read(exported)
        listed = archive.read(export_format.SUMS).decode().splitlines()
        assert all(str(Digest.of(archive.read(line[66:]))) == line[:64] for line in listed)


def test_the_same_case_at_the_same_moment_is_the_same_file(world: SmallWorld, exported: bytes) -> None:
    assert export_case.export(world.xb.office, "rita", production(world).id).data == exported


def test_who_exported_it_is_recorded(world: SmallWorld, exported: bytes) -> None:
    assert exported
    case = production(world).id
    with world.xb.office.store.transaction() as tx:
        looks = tx.accesses.latest(9)
    assert (case, "rita", "exported") in [(one.case_id, one.person, one.what) for one in looks]


def test_only_some_roles_take_a_case_out_and_oversight_is_one(world: SmallWorld) -> None:
    case = production(world).id
    for person in ("dan", "nobody"):
        with pytest.raises(NotPermitted):
            export_case.export(world.xb.office, person, case)
    assert export_case.export(world.xb.office, "otto", case).manifest.by == "otto"


def test_a_fingerprint_that_came_by_another_way_is_compared(exported: bytes) -> None:
    roots = verify_export.verify(exported, {}).roots
    assert verify_export.verify(exported, roots).confirmed == tuple(roots)
    fault = refused(exported, {StateCode("XB"): Digest.of(b"another")})
    assert fault.where == "directory/XB.json"


def test_a_whole_export_by_strangers_keys_fails_at_its_signature(exported: bytes) -> None:
    files = export_format.read(exported)
    stranger = Ed25519Signer(b"\x07" * 32)
    signature = jws.sign_compact(files[export_format.MANIFEST], stranger, export_format.TYP)
    files[export_format.SIGNATURE] = signature
    assert refused(export_format.write(files)).where == export_format.SIGNATURE


def test_a_file_that_was_changed_is_named(exported: bytes) -> None:
    for name in export_format.read(exported):
        files = export_format.read(exported)
        files[name] = files[name][:-2] + bytes([files[name][-2] ^ 1]) + files[name][-1:]
        where = refused(export_format.write(files)).where
        assert where in {name, export_format.SIGNATURE if name == export_format.MANIFEST else name}


def test_a_file_more_or_less_is_named(exported: bytes) -> None:
    for name in export_format.read(exported):
        files = export_format.read(exported)
        del files[name]
        is_list = name == "directory/XB.json"  # then nobody's key is known, the manifest's first
        assert refused(export_format.write(files)).where in {name, export_format.SIGNATURE if is_list else name}
    files = export_format.read(exported)
    files["events/9999-more.json"] = b"{}"
    assert refused(export_format.write(files)).where == "events/9999-more.json"


FIRST = "events/0001-received.json"


def swap(one: str, other: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        first, second = (next(name for name in files if name.startswith(prefix)) for prefix in (one, other))
        files[first], files[second] = files[second], files[first]

    return change


def drop(prefix: str) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        for name in [one for one in files if one.startswith(prefix)]:
            del files[name]

    return change


def replace(prefix: str, old: bytes, new: bytes) -> Callable[[Files], None]:
    def change(files: Files) -> None:
        name = next(one for one in files if one.startswith(prefix))
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (replace("case.json", b'"produced"', b'"refused"'), "case.json"),
        (replace("events/0002", b"fraud in both States", b"fraud in one State"), "events/0002-granted.json"),
        (replace("links.txt", b"0001 ", b"0002 "), "links.txt"),
        (drop("links.txt"), "links.txt"),
        (drop("events/0001"), "links.txt"),
        (drop("documents/0001"), FIRST),
        (swap("documents/0001", "documents/0002"), "documents/"),
        (swap("receipts/0001", "receipts/0002"), "receipts/"),
        (drop("log/0003"), "log/0003"),
        (swap("log/0001", "log/0002"), "log/0001-received.tlog-proof"),
        (replace("custody.jws", b".", b"x."), "custody.jws"),
        (drop("directory/XA"), "documents/"),
        (drop("directory/XB"), "manifest.jws"),
    ],
)
def test_a_node_that_changes_a_part_and_signs_again_is_found_out(
    world: SmallWorld, exported: bytes, change: Callable[[Files], None], where: str
) -> None:
    assert verify_export.verify(resealed(world.xb, exported, lambda _: None), {}).case.events > 3
    assert refused(resealed(world.xb, exported, change)).where.startswith(where)


@pytest.mark.parametrize("is_changed", [False, True])
def test_what_a_passkey_signed_is_checked_by_the_export_alone(is_changed: bool) -> None:
    world = story.at("drafted")
    office, case = world.xa.office, world.xa.cases()[0]
    first_operator(office)
    answer = signature(office, "eda", case.id, joined(office, "eda", "case_lawyer"))
    _, passkey = people_approvals.check(office, "eda", case.id, answer)
    if is_changed:
        passkey = msgspec.structs.replace(passkey, nonce="A" * len(passkey.nonce))
    now = world.xa.clock.now().seconds
    approved = events.Approved(at=now, by="eda", request_sha256=case.request_sha256, passkey=passkey)
    with office.store.transaction() as tx:
        record(office, tx, case, approved)
    data = export_case.export(office, "bo", case.id).data
    if is_changed:
        assert refused(data).where == "events/0002-approved.json"
    else:
        assert verify_export.verify(data, {}).case.approval_signed


def test_what_is_too_large_is_not_read() -> None:
    with pytest.raises(TooLarge):
        verify_export.verify(bytes(export_format.LIMIT + 1), {})


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x03\x04" + bytes(26), b"PK\x05\x06" + bytes(18), b"\x00" * 99])
def test_what_is_no_export_is_refused(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a//b", ".hidden", "a/b/c/d", "é", "", "a\\b", "x" * 121, "a/.."])
def test_a_name_that_leads_out_of_the_folder_is_in_no_export(name: str) -> None:
    assert not export_format.is_name(name)
