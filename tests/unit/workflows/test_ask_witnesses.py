"""What a witness answers is a stranger's word: whatever it says, it is one less for the quorum, and work goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from comity.base.errors import Unavailable
from comity.workflows import sequence_log
from comity.workflows.log_state import log_state
from comity.workflows.ports import Answer, Courier
from tests.simulators.world import XA, new_world


@dataclass
class Odd:
    """Carries everything, but answers a request for a cosignature with 409 and these bytes."""

    rest: Courier
    body: bytes
    asked: list[bytes] = field(default_factory=list)

    def carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if url.endswith("/witness/add-checkpoint"):
            self.asked.append(body)
            return Answer(409, {"content-type": "text/x.tlog.size"}, self.body)
        return self.rest.carry(method, url, headers, body)


@pytest.mark.parametrize("said", [b"", b"many\n", b"9" * 5000 + b"\n", b"-1\n", "²\n".encode(), b"999999\n", b"0\n"])
def test_a_witness_that_tells_no_size_of_ours_is_one_less_and_nothing_more(said: bytes) -> None:
    world = new_world()
    odd = Odd(world.xa.office.courier, said)
    world.change(XA, courier=odd)
    standing = sequence_log.published(world.xa.office)
    with pytest.raises(Unavailable, match="0 of the 1 witnesses"):
        sequence_log.publish(world.xa.office)
    assert 1 <= len(odd.asked) <= 2
    assert sequence_log.published(world.xa.office) == standing
    assert [one.kind for one in log_state(world.xa.office).alarms] == ["quorum"]
