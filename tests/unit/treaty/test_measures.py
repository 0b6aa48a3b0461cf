"""The closed list of measures."""

import pytest

from comity.treaty.measures import Contents, Dual, Family, Measure, Scope, all_measures, measure
from comity.treaty.rules.contents import CHECKS
from comity.treaty.terms import DataCategory

ELSEWHERE = {
    "extradition",
    "joint_investigation",
    "provisional_arrest",
    "return_of_assets",
    "transfer_of_detained_person",
    "transfer_of_proceedings",
    "transfer_of_sentenced_person",
}


def named(name: str) -> Measure:
    found = measure(name)
    assert found is not None
    return found


def test_there_are_28_measures_and_all_but_seven_are_carried() -> None:
    assert len({one.name for one in all_measures()}) == 28
    assert {one.name for one in all_measures() if not one.is_carried} == ELSEWHERE


def test_each_measure_that_is_not_carried_has_a_sentence_of_its_own() -> None:
    words = [one.elsewhere for one in all_measures() if one.name in ELSEWHERE]
    assert len(set(words)) == len(ELSEWHERE)
    assert "hard stop" in named("transfer_of_detained_person").elsewhere


def test_a_list_of_contents_is_checked_by_rules_unless_it_is_none() -> None:
    assert set(CHECKS) == set(Contents) - {Contents.NONE}


def test_what_hands_nothing_over_uses_no_power_on_anybody() -> None:
    for one in all_measures():
        assert not (one.uses_power and not one.discloses)
    assert not named("service_of_documents").discloses
    assert not named("locate_data_or_provider").discloses
    assert named("emergency_data").uses_power


def test_the_closed_list_of_grounds_goes_by_the_measure() -> None:
    assert named("expedited_preservation").family is Family.PRESERVATION
    assert named("disclosure_of_preserved_traffic_data").family is Family.PATH
    assert named("freeze_or_confiscate").family is Family.CONFISCATION
    assert named("video_hearing").family is Family.ASSISTANCE
    assert named("police_cooperation").family is Family.UNLISTED


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
