"""What was signed last, in a file of its own: compare and swap, and never taken for what it is not."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from comity.adapters.signed_head import SignedHeadFile
from comity.base.digests import Digest
from comity.base.errors import Conflict, Malformed
from comity.workflows.stores import TreeHead

ORIGIN = "log.example/xa"


def head(size: int) -> TreeHead:
    return TreeHead(size, Digest.of(bytes([size])))


def test_a_head_is_kept_and_replaced_only_by_who_knows_it(tmp_path: Path) -> None:
    kept = SignedHeadFile(tmp_path / "signed-head", ORIGIN)
    assert kept.last() is None
    kept.advance(None, head(1))
    kept.advance(head(1), head(2))
    assert SignedHeadFile(tmp_path / "signed-head", ORIGIN).last() == head(2)
    for expected in (None, head(1), head(3)):
        with pytest.raises(Conflict):
            kept.advance(expected, head(9))
    assert kept.last() == head(2)


def test_of_many_who_swap_at_once_one_does(tmp_path: Path) -> None:
    def swap(size: int) -> bool:
        try:
            SignedHeadFile(tmp_path / "signed-head", ORIGIN).advance(None, head(size))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(swap, range(1, 9))) == 1


@pytest.mark.parametrize(
    "data", [b"", b"log.example/xa\n1\n", b"\xff\xfe", b"log.example/xb\n1\n" + b"A" * 43 + b"=\n"]
)
def test_a_torn_file_or_another_logs_is_not_taken_for_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "signed-head").write_bytes(data)
    with pytest.raises(Malformed):
        SignedHeadFile(tmp_path / "signed-head", ORIGIN).last()
    with pytest.raises(Malformed):
        SignedHeadFile(tmp_path / "signed-head", ORIGIN).advance(None, head(1))
    assert (tmp_path / "signed-head").read_bytes() == data


def test_it_is_a_plain_file_that_can_be_read_as_a_checkpoint(tmp_path: Path) -> None:
    SignedHeadFile(tmp_path / "signed-head", ORIGIN).advance(None, head(1))
    assert stat.S_ISREG((tmp_path / "signed-head").stat().st_mode)
    assert (tmp_path / "signed-head").read_text(encoding="ascii").splitlines()[:2] == [ORIGIN, "1"]
