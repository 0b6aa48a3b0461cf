"""The log's rows: gapless, and no two signed heads of one size."""

import pytest

from comity.adapters.sql.database import Database
from comity.base.digests import Digest
from comity.base.errors import Conflict
from comity.crypto import merkle
from comity.transparency.tree import leaf_row
from comity.workflows.stores import Leaf, TreeHead

LEAVES = [Leaf(n, b"entry %d" % n, f"case-{n % 2}", n, b"stat", b"body", b"s" * 32, b"b" * 32) for n in range(6)]


def test_entries_come_back_by_place_by_range_and_by_case(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.log.size() == 0
        for leaf in LEAVES:
            tx.log.append(leaf)
        assert tx.log.size() == 6
        assert list(tx.log.entries(2, 4)) == [b"entry 2", b"entry 3"]
        assert list(tx.log.entries(0, 99)) == [leaf.entry for leaf in LEAVES]
        assert tx.log.leaf(3) == LEAVES[3]
        assert tx.log.leaf(6) is None
        assert list(tx.log.of_case("case-1")) == LEAVES[1::2]
        assert list(tx.log.leaves(2, 4)) == LEAVES[2:4]
        assert list(tx.log.leaves(4, 99)) == LEAVES[4:]


def test_the_cases_of_a_stretch_of_the_log_are_named_once_in_its_order(database: Database) -> None:
    with database.transaction() as tx:
        tx.log.append_all([*LEAVES, Leaf(6, b"of no case")])
        assert list(tx.log.cases_between(3, 7)) == ["case-1", "case-0"]
        assert list(tx.log.cases_between(4, 5)) == ["case-0"]
        assert list(tx.log.cases_between(6, 7)) == []


@pytest.mark.parametrize("index", [0, 2, 7])
def test_an_entry_goes_only_next_to_the_last(database: Database, index: int) -> None:
    with database.transaction() as tx:
        tx.log.append(Leaf(0, b"first"))
        with pytest.raises(Conflict):
            tx.log.append(Leaf(index, b"elsewhere"))
        assert list(tx.log.entries(0, 99)) == [b"first"]


def test_keys_are_kept_by_their_scope(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.log.key("case:1") is None
        tx.log.put_key("case:1", b"k" * 32)
        assert tx.log.key("case:1") == b"k" * 32
        assert tx.log.key("case:2") is None


def head(size: int, name: bytes = b"") -> TreeHead:
    return TreeHead(size, Digest.of(name, bytes([size])))


def test_the_signed_head_is_replaced_only_by_who_knows_it(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.log.signed() is None
        tx.log.set_signed(None, head(1))
        tx.log.set_signed(head(1), head(2))
        assert tx.log.signed() == head(2)


@pytest.mark.parametrize("expected", [None, head(1), head(2, b"another tree of that size"), head(3)])
def test_who_knows_another_head_is_refused_and_it_stays(database: Database, expected: TreeHead | None) -> None:
    with database.transaction() as tx:
        tx.log.set_signed(None, head(2))
    with pytest.raises(Conflict, match="another process signed"), database.transaction() as tx:
        tx.log.set_signed(expected, head(5))
    with database.transaction() as tx:
        assert tx.log.signed() == head(2)


def test_a_witness_remembers_the_last_of_each_origin(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.witness.known("log.example/a") is None
        tx.witness.remember("log.example/a", head(1), b"note 1")
        tx.witness.remember("log.example/b", head(7), b"note 7")
        tx.witness.remember("log.example/a", head(2), b"note 2")
        assert tx.witness.known("log.example/a") == (head(2), b"note 2")
        assert tx.witness.known("log.example/b") == (head(7), b"note 7")


def grown(database: Database, sizes: list[int]) -> None:
    with database.transaction() as tx:
        for size in sizes:
            start = tx.log.size()
            tx.log.append_all([Leaf(n, b"%d" % n) for n in range(start, start + size)])


@pytest.mark.parametrize("sizes", [[1] * 300, [255, 1, 513], [1000]])
def test_the_stored_hashes_are_those_of_the_entries_however_they_came(database: Database, sizes: list[int]) -> None:
    grown(database, sizes)
    leaves = [merkle.leaf_hash(b"%d" % n) for n in range(sum(sizes))]
    with database.transaction() as tx:
        assert tx.log.root() == merkle.root(leaves)
        assert tx.log.hashes(0, 3, 5) == leaves[3].value + leaves[4].value
        full = len(leaves) // 256
        expected = b"".join(merkle.root(leaves[n * 256 : (n + 1) * 256]).value for n in range(full))
        assert tx.log.hashes(1, 0, full + 1) == expected


def test_hashes_that_do_not_fit_the_entries_are_made_anew(database: Database) -> None:
    grown(database, [600])
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM log_edge")
    with database.transaction() as tx:
        assert tx.log.root() == merkle.root([merkle.leaf_hash(b"%d" % n) for n in range(600)])


def test_what_is_put_in_place_of_the_end_is_hashed_anew(database: Database) -> None:
    grown(database, [600])
    other = [Leaf(n, b"other %d" % n) for n in range(300, 700)]
    with database.transaction() as tx:
        tx.log.replace_from(300, other)
        entries = [*(b"%d" % n for n in range(300)), *(leaf.entry for leaf in other)]
        assert list(tx.log.entries(0, 9999)) == entries
        leaves = [merkle.leaf_hash(entry) for entry in entries]
        assert tx.log.root() == merkle.root(leaves)
        assert tx.log.hashes(1, 1, 2) == merkle.root(leaves[256:512]).value


def test_public_statements_are_told_apart_by_their_first_byte(database: Database) -> None:
    with database.transaction() as tx:
        tx.log.append_all([Leaf(0, b"\x01a"), Leaf(1, b"\x02b"), Leaf(2, b"\x01\x02"), Leaf(3, b"\x02c")])
        assert list(tx.log.statements(0)) == [(1, b"\x02b"), (3, b"\x02c")]
        assert list(tx.log.statements(2)) == [(3, b"\x02c")]


def leaf(index: int, case: str = "a") -> Leaf:
    return Leaf(index, b"entry %d" % index, case, index, b"stat", b"body", b"s" * 32, b"b" * 32)


def test_what_a_transaction_appended_is_seen_by_all_that_it_reads_after(database: Database) -> None:
    with database.transaction() as tx:
        tx.log.append(leaf(0, "a"))
        assert [tx.log.size(), tx.log.leaf(0), tx.log.of_case("a")] == [1, leaf(0, "a"), [leaf(0, "a")]]
        tx.log.append_all([leaf(1, "b"), leaf(2, "a")])
        assert tx.log.entries(0, 3) == [leaf(n).entry for n in range(3)]
        tx.log.append(leaf(3, "a"))
        assert tx.log.hashes(0, 3, 4) == leaf_row([leaf(3).entry])
        tx.log.append(leaf(4, "a"))
        assert tx.erasures.erase("a") == 4
        tx.log.append(Leaf(5, b"\x02{}"))
        assert [index for index, _ in tx.log.statements(0)] == [5]
    with database.transaction() as tx:
        assert tx.log.size() == 6
        assert tx.log.root() == merkle.root([merkle.leaf_hash(one) for one in tx.log.entries(0, 6)])


def test_a_key_that_was_destroyed_is_not_remembered(database: Database) -> None:
    with database.transaction() as tx:
        tx.log.put_key("case:a", b"k" * 32)
        assert tx.log.key("case:a") == b"k" * 32
        tx.erasures.erase("a")
        assert tx.log.key("case:a") is None


def test_what_raises_leaves_nothing_of_what_waited_to_be_written(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as tx:
        tx.log.append(leaf(0, "a"))
        _ = 1 // 0
    with database.transaction() as tx:
        assert tx.log.size() == 0
        tx.log.append(leaf(0, "b"))
    with database.transaction() as tx:
        assert tx.log.of_case("b") == [leaf(0, "b")]
