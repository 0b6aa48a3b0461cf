"""What pages say of the signals' errors was counted: a few of its years are counted again, and it fits the policy."""

import pytest

from bench.signals import Counted, rates_of, year
from comity.adapters.signal_rates import Rates, encode, packaged_rates, upper_bound
from comity.base.parsing import read_json
from comity.oversight.signals.every import SIGNALS
from comity.oversight.signals.signal import CHANCE, WINDOW_DAYS
from comity.oversight.signals.tails import binomial

AGAIN = (1, 2)
BEYOND_CHANCE = 1e-4
"""A share that both counts share would differ so much once in ten thousand times."""


@pytest.fixture(scope="module")
def again() -> Counted:
    found = Counted()
    for seed in AGAIN:
        found.add(year(seed))
    return found


def fits(hits: int, of: int, said_hits: int, said_of: int) -> bool:
    """Whether `hits` of `of` could come of the share that was said, given how well that is known."""
    least = 1 - upper_bound(said_of - said_hits, said_of, 0.999)
    most = upper_bound(said_hits, said_of, 0.999)
    too_many = binomial(hits, of, most) < BEYOND_CHANCE
    too_few = binomial(of - hits, of, 1 - least) < BEYOND_CHANCE
    return not (too_many or too_few)


def test_a_few_years_counted_again_fit_what_is_shown(again: Counted) -> None:
    rates = packaged_rates()
    for one in rates.signals:
        assert fits(again.alarms[one.signal], again.read[one.signal], one.alarms, max(1, one.readings)), one.signal
        for size in one.caught:
            found = again.caught[one.signal, size.matters]
            assert found <= size.found + (size.years - again.seeds), (one.signal, size)
            assert fits(found, again.seeds, size.found, size.years), (one.signal, size)
        share = again.read[one.signal] / again.seeds
        said = one.readings / rates.signals[0].caught[0].years
        assert share == pytest.approx(said, rel=0.5, abs=6), one.signal


def test_figures_that_were_invented_do_not_fit(again: Counted) -> None:
    """The same check fails for a file that says twice what was found, or nothing of it."""
    found, of = sum(again.caught[one.name, 160] for one in SIGNALS), again.seeds * len(SIGNALS)
    assert fits(found, of, found * 30, of * 30)
    assert not fits(found, of, found * 12, of * 30)
    assert not fits(30, 300, 0, 9000) and fits(0, 300, 0, 9000)


def test_the_file_was_measured_with_the_policy_of_today() -> None:
    rates = packaged_rates()
    assert [one.signal for one in rates.signals] == [one.name for one in SIGNALS]
    for said, one in zip(rates.signals, SIGNALS, strict=True):
        assert (said.rate_percent, said.least, said.hits_least) == (round(one.rate * 100), one.least, one.hits_least)
    assert (rates.window_days, rates.chance_ppm) == (WINDOW_DAYS, round(CHANCE * 1e6))
    assert rates.first_seed == 1 and {one.years for rate in rates.signals for one in rate.caught} == {rates.last_seed}


def test_the_file_is_as_the_measurement_writes_it() -> None:
    assert read_json(encode(packaged_rates()), Rates, limit=1 << 20, what="the rates") == packaged_rates()
    empty = rates_of(Counted(), 1, 1, "2026-11-22")
    assert empty.of(SIGNALS[0].name).at_most is None


@pytest.mark.parametrize(("hits", "of", "expected"), [(0, 100, 0.02951), (5, 50, 0.1995), (50, 50, 1.0)])
def test_the_upper_bound_is_that_of_clopper_and_pearson(hits: int, of: int, expected: float) -> None:
    assert upper_bound(hits, of) == pytest.approx(expected, rel=1e-2)
