"""A backup that was really restored: nothing is signed over it, and what it lacks is taken back from a mirror."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters.sql.database import Database, make_engine
from comity.base.digests import Digest
from comity.base.errors import BadProof, Conflict, NotFound, NotPermitted, Unavailable
from comity.cases.case import Case
from comity.cli.main import main
from comity.crypto import merkle
from comity.transparency.entry import read_statement
from comity.workflows import letters, sequence_log
from comity.workflows.log_keys import own_keys
from comity.workflows.log_state import log_state
from comity.workflows.log_stores import MissingProof
from comity.workflows.prove_entry import moved_from, prove
from comity.workflows.record import state_publicly
from comity.workflows.recover_log import Recovered, recover
from comity.workflows.swap_proofs import swap
from tests.simulators.fakes import MemoryLog
from tests.simulators.story import approve, ask, draft
from tests.simulators.world import XA, SmallWorld, new_world, preservation


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    """XA's database is a file; a checkpoint is published, then the file is copied, then more is published."""
    found = new_world()
    live = tmp_path / "comity.db"
    target = sqlite3.connect(live)
    with found.xa.database.engine.connect() as source:
        source.connection.driver_connection.backup(target)  # type: ignore[union-attr]
    target.close()
    found.restore(XA, opened(live))
    sequence_log.publish(found.xa.office)
    found.xa.database.scrub()
    shutil.copy(live, tmp_path / "backup.db")
    ask(found, preservation())
    for _ in range(4):
        approve(found, draft(found, preservation()))
    sequence_log.publish(found.xa.office)
    yield found
    found.xa.database.close()


def opened(path: Path) -> Database:
    return Database(make_engine(path))


def restore(world: SmallWorld, tmp_path: Path) -> MemoryLog:
    """Put the copied file back, as an operator would; the published files as a mirror has them."""
    mirror = MemoryLog(dict(world.xa.log.files))
    world.xa.database.close()
    for left in tmp_path.glob("comity.db*"):
        left.unlink()
    shutil.copy(tmp_path / "backup.db", tmp_path / "comity.db")
    world.restore(XA, opened(tmp_path / "comity.db"))
    return mirror


def size(world: SmallWorld) -> int:
    with world.xa.office.store.transaction() as tx:
        return tx.log.size()


def entries(world: SmallWorld) -> list[bytes]:
    with world.xa.office.store.transaction() as tx:
        return list(tx.log.entries(0, tx.log.size()))


def test_a_restored_file_gets_nothing_signed_and_an_alarm_says_so(world: SmallWorld, tmp_path: Path) -> None:
    standing = sequence_log.published(world.xa.office)
    restore(world, tmp_path)
    assert size(world) == 8
    for _ in range(3):
        approve(world, draft(world, preservation()))  # work goes on
        with pytest.raises(Conflict, match="does not continue"):
            sequence_log.publish(world.xa.office)
    assert sequence_log.published(world.xa.office) == standing
    assert [one.kind for one in log_state(world.xa.office).alarms] == ["recovery"]


def test_what_is_lacking_is_taken_back_and_the_log_goes_on(world: SmallWorld, tmp_path: Path) -> None:
    before = entries(world)
    mirror = restore(world, tmp_path)
    assert recover(world.xa.office, "bo", mirror) == Recovered(8, len(before), 0)
    assert entries(world)[:-1] == before
    told = read_statement(entries(world)[-1])
    assert (told["kind"], told["from"], told["to"], told["moved"]) == ("recovery", 8, len(before), 0)
    published = sequence_log.publish(world.xa.office)
    assert published.size > len(before)
    leaves = [merkle.leaf_hash(entry) for entry in entries(world)]
    path = merkle.consistency_path(leaves, len(before))
    old = merkle.root([merkle.leaf_hash(entry) for entry in before])
    merkle.verify_consistency(len(before), old, len(leaves), merkle.root(leaves), path)
    assert log_state(world.xa.office).alarms == ()


def test_what_was_done_since_the_restore_keeps_its_content_and_gets_new_places(
    world: SmallWorld, tmp_path: Path
) -> None:
    before = entries(world)
    mirror = restore(world, tmp_path)
    case = approve(world, draft(world, preservation()))
    own = [(leaf.entry, leaf.body) for leaf in world.xa.leaves(case.id)]
    assert recover(world.xa.office, "bo", mirror).moved == len(own)
    assert [(leaf.entry, leaf.body) for leaf in world.xa.leaves(case.id)] == own
    assert [leaf.index for leaf in world.xa.leaves(case.id)] == list(range(len(before), len(before) + len(own)))
    sequence_log.publish(world.xa.office)


def sent_after_restore(world: SmallWorld) -> Case:
    """A request signed on the restored database: its letter is printed, and its document names its place."""
    case = approve(world, draft(world, preservation()))
    world.settle()
    return world.xa.case(case.id)


def test_a_letter_printed_since_the_restore_leads_to_the_new_place_and_says_the_old(
    world: SmallWorld, tmp_path: Path
) -> None:
    mirror = restore(world, tmp_path)
    case = sent_after_restore(world)
    printed = letters.print_letter(world.xa.office, "anna", case.id, "/")
    before = letters.find_letter(world.xa.office, printed.code)
    assert before is not None and before.stood_at is None
    by = recover(world.xa.office, "bo", mirror)
    sequence_log.publish(world.xa.office)
    found = letters.find_letter(world.xa.office, printed.code)
    assert found is not None
    assert (found.index, found.stood_at, found.in_log) == (before.index + by.end - by.start, before.index, True)
    assert found.index in [leaf.index for leaf in world.xa.leaves(case.id)]
    by_document = letters.find_document(world.xa.office, Digest.of(document_of(world, case)))
    assert by_document is not None
    assert (by_document.index, by_document.stood_at) == (found.index, before.index)


