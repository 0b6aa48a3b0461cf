"""Statistics from the log: when they can be published, in which order, and what stands beside the log afterwards."""

import json

import pytest

from comity.base.errors import Conflict, Malformed, NotFound, NotPermitted, OutOfOrder
from comity.exchange.directory import Use
from comity.oversight.audit import Audited
from comity.oversight.periods import Span
from comity.oversight.published import as_named, look
from comity.oversight.release import path_of, read_release
from comity.transparency.entry import StatRow, make_entry, read_statement
from comity.transparency.pairs import open_statement
from comity.workflows import publish_statistics
from comity.workflows.audit_statistics import attest, attestation_path, enter_attestation, hand_over, read_openings
from comity.workflows.office import directory
from comity.workflows.stores import Leaf
from tests.simulators.story import at
from tests.simulators.world import XA, XB, Node, SmallWorld

Q4 = "2026-Q4"


@pytest.fixture
def world() -> SmallWorld:
    """The story to its end; then 20 January."""
    found = at("granted").copy()
    found.pass_days(44)
    found.publish()
    return found


def statements(node: Node, kind: str) -> list[dict[str, object]]:
    with node.office.store.transaction() as tx:
        found = [read_statement(entry) for _, entry in tx.log.statements(0)]
    return [one for one in found if one["kind"] == kind]


def test_a_draft_writes_nothing_and_says_what_is_not_closed(world: SmallWorld) -> None:
    before = world.xa.dump()
    found = publish_statistics.draft(world.xa.office, Q4)
    assert ("2026-12", XB) in found.open_months
    assert world.xa.dump() == before
    assert not [path for path in world.xa.log.files if path.startswith("stats/")]


def test_published_figures_stand_in_the_log_and_beside_it(world: SmallWorld) -> None:
    done = publish_statistics.publish(world.xa.office, "bo", Q4)
    assert done.proven
    files = world.xa.log.files
    assert read_release(files[path_of(Q4)]) == done.release
    assert {"stats/2026-Q4.csv", "stats/2026-Q4.tlog-proof", "stats/index.json"} <= files.keys()
    assert [one["period"] for one in json.loads(files["stats/index.json"])["releases"]] == [Q4]
    (said,) = statements(world.xa, "statistics")
    assert (said["sha256"], said["period"], said["end"]) == (done.release.sha256, Q4, done.release.end)
    assert {one.state for one in done.release.pairs} == {"agreed"}


def test_what_a_pair_exchanged_is_counted_alike_and_signed_by_both(world: SmallWorld) -> None:
    publish_statistics.publish(world.xa.office, "bo", Q4)
    said = []
    for node, peer in ((world.xa, XB), (world.xb, XA)):
        with node.office.store.transaction() as tx:
            close = tx.pairs.get("2026-12", peer)
        assert close is not None
        said.append(open_statement(close.ours, node.keys.signer(Use.AUTHORITY).public))
    assert said[0] == said[1]
    assert said[0].asked_by(XA)["outcome.granted"] == 1
    assert said[0].asked_by(XB) == {}


def test_a_period_that_is_not_settled_is_not_published(world: SmallWorld) -> None:
    with pytest.raises(OutOfOrder, match="settled on 2027-04-16"):
        publish_statistics.publish(world.xa.office, "bo", "2027-Q1")


def test_an_operator_or_oversight_publishes_and_nobody_else(world: SmallWorld) -> None:
    with pytest.raises(NotPermitted):
        publish_statistics.publish(world.xa.office, "anna", Q4)


def test_what_is_published_is_published_once_unless_everybody_is_to_see_it_again(world: SmallWorld) -> None:
    publish_statistics.publish(world.xa.office, "bo", Q4)
    with pytest.raises(Conflict, match="is published"):
        publish_statistics.publish(world.xa.office, "bo", Q4)
    publish_statistics.publish(world.xa.office, "bo", Q4, again=True)
    assert len(statements(world.xa, "statistics")) == 2


def test_shorter_periods_come_first_and_none_comes_later(world: SmallWorld) -> None:
    office = world.xa.office
    with pytest.raises(OutOfOrder, match="2026-Q1, 2026-Q2, 2026-Q3, 2026-Q4 is not published"):
        publish_statistics.publish(office, "bo", "2026")
    for period in ("2026-Q1", "2026-Q2", "2026-Q3", Q4):
        publish_statistics.publish(office, "bo", period)
    year = publish_statistics.publish(office, "bo", "2026").release
    assert year.start == 0
    assert [one.period for one in year.cells] == ["2026-Q1", "2026-Q2", "2026-Q3", Q4]
    with pytest.raises(OutOfOrder, match="2026 is published"):
        publish_statistics.publish(office, "bo", Q4, again=True)
    with pytest.raises(Malformed, match="another shortest period"):
        publish_statistics.publish(office, "bo", "2025-12", Span.MONTH)


