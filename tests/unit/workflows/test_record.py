"""Writing a fact: event and log entry together, and what the entry says."""

import pytest
from sqlalchemy import update

from comity.adapters.sql.tables import case_event
from comity.base.errors import Conflict, NotVerified
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.cases import events
from comity.transparency.entry import read_stat_row, read_statement
from comity.workflows.record import LogBody, load, pad, record
from comity.workflows.stores import Leaf
from tests.simulators.story import at, case_at, draft
from tests.simulators.world import XA, new_world, preservation


def test_an_event_and_its_entry_name_the_same_link() -> None:
    world = at("asked")
    case = case_at(world, "xa", "preservation")
    body = read_json(world.xa.leaves(case.id)[-1].body, LogBody, limit=65536, what="the log body")
    assert (body.event_sha256, body.event) == (str(case.head), "receipted")


def test_an_entry_tells_no_names_and_no_content() -> None:
    world = at("examined")
    said = [
        leaf.body + leaf.stat for node in world.nodes.values() for case in node.cases() for leaf in node.leaves(case.id)
    ]
    for word in (b"anna", b"rita", b"lee", b"192.0.2", b"gain-fast", b"fraud", b"access.log"):
        assert not any(word in one for one in said)


def test_a_statistics_row_says_provider_or_state_and_never_who() -> None:
    world = at("examined")
    for node in world.nodes.values():
        for case in node.cases():
            rows = {read_stat_row(leaf.stat).peer for leaf in node.leaves(case.id)}
            assert rows == ({"provider"} if case.position == "provider" else {"state"})


def test_a_live_entry_bears_no_stamp_and_an_exercise_always_does() -> None:
    for mode, stamp in ((Mode.LIVE, ""), (Mode.EXERCISE, "EXERCISE")):
        world = new_world(mode)
        case = draft(world, preservation())
        (leaf,) = world.xa.leaves(case.id)
        assert read_json(leaf.body, LogBody, limit=65536, what="the log body").stamp == stamp
        assert read_stat_row(leaf.stat).mode is mode
        with world.xa.office.store.transaction() as tx:
            statement = tx.log.leaf(0)
        assert statement is not None
        assert (read_statement(statement.entry)["mode"], read_statement(statement.entry)["stamp"]) == (mode, stamp)


def test_two_cases_never_share_the_key_that_hides_them() -> None:
    world = new_world()
    cases = [draft(world, preservation()) for _ in range(2)]
    with world.xa.office.store.transaction() as tx:
        keys = [tx.log.key(f"case:{case.id}") for case in cases]
    assert None not in keys
    assert len(set(keys)) == 2
    entries = [world.xa.leaves(case.id)[0].entry for case in cases]
    assert entries[0] != entries[1]


def test_a_case_whose_events_were_changed_in_the_database_is_not_loaded() -> None:
    world = at("asked")
    case = case_at(world, "xa", "preservation")
    with world.xa.database.engine.begin() as connection:
        changed = world.xa.dump()["case_event"][0]["event"].replace(b'"anna"', b'"otto"')
        connection.execute(update(case_event).where(case_event.c.number == 1).values(event=changed))
    with pytest.raises(NotVerified), world.xa.office.store.transaction() as tx:
        load(tx, case.id)


def test_a_case_that_is_not_here_is_not_loaded() -> None:
    world = new_world()
    with pytest.raises(NotVerified), world.xa.office.store.transaction() as tx:
        load(tx, "01a24fbb-0000-7000-8000-000000000000")


def test_of_two_who_act_on_the_same_case_at_once_the_second_is_told() -> None:
    world = new_world()
    case = draft(world, preservation())
    event = events.Withdrawn(at=1, by="anna", reasons="none")
    with world.xa.office.store.transaction() as tx:
        record(world.xa.office, tx, case, event)
    with pytest.raises(Conflict), world.xa.office.store.transaction() as tx:
        record(world.xa.office, tx, case, event)
    assert world.xa.history(case.id) == ["drafted", "withdrawn"]


def test_pads_fill_up_to_a_multiple_and_no_further() -> None:
    world = new_world()
    office = world.change(XA, pad_to=16)
    with office.store.transaction() as tx:
        pad(office, tx)
        pad(office, tx)
        assert tx.log.size() == 16
        assert len(set(tx.log.entries(0, 16))) == 16
    with world.change(XA, pad_to=1).store.transaction() as tx:
        tx.log.append(Leaf(16, b"\x01" + bytes(64)))
        pad(world.xa.office, tx)
        assert tx.log.size() == 17


def test_what_one_node_has_read_is_nothing_to_another_in_the_same_process() -> None:
    world = new_world()
    case = draft(world, preservation())
    other = world.copy()
    with world.xa.office.store.transaction() as tx:
        read = load(tx, case.id)
    with world.xa.office.store.transaction() as tx:
        assert load(tx, case.id) is read
    with other.xa.office.store.transaction() as tx:
        assert load(tx, case.id) == read
        assert load(tx, case.id) is not read
