"""Published statistics are served to anyone, beside the log, and nothing else is by that way."""

import pytest

from comity.oversight.release import path_of
from comity.workflows import publish_statistics
from comity.workflows.ports import Answer
from tests.simulators.wire import ask
from tests.simulators.world import SmallWorld, new_world


@pytest.fixture(scope="module")
def world() -> SmallWorld:
    found = new_world()
    found.pass_days(44)
    publish_statistics.publish(found.xa.office, "bo", "2026-Q4")
    return found


def got(world: SmallWorld, name: str) -> Answer:
    return ask(world.wire.apps[world.xa.host], "GET", f"{world.xa.url}/log/stats/{name}", {}, b"")


def test_the_files_are_served_as_they_lie_beside_the_log(world: SmallWorld) -> None:
    for name, media_type in (
        ("index.json", "application/json"),
        ("2026-Q4.json", "application/json"),
        ("2026-Q4.csv", "text/csv; charset=utf-8"),
        ("2026-Q4.tlog-proof", "text/plain; charset=utf-8"),
    ):
        answer = got(world, name)
        assert answer.status == 200
        assert answer.body == world.xa.log.files[f"stats/{name}"]
        assert answer.headers["content-type"] == media_type
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("name", ["2026-Q3.json", "..%2Fcheckpoint", "checkpoint", "2026-Q4.JSON", "x" * 300])
def test_no_other_file_is(world: SmallWorld, name: str) -> None:
    assert got(world, name).status == 404
    assert path_of("2026-Q4") in world.xa.log.files
