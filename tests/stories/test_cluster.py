"""The short form of the cluster run; `make soak` has the long one, `tests/soak/cluster.py` how it works."""

from pathlib import Path

from tests.postgresql import Postgres
from tests.seaweedfs import Seaweed
from tests.soak.cluster import Cluster, is_one_log


def test_of_a_node_of_five_processes_any_may_be_killed_and_nothing_is_lost_or_doubled(
    tmp_path: Path, postgresql: Postgres, seaweed: Seaweed
) -> None:
    found = Cluster(
        tmp_path, exchanges=8, kills=2, trouble=0.1, seed=3, patience=120, server=postgresql, store=seaweed
    ).run()
    assert is_one_log(found), found
    assert found["kills"] == 2
