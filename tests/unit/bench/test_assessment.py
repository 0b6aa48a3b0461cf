"""What comity is compared with answers the same questions alike, so that the ratio compares like with like."""

import msgspec
import pytest

from bench.assessment import FORBIDDEN, assessed, engine, example, forbidden_by_cedar
from comity.treaty.rule_catalogue import all_rules

EXAMPLES = ["preservation", "production", "three-year-offence", "no-assistance-statement"]


def test_there_are_twenty_policies_each_named_after_a_rule_of_comity() -> None:
    assert len(FORBIDDEN) == 20
    assert set(FORBIDDEN) <= set(all_rules())


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("lacking", ["", "authority", "facts", "subject", "necessity", "purpose"])
def test_cedar_forbids_what_comity_stops(name: str, lacking: str) -> None:
    request = example(name)
    if lacking:
        request = msgspec.structs.replace(request, **{lacking: ""})
    stopped = {one.rule for one in assessed(request).stops}
    assert forbidden_by_cedar(request, *engine()) == stopped & set(FORBIDDEN)
    assert stopped <= set(FORBIDDEN)
