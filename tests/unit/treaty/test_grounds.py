"""Grounds for refusal as data."""

import pytest

from comity.treaty.grounds import Ground, GroundKind, all_grounds, ground, provisions
from comity.treaty.measures import Family


@pytest.mark.parametrize("one", all_grounds(), ids=lambda one: one.name)
def test_every_ground_has_a_paragraph_and_a_family(one: Ground) -> None:
    assert one.cited
    assert one.families
    assert one.about.endswith(".")
    known = {other.name for other in all_grounds() if other.kind is GroundKind.GROUND}
    assert set(one.through) <= known
    assert bool(one.through) == (one.kind is GroundKind.ELSEWHERE)


def test_names_are_one_each() -> None:
    assert len({one.name for one in all_grounds()}) == len(all_grounds())


def test_a_ground_is_found_by_its_name_or_its_paragraph_in_its_family() -> None:
    assert ground("40(21)(b)", Family.PATH) is ground("essential_interests", Family.PATH)
    path, wide = ground("36(1)(a)", Family.PATH), ground("36(1)(a)", Family.ASSISTANCE)
    assert path is not None
    assert wide is not None
    assert (path.name, wide.name) == ("personal_data_on_the_path", "personal_data")
    assert ground("busy", Family.PATH) is None


def test_the_paragraphs_of_a_list_are_named_once_each() -> None:
    assert provisions(Family.PRESERVATION) == ("40(21)(b)", "40(21)(c)", "40(22)")
    assert provisions(Family.ASSISTANCE).count("40(8)") == 1
