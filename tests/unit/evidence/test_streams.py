"""Streams: what is counted and hashed on the way."""

import io

from comity.base.digests import Digest
from comity.evidence.streams import HashingSink, Tally


def test_a_hashing_sink_passes_on_counts_and_hashes() -> None:
    sink = io.BytesIO()
    hashed = HashingSink(sink)
    assert (hashed.write(b"ab"), hashed.write(b""), hashed.write(b"c")) == (2, 0, 1)
    assert (sink.getvalue(), hashed.size, hashed.digest) == (b"abc", 3, Digest.of(b"abc"))


def test_a_tally_reports_the_sum() -> None:
    seen: list[tuple[int, int]] = []
    tally = Tally(lambda *so_far: seen.append(so_far), 6)
    for count in (1, 2, 3):
        tally.add(count)
    assert seen == [(1, 6), (3, 6), (6, 6)]
    Tally(None, 0).add(1)
