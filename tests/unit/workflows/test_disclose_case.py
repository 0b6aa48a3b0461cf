"""A disclosure pack: the papers of a case, and what is withheld, so that nothing of it can be changed unseen."""

from typing import Any, Final

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import Malformed, NotFound, NotVerified
from comity.crypto import jws
from comity.exchange.directory import Use
from comity.workflows import disclose_case, read_documents, verify_disclosure
from comity.workflows import disclosure_format as form
from comity.workflows.disclose_case import Pack
from comity.workflows.export_case import gather
from tests.simulators.story import at, case_at
from tests.simulators.world import SmallWorld

ORDER: Final[dict[str, Any]] = {"order": "District Court 4, 5 Js 7/26", "to": "counsel for the accused"}


@pytest.fixture(scope="module")
def played() -> SmallWorld:
    world = at("examined")
    world.publish()
    return world


@pytest.fixture(scope="module")
def pack(played: SmallWorld) -> Pack:
    """With one document withheld beside what is withheld unasked."""
    world = played.copy()
    return disclose_case.disclose(
        world.xa.office, "bo", case_at(world, "xa", "stored_data").id, **ORDER, withhold={_grant(world): "a witness"}
    )


def _grant(world: SmallWorld) -> str:
    gathered = gather(world.xa.office, case_at(world, "xa", "stored_data").id)
    return next(name for name, tag in gathered.tags.items() if tag == "granted" and name.startswith("documents/"))


def _resigned(world: SmallWorld, pack: Pack, files: dict[str, bytes], **changes: object) -> dict[str, bytes]:
    """The files under a manifest that lists them as they are, signed by the node itself."""
    rest = {name: data for name, data in files.items() if name not in (form.MANIFEST, form.SIGNATURE, form.SUMS)}
    rest[form.SUMS] = form.sums(rest)
    manifest = msgspec.structs.replace(pack.manifest, files=form.list_files(rest), **changes)
    rest[form.MANIFEST] = to_json(manifest)
    rest[form.SIGNATURE] = jws.sign_compact(rest[form.MANIFEST], world.xa.keys.signer(Use.AUTHORITY), form.TYP)
    return rest


def test_it_holds_request_answers_authorisation_custody_and_proofs_and_verifies_offline(pack: Pack) -> None:
    found = verify_disclosure.verify(pack.files, {})
    assert found.manifest.order == ORDER["order"]
    kinds = {name.partition("/")[0] for name in pack.files}
    assert {"events", "documents", "receipts", "log", "directory", "custody.jws", "links.txt"} <= kinds
    tags = {name[12:-5] for name in pack.files if name.startswith("events/")}
    assert {"drafted", "approved", "granted", "evidence_arrived", "evidence_examined"} <= tags
    assert (found.proven > 0, found.acts > 0) == (True, True)


def test_what_is_withheld_is_named_with_its_digest_and_a_reason_and_proved_when_it_is_given_later(
    played: SmallWorld, pack: Pack
) -> None:
    case = case_at(played, "xa", "stored_data")
    name = _grant(played)
    listed = {one.name: one for one in pack.manifest.withheld}
    receipts = {one for one in listed if one.startswith("receipts/")}
    assert set(listed) == {name, *receipts}
    assert (listed[name].why, name in pack.files) == ("a witness", False)
    assert receipts
    document = read_documents.document_of(played.xa.office, case, name[-40:-4]).token
    assert listed[name].sha256 == str(Digest.of(document))
    assert verify_disclosure.verify(pack.files, {}, {name: document}).later == (name,)
    with pytest.raises(NotVerified, match="not the item that was withheld"):
        verify_disclosure.verify(pack.files, {}, {name: document + b" "})


def test_an_event_that_is_withheld_keeps_its_place_and_cannot_be_changed(played: SmallWorld) -> None:
    world = played.copy()
    case = case_at(world, "xa", "stored_data")
    name = next(one for one, tag in gather(world.xa.office, case.id).tags.items() if tag == "evidence_examined")
    pack = disclose_case.disclose(world.xa.office, "bo", case.id, **ORDER, withhold={name: "who investigates"})
    found = verify_disclosure.verify(pack.files, {})
    assert found.events == pack.manifest.events - 1
    dropped = tuple(one for one in pack.manifest.withheld if one.name != name)
    with pytest.raises(NotVerified):
        verify_disclosure.verify(_resigned(world, pack, dict(pack.files), withheld=dropped), {})
    lied = tuple(msgspec.structs.replace(one, name="events/0001-drafted.json") for one in pack.manifest.withheld)
    with pytest.raises(NotVerified):
        verify_disclosure.verify(_resigned(world, pack, dict(pack.files), withheld=lied), {})


def test_a_withheld_document_is_the_one_its_event_names_even_against_the_node_itself(
    played: SmallWorld, pack: Pack
) -> None:
    changed = tuple(
        msgspec.structs.replace(one, sha256="0" * 64) if one.name.startswith("documents/") else one
        for one in pack.manifest.withheld
    )
    with pytest.raises(NotVerified, match="another document"):
        verify_disclosure.verify(_resigned(played, pack, dict(pack.files), withheld=changed), {})


def test_every_file_that_is_changed_missing_or_added_is_found(pack: Pack) -> None:
    for name in pack.files:
        changed = {**pack.files, name: pack.files[name][:-1] + bytes([pack.files[name][-1] ^ 1])}
        missing = {one: data for one, data in pack.files.items() if one != name}
        for files in (changed, missing):
            with pytest.raises(NotVerified):
                verify_disclosure.verify(files, {})
    with pytest.raises(NotVerified):
        verify_disclosure.verify({**pack.files, "more.txt": b""}, {})


def test_what_oversight_did_and_what_states_said_in_confidence_stay_out_unless_somebody_gives_them() -> None:
    world = at("frozen")
    case = case_at(world, "xb", "stored_data")
    pack = disclose_case.disclose(world.xb.office, "olga", case.id, **ORDER)
    held = {one.name: one.why for one in pack.manifest.withheld}
    frozen = next(name for name in held if name.endswith("-frozen.json"))
    assert "oversight" in held[frozen]
    verify_disclosure.verify(pack.files, {})
    given = disclose_case.disclose(world.xb.office, "olga", case.id, **ORDER, give=frozenset({frozen}))
    assert frozen in given.files
    verify_disclosure.verify(given.files, {})


def test_that_it_was_given_to_whom_and_how_much_was_withheld_is_an_event(played: SmallWorld) -> None:
    world = played.copy()
    case = case_at(world, "xa", "stored_data")
    pack = disclose_case.disclose(world.xa.office, "rose", case.id, **ORDER)
    event = world.xa.events(case.id)[-1]
    assert (event.by, event.to, event.manifest_sha256) == ("rose", ORDER["to"], pack.manifest_sha256)  # type: ignore[union-attr]
    assert (event.given, event.withheld) == (len(pack.manifest.files), len(pack.manifest.withheld))  # type: ignore[union-attr]


def test_what_does_not_exist_or_has_no_reason_or_carries_the_proof_is_not_withheld(played: SmallWorld) -> None:
    case = case_at(played, "xa", "stored_data")
    for withhold, error in (
        ({"events/9999-drafted.json": "why"}, NotFound),
        ({_grant(played): " "}, Malformed),
        ({"links.txt": "why"}, Malformed),
        ({"directory/XA.json": "why"}, Malformed),
    ):
        before = played.xa.dump()
        with pytest.raises(error):
            disclose_case.disclose(played.xa.office, "bo", case.id, **ORDER, withhold=withhold)
        assert played.xa.dump() == before
