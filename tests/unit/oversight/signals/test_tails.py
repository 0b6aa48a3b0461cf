"""The tails are those of the textbooks: held against whole fractions, summed one by one."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.oversight.signals.tails import binomial, fisher, poisson


@given(of=st.integers(0, 60), hits=st.integers(0, 61), percent=st.integers(0, 100))
def test_the_binomial_tail_is_the_sum_of_its_terms(of: int, hits: int, percent: int) -> None:
    rate = Fraction(percent, 100)
    terms = (comb(of, k) * rate**k * (1 - rate) ** (of - k) for k in range(hits, of + 1))
    assert binomial(hits, of, percent / 100) == pytest.approx(float(sum(terms, Fraction())), rel=1e-9, abs=1e-15)


@given(of=st.integers(0, 40), others=st.integers(0, 40), data=st.data())
def test_fishers_tail_is_the_share_of_all_ways_to_draw(of: int, others: int, data: st.DataObject) -> None:
    hits, other_hits = data.draw(st.integers(0, of)), data.draw(st.integers(0, others))
    marked = hits + other_hits
    ways = sum(comb(of, k) * comb(others, marked - k) for k in range(hits, min(of, marked) + 1))
    assert fisher(hits, of, other_hits, others) == pytest.approx(ways / comb(of + others, marked), rel=1e-9)


def test_a_lady_tastes_tea() -> None:
    """Fisher's own example: all four cups told right by chance once in seventy times."""
    assert fisher(4, 4, 0, 4) == pytest.approx(1 / 70)
    assert fisher(3, 4, 1, 4) == pytest.approx(17 / 70)


@pytest.mark.parametrize(
    ("seen", "mean", "expected"),
    [(0, 3.0, 1.0), (1, 1.0, 0.6321205588), (5, 0.1, 7.667e-08), (10, 3.0, 1.1025e-03), (3, 8.0, 0.9862460)],
)
def test_poissons_tail_is_that_of_the_tables(seen: int, mean: float, expected: float) -> None:
    assert poisson(seen, mean) == pytest.approx(expected, rel=1e-3)


@given(seen=st.integers(0, 200), tenths=st.integers(1, 1000))
def test_a_tail_falls_as_more_is_seen_and_stays_a_probability(seen: int, tenths: int) -> None:
    here, next_one = poisson(seen, tenths / 10), poisson(seen + 1, tenths / 10)
    assert 0.0 <= next_one <= here <= 1.0 + 1e-12
