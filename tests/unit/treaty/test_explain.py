"""What stands behind a code."""

import pytest

from comity.base.errors import NotFound
from comity.treaty.citation import Confidence, catalogue
from comity.treaty.explain import explain
from comity.treaty.rule_catalogue import all_rules, rules_of


@pytest.mark.parametrize("code", [*all_rules(), *rules_of("budapest"), *catalogue()])
def test_every_rule_and_every_provision_can_be_explained(code: str) -> None:
    told = explain(code)
    assert told.title
    assert told.readings
    assert all(one.sure for one in told.readings)


def test_a_rule_says_its_provisions_what_it_carries_and_how_sure_we_are() -> None:
    told = explain("preservation.least")
    assert str(told.citation) == "art. 42(8)"
    assert told.confidence is Confidence.UNSURE
    assert "check the certified text" in told.readings[0].sure
    assert told.carries == ("R42.8: At least so long; then pending the decision.",)


def test_a_provision_says_which_rules_rest_on_it() -> None:
    assert {"preservation.least", "conduct.pending_decision"} <= set(explain("42(8)").rules)


def test_a_rule_that_another_instrument_has_too_says_so() -> None:
    assert any(one.startswith("Budapest 29(2)(e)") for one in explain("preservation.necessity").elsewhere)
    assert "Budapest" in explain("real_time.duty").source


@pytest.mark.parametrize(("code", "near"), [("preservation.lest", "preservation.least"), ("42(80)", "42(8)")])
def test_an_unknown_code_is_not_found_and_the_nearest_is_named(code: str, near: str) -> None:
    with pytest.raises(NotFound) as caught:
        explain(code)
    assert near in caught.value.hint
