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
    seen: list[int] = []
    tally = Tally(seen.append)
    for count in (1, 2, 3):
        tally.add(count)
    assert seen == [1, 3, 6]
    Tally(None).add(1)
