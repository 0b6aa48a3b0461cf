"""A published log read by a stranger: what it claims is proved or refused, and a claim alone costs nothing."""

import pytest

from comity.base.errors import BadProof
from comity.base.instants import Instant
from comity.crypto import merkle
from comity.transparency.monitor import Watched, look, read_state, write_state
from comity.transparency.published import check_growth, entries_of, new_entries, open_standing, tree_of
from tests.simulators.fakes import MemoryLog
from tests.simulators.published_log import ENTRIES, KEY, LEAVES, ORIGIN, nobody, note, published

NOW = Instant.from_seconds(1767225600)


@pytest.mark.parametrize("path", ["tile/entries/001", "tile/0/001", "tile/1/000.p/2", "tile/0/002.p/188"])
def test_a_changed_bit_in_any_file_is_never_believed(path: str) -> None:
    log = published()
    log.files[path] = log.files[path][:-1] + bytes([log.files[path][-1] ^ 1])
    checkpoint = open_standing(note(700), (KEY,), nobody).checkpoint
    with pytest.raises(BadProof):
        new_entries(log, 0, checkpoint)


def test_new_entries_are_those_after_the_last_look_each_shown_to_stand_there() -> None:
    checkpoint = open_standing(note(700), (KEY,), nobody).checkpoint
    assert tree_of(published()).root(700) == merkle.root(LEAVES)
    for start in (0, 1, 255, 256, 600, 699, 700):
        assert new_entries(published(), start, checkpoint) == list(enumerate(ENTRIES))[start:]


def test_a_partial_tile_that_is_gone_is_cut_from_the_full_one() -> None:
    log = published(700)
    assert [entry for _, entry in entries_of(log, 250, 300)] == ENTRIES[250:300]


def test_growth_is_shown_by_the_logs_own_tiles_or_not_at_all() -> None:
    new = open_standing(note(700), (KEY,), nobody).checkpoint
    check_growth(published(), 300, merkle.root(LEAVES[:300]), new)
    with pytest.raises(BadProof):
        check_growth(published(), 300, merkle.root(LEAVES[1:301]), new)
    with pytest.raises(BadProof, match="went back"):
        check_growth(published(), 701, LEAVES[0], new)
    with pytest.raises(BadProof, match="does not show"):
        check_growth(MemoryLog(), 300, merkle.root(LEAVES[:300]), new)


def test_what_a_monitor_keeps_is_read_back_as_it_was() -> None:
    watched, _ = look(Watched(origin=ORIGIN), published(300), KEY, nobody, NOW, 10**9)
    again, faults = look(watched, published(), KEY, nobody, NOW, 10**9)
    assert (watched.size, again.size) == (300, 700)
    assert [one.kind for one in faults] == ["stale"]  # nobody cosigns it
    assert read_state(write_state({ORIGIN: again})) == {ORIGIN: again}
