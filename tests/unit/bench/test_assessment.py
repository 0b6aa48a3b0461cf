"""What comity is compared with answers the same questions alike, so that the ratio compares like with like."""

from contextlib import ExitStack

import msgspec
import pytest

from bench import assessment
from bench.__main__ import show
from bench.assessment import FORBIDDEN, TWENTY, assessed, engine, example, forbidden_by_cedar, forbidden_by_comity
from bench.measure import Aim, Benchmark, measure
from comity.treaty.rule_catalogue import all_rules

EXAMPLES = ["preservation", "production", "three-year-offence", "no-assistance-statement"]


def test_there_are_twenty_policies_each_named_after_a_rule_of_comity() -> None:
    assert len(FORBIDDEN) == 20
    assert set(FORBIDDEN) == TWENTY
    assert set(FORBIDDEN) <= set(all_rules())


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("lacking", ["", "authority", "facts", "subject", "necessity", "purpose"])
def test_cedar_forbids_what_comity_stops(name: str, lacking: str) -> None:
    request = example(name)
    if lacking:
        request = msgspec.structs.replace(request, **{lacking: ""})
    stopped = {one.rule for one in assessed(request).stops}
    assert forbidden_by_cedar(request, *engine()) == stopped & set(FORBIDDEN)
    assert forbidden_by_comity(request) == stopped & set(FORBIDDEN)
    assert stopped <= set(FORBIDDEN)


def test_without_cedarpy_the_rest_is_measured_and_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assessment, "cedarpy", None)
    with ExitStack() as stack:
        made = assessment.benchmark(1, stack)
    assert all(way.startswith("comity") for way in made.ways)
    assert "pip install 'cedarpy" in made.absent[0]


@pytest.mark.parametrize(("below", "said"), [(60.0, "below 60000 ms: yes"), (0.0, "below 0 ms: NO")])
def test_an_aim_is_reported_as_reached_or_not(below: float, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    benchmark = Benchmark("sealing", "seal", {"ours": lambda: None}, (), (Aim("ours", below),))
    show(benchmark, measure(benchmark, rounds=1, least_seconds=0))
    assert said in capsys.readouterr().out
