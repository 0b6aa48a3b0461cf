"""The tables of six invented States, by quarter and year: sums, cells, and small numbers."""

import msgspec
import pytest

from comity.base.encoding import b64u
from comity.base.errors import Malformed
from comity.oversight import classes as c
from comity.oversight.checks import Stated, check_figures, check_pair, check_range
from comity.oversight.release import Release, as_csv, path_of, read_release
from comity.oversight.suppression import LEAST
from tests.simulators.figures import STATES, exchanged, release

QUARTER, YEAR = "2026-Q4", "2026"
XA, XB = STATES[:2]


def kinds(changed: Release) -> set[str]:
    return {fault.kind for fault in check_figures(changed, None)}


def replaced(found: Release, direction: str, by: str, **changes: object) -> Release:
    tables = [
        msgspec.structs.replace(one, **changes) if (one.direction, one.by) == (direction, by) else one
        for one in found.tables
    ]
    return msgspec.structs.replace(found, tables=tuple(tables))


@pytest.mark.parametrize(("seed", "period"), [(1, QUARTER), (2, QUARTER), (1, YEAR)])
def test_figures_add_up_and_none_is_small(seed: int, period: str) -> None:
    for node in (XA, XB):
        found = release(seed, node, period)
        assert list(check_figures(found, as_csv(found))) == []
        figures = [one.count for table in found.tables for one in table.classes]
        figures += [one.count for one in found.peers]
        assert all(one is None or one == 0 or one >= LEAST for one in figures)
        assert any(one for one in figures)
    assert list(check_pair(release(seed, XA, period), release(seed, XB, period))) == []


def test_a_figure_is_what_was_exchanged() -> None:
    found = release(1, XA, QUARTER)
    for one in found.peers:
        asks, asked = (XA, one.peer) if one.direction == "sent" else (one.peer, XA)
        whole = sum(
            count
            for month in ("2026-10", "2026-11", "2026-12")
            for name, count in exchanged(1, asks, asked, month).items()
            if name.startswith("measure.")
        )
        assert one.count == (None if 0 < whole < LEAST else whole)


def test_refusals_are_told_by_ground_where_their_number_is() -> None:
    for seed, node in ((1, XA), (2, XB)):
        tables = {one.by: one for one in release(seed, node, YEAR).tables if one.direction == "received"}
        refused = next(one for one in tables["outcome"].classes if one.name == "refused")
        assert tables["ground"].total == refused.count
    assert refused.count
    assert any(one.count for one in tables["ground"].classes)


def test_a_year_opens_more_than_its_quarters() -> None:
    def opened(found: Release) -> int:
        return sum(1 for table in found.tables for one in table.classes if one.count)

    assert opened(release(1, XA, YEAR)) > opened(release(1, XA, QUARTER))


def test_the_file_reads_back_and_in_no_other_spelling() -> None:
    data = release(1, XA, QUARTER).encode()
    assert read_release(data) == release(1, XA, QUARTER)
    for wrong in (data.replace(b'"v":1', b'"v":2'), data.replace(b",", b", ", 1), data[:-1], b"{}"):
        with pytest.raises(Malformed):
            read_release(wrong)
    with pytest.raises(Malformed):
        path_of("../key")


def test_a_changed_total_figure_or_opening_does_not_add_up() -> None:
    found = release(1, XA, YEAR)
    table = next(one for one in found.tables if one.direction == "sent" and one.by == "basis")
    assert table.total is not None
    assert kinds(replaced(found, "sent", "basis", total=table.total + 1)) == {"sum"}
    assert kinds(replaced(found, "sent", "basis", opening=b64u(bytes(32)))) == {"sum"}
    more = tuple(msgspec.structs.replace(one, count=one.count + 1) if one.count else one for one in table.classes)
    assert kinds(replaced(found, "sent", "basis", classes=more)) == {"sum"}
    peers = tuple(msgspec.structs.replace(one, count=one.count + 1) if one.count else one for one in found.peers)
    assert kinds(msgspec.structs.replace(found, peers=peers)) == {"sum"}


def test_a_small_figure_a_weaker_policy_and_another_deadline_are_seen() -> None:
    found = release(1, XA, QUARTER)
    assert "small" in kinds(msgspec.structs.replace(found, least=1))
    assert "small" in kinds(replaced(found, "received", "notified", total=3))
    assert kinds(msgspec.structs.replace(found, deadline="2030-01-01T00:00:00Z")) == {"late"}


def test_cells_that_are_no_points_or_are_missing_are_refused() -> None:
    found = release(1, XA, QUARTER)
    first = found.cells[0]
    for cell in (b64u(b"\1" + bytes(31)), b64u(bytes(32)), "AA"):
        cells = (msgspec.structs.replace(first, sent={**first.sent, c.categories()[0]: cell}), *found.cells[1:])
        assert kinds(msgspec.structs.replace(found, cells=cells)) == {"cells"}
    for left in (found.cells[1:], (*found.cells, first)):
        assert kinds(msgspec.structs.replace(found, cells=left)) & {"cells", "sum"}


def test_a_table_that_is_left_out_or_a_csv_that_says_something_else_is_seen() -> None:
    found = release(1, XA, QUARTER)
    assert kinds(msgspec.structs.replace(found, tables=found.tables[1:])) == {"sum"}
    assert {one.kind for one in check_figures(found, as_csv(found) + b"x")} == {"csv"}


def test_a_pair_whose_month_was_not_answered_is_told() -> None:
    found = release(1, XA, QUARTER)
    pairs = (msgspec.structs.replace(found.pairs[0], state="unanswered"), *found.pairs[1:])
    assert kinds(msgspec.structs.replace(found, pairs=pairs)) == {"close"}


def test_cells_of_a_month_that_two_closed_apart_are_said_to_be_beyond_comparing() -> None:
    ours, theirs = release(1, XA, QUARTER), release(2, XB, QUARTER)
    (month, *_) = (one.month for one in ours.pairs if one.peer == XB)
    apart = tuple(
        msgspec.structs.replace(one, state="unanswered") if (one.peer, one.month) == (XB, month) else one
        for one in ours.pairs
    )
    before = [one.what for one in check_pair(ours, theirs) if one.kind == "cells"]
    after = [one.what for one in check_pair(msgspec.structs.replace(ours, pairs=apart), theirs) if one.kind == "cells"]
    assert before and len(after) == len(before)
    assert all("is not the same in both" in one for one in before)
    assert all(f"cannot be compared, for they closed {month} apart" in one for one in after)


def test_two_that_publish_different_periods_are_not_compared_in_silence() -> None:
    found = list(check_pair(release(1, XA, QUARTER), release(1, XB, YEAR)))
    assert {one.node for one in found} == {XA, XB}


def test_a_range_that_leaves_entries_out_is_seen() -> None:
    found = msgspec.structs.replace(release(1, XA, QUARTER), start=100)
    before = Stated(120, {"period": "2026-Q3", "end": 110})
    assert [one.kind for one in check_range(found, [])] == ["range"]
    assert list(check_range(found, [before])) == []
    assert [one.kind for one in check_range(found, [Stated(120, {"period": "2026-Q3", "end": 90})])] == ["range"]
