"""False statistics, each told by whom they are caught: anyone, the counterpart, an auditor, or nobody.

Every case is played by the real program on both sides; only the dishonest node's own figures are changed, and it signs
and logs them as if they were true. docs/formats/statistics.md has the same as a table.
"""

from collections.abc import Callable, Iterator

import msgspec
import pytest
from sqlalchemy import delete

from comity.adapters.sql.tables import outbox
from comity.base.ids import NodeId
from comity.oversight.audit import Audited, Recount, audit
from comity.oversight.books import Books, Month, open_books
from comity.oversight.checks import check_cells, check_pair
from comity.oversight.drafting import Place, cells_of, make_release
from comity.oversight.periods import Span, deadline
from comity.oversight.published import Trust, look
from comity.oversight.release import Release, path_of, read_release
from comity.transparency.cosignature import verify_quorum
from comity.transparency.note import parse_vkey
from comity.transparency.published import entries_of
from comity.workflows import audit_statistics, publish_statistics
from comity.workflows.office import directory
from comity.workflows.sequence_log import published
from comity.workflows.statistics_books import count_period
from tests.simulators import dishonest
from tests.simulators.story import approve, draft, grant
from tests.simulators.world import XA, XB, Node, SmallWorld, new_world, preservation, production

PERIOD = "2026-Q4"
OPERATORS = {XA: "bo", XB: "olga"}
_PLAYED: list[SmallWorld] = []


@pytest.fixture
def world() -> SmallWorld:
    """Seven requests of XA to XB in December; it is 20 January, and nothing is closed yet."""
    if not _PLAYED:
        played = new_world()
        for _ in range(5):
            approve(played, draft(played, preservation()))
        for _ in range(2):
            approve(played, draft(played, production()))
        played.settle()
        grant(played, next(one for one in played.xb.cases() if one.procedure == "stored_data"))
        played.settle()
        played.pass_days(44)
        _PLAYED.append(played)
    return _PLAYED[0].copy()


def publish_both(world: SmallWorld) -> None:
    world.publish()
    for node in (world.xa, world.xb):
        publish_statistics.publish(node.office, OPERATORS[node.id], PERIOD)


def release_of(node: Node) -> Release:
    return read_release(node.log.files[path_of(PERIOD)])


def by_own_keys(release: Release) -> Trust:
    witnesses = [parse_vkey(one) for one in release.witnesses]
    return Trust(tuple(parse_vkey(one) for one in release.vkeys), lambda note: verify_quorum(note, witnesses, 1))


def anyone(world: SmallWorld) -> set[tuple[str, str]]:
    """What is found with the published files alone: (node, kind)."""
    looked = [look(node.log, PERIOD, by_own_keys) for node in (world.xa, world.xb)]
    faults = [*looked[0].faults, *looked[1].faults, *check_pair(looked[0].release, looked[1].release)]
    return {(one.node, one.kind) for one in faults}


def counterpart(node: Node, other: Node) -> set[tuple[str, str]]:
    own = cells_of(count_period(node.office, PERIOD, Span.QUARTER).books)
    return {(one.node, one.kind) for one in check_cells(release_of(other), node.id, own)}


def audited(world: SmallWorld, node: Node) -> Audited:
    lines = audit_statistics.hand_over(node.office, OPERATORS[node.id], PERIOD)
    with world.witness.office.store.transaction() as tx:
        _, given = audit_statistics.read_openings(lines, directory(tx))
    standing, release = published(node.office), release_of(node)
    assert standing is not None
    return audit(release, {}, given, entries_of(node.log, release.start, standing.size))


def auditor(world: SmallWorld, node: Node) -> set[tuple[str, str]]:
    return {(one.node, one.kind) for one in audited(world, node).faults}


def republish(node: Node, change: Callable[[Release], Release]) -> None:
    """The node publishes other figures than its own from the start: its log names that file and no other."""
    release = change(publish_statistics.draft(node.office, PERIOD).release)
    publish_statistics.put_out(node.office, release)


