"""What comity is compared with answers the same questions alike, so that the ratio compares like with like."""

from datetime import date

import msgspec
import pytest

from bench.__main__ import show
from bench.assessment import FORBIDDEN, TWENTY, assessed, engine, example, forbidden_by_cedar, forbidden_by_comity
from bench.measure import Aim, Benchmark, measure
from comity.treaty.request import Confidentiality
from comity.treaty.rule_catalogue import all_rules
from comity.treaty.terms import DataCategory

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


BROKEN: dict[str, tuple[str, dict[str, object], dict[str, object], dict[str, object]]] = {
    "basis.two_states": ("production", {"requested": "XA"}, {}, {}),
    "scope.offence": ("production", {}, {"article": "", "max_penalty_years": 3}, {}),
    "scope.opens": ("production", {}, {"article": ""}, {"measure": "freeze_or_confiscate", "categories": ()}),
    "scope.specific": ("production", {}, {}, {"identifiers": ("*",)}),
    "scope.measures": ("production", {}, {}, {"measure": "mind_reading", "categories": ()}),
    "scope.reserved": ("production", {"requested": "XC"}, {"article": "14"}, {}),
    "scope.reach": (
        "preservation",
        {},
        {},
        {"measure": "subscriber_information", "categories": (DataCategory.CONTENT,)},
    ),
    "assistance.authority": ("production", {"authority": ""}, {}, {}),
    "assistance.subject": ("production", {"conducting_authority": ""}, {}, {}),
    "assistance.facts": ("production", {"facts": ""}, {}, {}),
    "assistance.description": ("production", {}, {}, {"data": ""}),
    "assistance.purpose": ("production", {"purpose": ""}, {}, {}),
    "assistance.language": ("production", {"language": "zz"}, {}, {}),
    "preservation.authority": ("preservation", {"authority": ""}, {}, {}),
    "preservation.offence_and_facts": ("preservation", {}, {"name": ""}, {}),
    "preservation.data_and_relation": ("preservation", {}, {}, {"relation": ""}),
    "preservation.custodian_or_location": ("preservation", {}, {}, {"custodian": "", "location": ""}),
    "preservation.necessity": ("preservation", {"necessity": ""}, {}, {}),
    "preservation.assistance_follows": ("preservation", {"assistance_will_follow": False}, {}, {}),
    "use_limits.secrecy": (
        "production",
        {"confidentiality": Confidentiality(wanted=True, until=date(2028, 1, 1))},
        {},
        {},
    ),
}
"""What breaks each rule: which example, and what is other in the request, its offence and its first measure."""


@pytest.mark.parametrize("rule", FORBIDDEN)
def test_both_name_the_rule_that_is_broken(rule: str) -> None:
    name, over, offence, first = BROKEN[rule]
    request = example(name)
    measures = (msgspec.structs.replace(request.measures[0], **first), *request.measures[1:])
    over = {"offence": msgspec.structs.replace(request.offence, **offence), "measures": measures, **over}
    broken = msgspec.structs.replace(request, **over)
    assert rule in forbidden_by_comity(broken)
    assert forbidden_by_cedar(broken, *engine()) == forbidden_by_comity(broken)


@pytest.mark.parametrize(("below", "said"), [(60.0, "below 60000 ms: yes"), (0.0, "below 0 ms: NO")])
def test_an_aim_is_reported_as_reached_or_not(below: float, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    benchmark = Benchmark("sealing", "seal", {"ours": lambda: None}, (), (Aim("ours", below),))
    show(benchmark, measure(benchmark, rounds=1, least_seconds=0))
    assert said in capsys.readouterr().out
