"""The closed list of measures."""

import pytest

from comity.treaty.measures import Dual, Measure, Scope, all_measures, measure
from comity.treaty.terms import DataCategory

CARRIED = {
    "expedited_preservation",
    "production_of_stored_data",
    "real_time_traffic_data",
    "search_seizure_of_stored_data",
    "subscriber_information",
}


def named(name: str) -> Measure:
    found = measure(name)
    assert found is not None
    return found


def test_there_are_28_measures_and_five_are_carried() -> None:
    assert len({one.name for one in all_measures()}) == 28
    assert {one.name for one in all_measures() if one.is_carried} == CARRIED


@pytest.mark.parametrize("one", all_measures(), ids=lambda one: one.name)
def test_every_measure_rests_on_an_article_and_has_a_weight(one: Measure) -> None:
    assert one.cited
    assert one.about
    assert 1 <= one.intrusiveness <= 5


def test_no_measure_exists_for_remote_hacking() -> None:
    assert measure("remote_access_to_a_device") is None


def test_serious_crime_never_opens_extradition_confiscation_or_police_cooperation() -> None:
    for name in ("extradition", "freeze_or_confiscate", "police_cooperation"):
        assert named(name).scope is Scope.CONVENTION


def test_preservation_is_never_subject_to_dual_criminality_and_discloses_nothing() -> None:
    assert named("expedited_preservation").dual is Dual.NEVER
    assert not named("expedited_preservation").discloses
    assert named("production_of_stored_data").discloses


def test_stored_content_weighs_more_than_stored_logs() -> None:
    production = named("production_of_stored_data")
    assert production.intrusiveness_for((DataCategory.TRAFFIC,)) == 3
    assert production.intrusiveness_for((DataCategory.TRAFFIC, DataCategory.CONTENT)) == 4
    assert named("expedited_preservation").intrusiveness_for((DataCategory.CONTENT,)) == 1