def close_all(world: SmallWorld) -> None:
    """Every month is closed by both, as publishing would."""
    world.publish()
    publish_statistics.publish(world.xa.office, "bo", PERIOD)


def recount(node: Node, change: Callable[[Month], Month]) -> Callable[[Release], Release]:
    """The release that other months would give, with their cells and sums in order."""

    def changed(release: Release) -> Release:
        books = count_period(node.office, PERIOD, Span.QUARTER).books
        other = open_books(node.id, PERIOD, Span.QUARTER, [change(one) for one in books.months], [])
        place = Place(release.start, release.end, release.origin, release.vkeys, release.witnesses)
        return make_release(_with_own(other, books), {}, release.mode, place)

    return changed


def _with_own(books: Books, of: Books) -> Books:
    books.own.update(of.own)
    return books


def test_honest_figures_are_found_good_by_all_three(world: SmallWorld) -> None:
    publish_both(world)
    assert anyone(world) == set()
    assert counterpart(world.xa, world.xb) == counterpart(world.xb, world.xa) == set()
    for node in (world.xa, world.xb):
        found = audited(world, node)
        assert found.faults == []
        release = release_of(node)
        assert found.steps + found.pads + found.statements == release.end - release.start
    (figure,) = [one for one in release_of(world.xa).peers if one.direction == "sent"]
    assert figure.count == 7


def test_a_total_changed_by_one_is_caught_by_anyone(world: SmallWorld) -> None:
    close_all(world)

    def one_less(release: Release) -> Release:
        peers = [msgspec.structs.replace(one, count=6) if one.direction == "received" else one for one in release.peers]
        return msgspec.structs.replace(release, peers=tuple(peers))

    republish(world.xb, one_less)
    assert (XB, "sum") in anyone(world)
    assert counterpart(world.xa, world.xb) == set()  # its cells are the true ones
    assert auditor(world, world.xb) == {(XB, "figures")}


def test_figures_changed_after_they_were_published_are_caught_by_anyone(world: SmallWorld) -> None:
    publish_both(world)
    path = path_of(PERIOD)
    world.xb.log.files[path] = world.xb.log.files[path].replace(b'"count":7', b'"count":8')
    assert {(XB, "hash"), (XB, "sum")} <= anyone(world)


def test_figures_published_twice_are_seen_by_anyone(world: SmallWorld) -> None:
    publish_both(world)
    publish_statistics.publish(world.xb.office, "olga", PERIOD, again=True)
    assert anyone(world) == {(XB, "changed")}


def test_a_request_that_one_end_hides_is_caught_by_anyone_and_by_the_counterpart(world: SmallWorld) -> None:
    hidden = world.xa.outbox()[0].id
    dishonest.denies(world, XB, [hidden])
    publish_both(world)
    assert {(XA, "cells"), (XB, "cells"), (XA, "close"), (XB, "close")} <= anyone(world)
    assert counterpart(world.xa, world.xb) == {(XB, "cells")}
    assert {(XB, "category")} <= auditor(world, world.xb)  # its own log still has the step
    assert auditor(world, world.xa) == set()  # and so it is told who lies


def test_a_category_that_one_end_misstates_is_caught_by_anyone_and_by_the_counterpart(world: SmallWorld) -> None:
    close_all(world)

    def as_serious_crime(month: Month) -> Month:
        counts = {("offence.serious-crime" if one == "offence.art-13" else one): n for one, n in month.received.items()}
        return Month(month.month, month.peer, month.salt, month.sent, counts, month.state)

    republish(world.xb, recount(world.xb, as_serious_crime))
    assert anyone(world) == {(XA, "cells"), (XB, "cells")}
    assert counterpart(world.xa, world.xb) == {(XB, "cells")}
    assert {(XB, "cells"), (XB, "figures")} & auditor(world, world.xb)