def document_of(world: SmallWorld, case: Case) -> bytes:
    return bytes(next(row["document"] for row in world.xa.dump()["outbox"] if row["case_id"] == case.id))


def test_a_proof_made_after_the_recovery_holds_for_the_peer_too(world: SmallWorld, tmp_path: Path) -> None:
    mirror = restore(world, tmp_path)
    case = sent_after_restore(world)
    by = recover(world.xa.office, "bo", mirror)
    sequence_log.publish(world.xa.office)
    assert swap(world.xb.office) > 0
    message = next(row["id"] for row in world.xa.dump()["outbox"] if row["case_id"] == case.id)
    with world.xb.office.store.transaction() as tx:
        held = tx.proofs.get(message, XA)
        assert tx.proofs.missing() == []
    assert held is not None
    assert held.index in [leaf.index for leaf in world.xa.leaves(case.id)]
    assert moved_from(world.xa.office, by.start) == (by.end,)
    assert moved_from(world.xa.office, by.start - 1) == moved_from(world.xa.office, by.start + by.moved) == ()


def test_verify_letter_gives_the_new_place_and_the_log_itself_says_what_moved(
    world: SmallWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = restore(world, tmp_path)
    case = sent_after_restore(world)
    recover(world.xa.office, "bo", mirror)
    sequence_log.publish(world.xa.office)
    with world.xa.office.store.transaction() as tx:
        vkey = own_keys(world.xa.office, tx)[0].key.vkey
    document = document_of(world, case)
    leaf = next(one for one in world.xa.leaves(case.id) if str(Digest.of(document)).encode() in one.body)
    (tmp_path / "letter.jws").write_bytes(document)
    (tmp_path / "letter.tlog-proof").write_bytes(prove(world.xa.office, leaf.index, with_opening=True)[1])
    for name, data in world.xa.log.files.items():
        file = tmp_path / "log" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    command = ["verify", "letter", str(tmp_path / "letter.tlog-proof"), "--file", str(tmp_path / "letter.jws")]
    command += ["--vkey", vkey, "--at-least", "0"]
    assert main(command) == 0
    told = " ".join("".join(capsys.readouterr()).split())
    assert f"as entry {leaf.index} of" in told
    assert "the document names entry" in told and "with --log" in told
    assert main([*command, "--log", str(tmp_path / "log"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["index"], found["stood_at"]) == (leaf.index, found["named_index"])
    assert found["stood_at"] < leaf.index < found["statement"]
    statement = read_statement(entries(world)[found["statement"]])
    assert statement["kind"] == "recovery"


def test_what_is_kept_beside_the_log_names_the_new_places(world: SmallWorld, tmp_path: Path) -> None:
    mirror = restore(world, tmp_path)
    with world.xa.office.store.transaction() as tx:
        old = state_publicly(world.xa.office, tx, "missing-proof", {"node": "XA/a", "peer": "XB/b", "why": "no-proof"})
        tx.proofs.miss(MissingProof("m", "XB/b", "no-proof", old))
    said = entries(world)[old]
    recover(world.xa.office, "bo", mirror)
    with world.xa.office.store.transaction() as tx:
        (missing,) = tx.proofs.missing()
        assert tx.log.entries(missing.index, missing.index + 1) == [said]
        assert [(one.count, one.was) for one in tx.log.moves()] == [(1, old)]


def test_a_whole_folder_restored_is_told_by_its_witness_and_recovers_too(world: SmallWorld, tmp_path: Path) -> None:
    mirror = restore(world, tmp_path)
    world.xa.log.files.clear()
    world.xa.head.head = None
    with pytest.raises(Conflict, match="seen by"):
        sequence_log.publish(world.xa.office)
    recover(world.xa.office, "bo", mirror)
    sequence_log.publish(world.xa.office)


def test_a_copy_that_is_not_what_was_signed_changes_nothing(world: SmallWorld, tmp_path: Path) -> None:
    mirror = restore(world, tmp_path)
    for name in [name for name in mirror.files if name.startswith("tile/entries")]:
        mirror.files[name] = mirror.files[name][:-1] + b"x"
    before = world.xa.dump()
    with pytest.raises(BadProof):
        recover(world.xa.office, "bo", mirror)
    mirror.files.clear()
    with pytest.raises(NotFound):
        recover(world.xa.office, "bo", mirror)
    assert world.xa.dump() == before


def test_a_log_that_lacks_nothing_is_left_alone(world: SmallWorld) -> None:
    with pytest.raises(NotFound, match="nothing that was signed is missing"):
        recover(world.xa.office, "bo", MemoryLog(dict(world.xa.log.files)))


def test_without_its_witnesses_nobody_knows_what_to_take_back(world: SmallWorld, tmp_path: Path) -> None:
    mirror = restore(world, tmp_path)
    with world.wire.cut(world.witness.host), pytest.raises(Unavailable):
        recover(world.xa.office, "bo", mirror)
    with pytest.raises(NotPermitted):
        recover(world.xa.office, "anna", mirror)