def test_a_month_that_the_peer_has_to_begin_is_waited_for(world: SmallWorld) -> None:
    with world.wire.cut(world.xa.host), pytest.raises(OutOfOrder, match="not closed yet: 2026-12 with XA"):
        publish_statistics.publish(world.xb.office, "olga", Q4)
    world.pass_days(2)  # day 22: it begins itself
    with world.wire.cut(world.xa.host):
        release = publish_statistics.publish(world.xb.office, "olga", Q4).release
    assert {one.state for one in release.pairs if one.month == "2026-12"} == {"unanswered"}


def test_without_witnesses_the_figures_come_out_with_their_proof_once_the_log_names_them(world: SmallWorld) -> None:
    with world.wire.cut(world.witness.host):
        done = publish_statistics.publish(world.xa.office, "bo", Q4)
        assert not done.proven
        assert publish_statistics.complete(world.xa.office) == 0
    with pytest.raises(NotFound):
        look(world.xa.log, Q4, as_named)
    world.publish()
    assert publish_statistics.complete(world.xa.office) == 1
    assert path_of(Q4, "tlog-proof") in world.xa.log.files
    assert look(world.xa.log, Q4, as_named).faults == ()


def test_figures_published_again_take_the_place_of_the_first_only_when_the_log_names_them(world: SmallWorld) -> None:
    publish_statistics.publish(world.xa.office, "bo", Q4)
    first = world.xa.log.files[path_of(Q4)]
    with world.wire.cut(world.witness.host):
        publish_statistics.publish(world.xa.office, "bo", Q4, again=True)
        publish_statistics.complete(world.xa.office)
        assert world.xa.log.files[path_of(Q4)] == first
        assert look(world.xa.log, Q4, as_named).faults == ()
    world.publish()
    assert publish_statistics.complete(world.xa.office) == 1
    assert world.xa.log.files[path_of(Q4)] != first
    assert [one.kind for one in look(world.xa.log, Q4, as_named).faults] == ["changed"]


def test_files_that_are_gone_are_written_again_from_the_database(world: SmallWorld) -> None:
    publish_statistics.publish(world.xa.office, "bo", Q4)
    data = world.xa.log.files.pop(path_of(Q4))
    publish_statistics.complete(world.xa.office)
    assert world.xa.log.files[path_of(Q4)] == data


def test_a_provider_has_no_statistics_of_requests(world: SmallWorld) -> None:
    with pytest.raises(OutOfOrder, match="only an authority"):
        publish_statistics.draft(world.provider.office, Q4)


def test_rows_of_an_older_version_count_for_nothing_and_their_entries_still_open(world: SmallWorld) -> None:
    office = world.xa.office
    old = StatRow(office.mode, "sent", "preservation", "none", "none", "state").encode()
    assert old.endswith(b'"peer":"state"}')
    with office.store.transaction() as tx:
        entry = make_entry(old, b"{}", bytes(32), bytes(32))
        tx.log.append(Leaf(tx.log.size(), entry, "", 0, old, b"{}", bytes(32), bytes(32)))
    assert publish_statistics.draft(office, Q4).release.peers


# The auditor


def test_an_attestation_is_logged_and_stands_beside_the_figures(world: SmallWorld) -> None:
    release = publish_statistics.publish(world.xa.office, "bo", Q4).release
    lines = list(hand_over(world.xa.office, "bo", Q4))
    with world.witness.office.store.transaction() as tx:
        head, _ = read_openings(lines, directory(tx))
    assert head.sha256 == release.sha256
    found = Audited(1, 2, 3, 0, [])
    token = attest(world.witness.office, release, release.encode(), found)
    enter_attestation(world.xa.office, "bo", token)
    (said,) = statements(world.xa, "statistics-audit")
    assert (said["auditor"], said["faults"], said["statistics"]) == ("XC/observatory", 0, release.sha256)
    assert world.xa.log.files[attestation_path(Q4, "XC/observatory")] == token
    assert json.loads(world.xa.log.files["stats/index.json"])["releases"][0]["audits"] == ["XC/observatory"]


def test_nobody_attests_their_own_figures_or_other_ones(world: SmallWorld) -> None:
    release = publish_statistics.publish(world.xa.office, "bo", Q4).release
    found = Audited(1, 2, 3, 0, [])
    own = attest(world.xa.office, release, release.encode(), found)
    other = attest(world.witness.office, release, b"other", found)
    for token in (own, other):
        with pytest.raises(Conflict, match="other figures"):
            enter_attestation(world.xa.office, "bo", token)


def test_openings_are_of_published_figures_and_their_signatures_are_checked(world: SmallWorld) -> None:
    with pytest.raises(NotFound, match="not published"):
        hand_over(world.xa.office, "bo", Q4)
    publish_statistics.publish(world.xa.office, "bo", Q4)
    lines = list(hand_over(world.xa.office, "bo", Q4))
    with world.witness.office.store.transaction() as tx:
        known = directory(tx)
    twice = [lines[0], lines[1], lines[1]]
    for wrong in ([b"{}\n"], [lines[0], b"x" * 5000], [lines[0], b'{"index":1}\n'], twice):
        with pytest.raises(Malformed):
            list(read_openings(wrong, known)[1].openings)
    head = json.loads(lines[0])
    head["months"][0]["peer"] = "XC/observatory"
    with pytest.raises((Malformed, NotFound)):
        read_openings([json.dumps(head).encode()], known)
