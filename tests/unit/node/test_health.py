"""The operator's own address: health as JSON, figures for Prometheus, 503 where something failed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from comity.adapters.metrics import WORDS
from comity.base.errors import Unavailable
from comity.node.health import make_health_app
from comity.node.presence import Presence
from comity.workflows.office import Office
from comity.workflows.ports import Answer
from tests.simulators.wire import ask
from tests.simulators.world import SmallWorld, new_world


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def get(office: Office, path: str) -> Answer:
    return ask(make_health_app(office, 3600), "GET", f"http://127.0.0.1{path}", {}, b"")


class Gone:
    def transaction(self) -> object:
        raise Unavailable("the database cannot be reached")

    def snapshot(self) -> object:
        return self.transaction()


def test_it_says_how_the_node_is_as_json(world: SmallWorld) -> None:
    answer = get(world.xa.office, "/health")
    assert answer.status == 200
    found = json.loads(answer.body)
    assert (found["node"], found["standing"], found["stamp"]) == ("XA/central-authority", "ok", "EXERCISE")
    assert {check["standing"] for check in found["checks"]} == {"ok"}


def test_what_failed_answers_503_to_whoever_balances_the_load(world: SmallWorld) -> None:
    answer = get(replace(world.xa.office, store=Gone()), "/health")  # type: ignore[arg-type]
    assert answer.status == 503
    assert json.loads(answer.body)["standing"] == "failed"


def test_every_figure_is_told_to_prometheus_with_the_process_itself(world: SmallWorld) -> None:
    text = get(world.xa.office, "/metrics").body.decode()
    figures = json.loads(get(world.xa.office, "/health").body)["figures"]
    assert set(figures) <= set(WORDS)
    for name in (*figures, "process_resident_memory_bytes"):
        assert f"\n# HELP {name} " in f"\n{text}"


def test_every_figure_has_its_line_in_the_operators_table(root: Path) -> None:
    page = (root / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in WORDS if name.startswith("comity_") and f"`{name}`" not in page] == []


def test_a_process_is_seen_while_it_runs_and_leaves_when_it_is_told_to_stop(world: SmallWorld) -> None:
    presence = Presence(world.xa.office, "work")
    presence.start()
    presence.stop()  # waits for the thread, which has said that it lives, and that it does no more
    with world.xa.office.store.transaction() as tx:
        assert tx.work.processes() == []