def test_figures_of_steps_inside_one_office_are_for_an_auditor(world: SmallWorld) -> None:
    close_all(world)

    def nobody_told(release: Release) -> Release:
        tables = []
        for one in release.tables:
            zeros = tuple(msgspec.structs.replace(figure, count=0) for figure in one.classes)
            is_own = one.by == "dual" and one.direction == "received"
            tables.append(msgspec.structs.replace(one, classes=zeros, total=0) if is_own else one)
        return msgspec.structs.replace(release, tables=tuple(tables))

    republish(world.xb, nobody_told)
    assert anyone(world) == set()
    assert counterpart(world.xa, world.xb) == set()
    assert auditor(world, world.xb) == {(XB, "figures")}


def test_late_figures_are_seen_by_anyone_and_so_are_figures_without_a_date(world: SmallWorld) -> None:
    close_all(world)
    world.pass_days(11)
    assert world.xb.clock.now() > deadline(PERIOD)
    publish_statistics.publish(world.xb.office, "olga", PERIOD)
    assert anyone(world) == {(XB, "late")}
    del world.xb.log.files[path_of(PERIOD, "tlog-proof")]
    assert anyone(world) == {(XB, "undated")}


def forgets(world: SmallWorld, node: NodeId, message: str) -> None:
    with world.nodes[node].database.engine.begin() as connection:
        connection.execute(delete(outbox).where(outbox.c.id == message))


def test_two_who_agree_to_leave_out_a_request_are_caught_by_an_auditor_and_by_nobody_else(world: SmallWorld) -> None:
    agreed = world.xa.outbox()[0].id
    forgets(world, XA, agreed)
    dishonest.denies(world, XB, [agreed])
    publish_both(world)
    assert anyone(world) == set()
    assert counterpart(world.xa, world.xb) == set()
    assert {(XA, "category")} <= auditor(world, world.xa)
    assert {(XB, "category")} <= auditor(world, world.xb)
    (figure,) = [one for one in release_of(world.xa).peers if one.direction == "sent"]
    assert figure.count == 6


def test_an_exchange_that_both_keep_out_of_their_logs_is_caught_by_nobody(world: SmallWorld) -> None:
    """It was never sent by this program: there is no step, no message, no entry. Documents and output say so."""
    publish_both(world)
    assert anyone(world) == set()
    assert auditor(world, world.xa) == auditor(world, world.xb) == set()


def test_an_entry_of_which_nothing_is_shown_is_caught_by_an_auditor(world: SmallWorld) -> None:
    publish_both(world)
    lines = list(audit_statistics.hand_over(world.xa.office, "bo", PERIOD))
    with world.witness.office.store.transaction() as tx:
        _, given = audit_statistics.read_openings([lines[0], *lines[2:]], directory(tx))
    standing, release = published(world.xa.office), release_of(world.xa)
    assert standing is not None
    found = audit(release, {}, given, entries_of(world.xa.log, release.start, standing.size))
    assert "unopened" in {one.kind for one in found.faults}


def test_openings_and_entries_are_read_side_by_side_and_neither_is_kept(world: SmallWorld) -> None:
    publish_both(world)
    lines = list(audit_statistics.hand_over(world.xa.office, "bo", PERIOD))
    taken = 0

    def counted() -> Iterator[bytes]:
        nonlocal taken
        for taken, line in enumerate(lines, 1):  # noqa: B007 - read while it goes on
            yield line

    with world.witness.office.store.transaction() as tx:
        _, given = audit_statistics.read_openings(counted(), directory(tx))
    standing, release = published(world.xa.office), release_of(world.xa)
    assert standing is not None
    recount = Recount(release, {}, given)
    assert taken == 2  # the head, and the first opening
    for done, (index, entry) in enumerate(entries_of(world.xa.log, 0, standing.size), 1):
        recount.take(index, entry)
        assert taken <= done + 2
    assert recount.result().faults == []
    assert taken == len(lines)
