"""Figures of the Convention."""

from datetime import date

import pytest

from comity.base.errors import NotFound
from comity.treaty import periods

ADOPTED = date(2024, 12, 24)


@pytest.mark.parametrize("figure", periods.figures(), ids=lambda one: one.name)
def test_every_figure_has_a_unit_a_citation_and_a_first_day(figure: periods.Figure) -> None:
    assert figure.unit in {"years", "days", "instruments", "day"}
    assert figure.title
    assert str(figure.cited).startswith("art")
    assert figure.valid_from >= ADOPTED
    assert isinstance(figure.value, date) == (figure.unit == "day")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("serious_crime", 4),
        ("preservation_order_most", 90),
        ("preservation_least", 60),
        ("instruments_needed", 40),
        ("entry_into_force", 90),
        ("later_party", 30),
    ],
)
def test_the_figures_are_those_of_the_convention(name: str, value: int) -> None:
    assert periods.count(name, date(2026, 1, 1)) == value


def test_signature_closes_at_the_end_of_2026() -> None:
    assert periods.day("signature_closes", date(2026, 1, 1)) == date(2026, 12, 31)


def test_no_figure_holds_before_the_convention_was_adopted() -> None:
    with pytest.raises(NotFound):
        periods.figure("serious_crime", date(2013, 6, 12))


def test_a_day_is_not_read_as_a_count_nor_a_count_as_a_day() -> None:
    with pytest.raises(NotFound):
        periods.count("signature_closes", ADOPTED)
    with pytest.raises(NotFound):
        periods.day("serious_crime", ADOPTED)
