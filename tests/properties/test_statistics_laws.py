"""Small numbers stay hidden: an attacker who knows every published figure, and that none is negative, and solves for
the rest by means of their own, not those of comity.oversight.suppression, gains nothing.

Three attackers: one subtracts (Gaussian elimination over the rationals), one bounds (intervals, until nothing more
moves), one tries every table that fits (small tables only, but it misses nothing).
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comity.oversight.suppression import LEAST, Period, taken_in, withheld

QUARTERS = ("q1", "q2", "q3", "q4")
Table = Mapping[str, Mapping[str, int]]
_Cell = tuple[str, str]
Sum = tuple[frozenset[tuple[str, str]], int]
"""Cells (quarter, class), and what they are known to add up to."""


def published(
    counts: Table, classes: Sequence[str], names: Sequence[str], behind: Mapping[str, int]
) -> tuple[list[Sum], list[frozenset[tuple[str, str]]]]:
    """Every sum that is published, each quarter and then the year, and every withheld figure by its cells."""
    periods: list[Period] = []
    told: list[Sum] = []
    hidden: list[frozenset[tuple[str, str]]] = []
    for name, leaves in (*((one, (one,)) for one in names), ("year", tuple(names))):
        shut = withheld(counts, classes, periods, name, frozenset(leaves), behind)
        assume(shut is not None)
        assert shut is not None
        periods.append(Period(name, frozenset(leaves), frozenset(classes) - shut))
        whole = frozenset((leaf, one) for leaf in leaves for one in classes)
        told.append((whole, sum(counts[leaf][one] for leaf, one in whole)))
        for one in classes:
            cells = frozenset((leaf, one) for leaf in leaves)
            if one in shut:
                hidden.append(cells)
            else:
                told.append((cells, sum(counts[leaf][one] for leaf in leaves)))
    return told, hidden


@st.composite
def tables(draw: st.DrawFn, most_classes: int, quarters: int, most: int) -> tuple[Table, tuple[str, ...]]:
    classes = tuple(f"c{n}" for n in range(draw(st.integers(2, most_classes))))
    count = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, most))
    counts = {quarter: {one: draw(count) for one in classes} for quarter in QUARTERS[:quarters]}
    for quarter in counts.values():  # a total that is itself small is withheld with all of its table
        assume(sum(quarter.values()) == 0 or sum(quarter.values()) >= LEAST)
    return counts, classes


class Span:
    """Everything that can be had by adding and subtracting what is known."""

    def __init__(self, sums: Sequence[Sum]) -> None:
        self._cells = sorted({cell for cells, _ in sums for cell in cells})
        self._rows: dict[int, list[Fraction]] = {}
        for known, _ in sums:
            rest = self._rest(known)
            lead = next((n for n, value in enumerate(rest) if value), None)
            if lead is not None:
                self._rows[lead] = [value / rest[lead] for value in rest]

    def _rest(self, wanted: frozenset[tuple[str, str]]) -> list[Fraction]:
        rest = [Fraction(cell in wanted) for cell in self._cells]
        for n in range(len(rest)):
            if rest[n] and n in self._rows:
                factor = rest[n]
                rest = [a - factor * b if b else a for a, b in zip(rest, self._rows[n], strict=True)]
        return rest

    def tells(self, wanted: frozenset[tuple[str, str]]) -> bool:
        return not any(self._rest(wanted))


def bounds(sums: Sequence[Sum]) -> dict[tuple[str, str], tuple[int, int]]:
    """The least and the greatest each cell could be, as far as single sums tell."""
    everything = sum(total for _, total in sums)
    found = {cell: (0, everything) for cells, _ in sums for cell in cells}
    moved = True
    while moved:
        moved = False
        for cells, total in sums:
            low, high = sum(found[cell][0] for cell in cells), sum(found[cell][1] for cell in cells)
            for cell in cells:
                least, most = found[cell]
                new = max(least, total - (high - most)), min(most, total - (low - least))
                if new != found[cell]:
                    found[cell], moved = new, True
                    low, high = low + new[0] - least, high + new[1] - most
    return found


def fitting(sums: Sequence[Sum]) -> Iterator[dict[tuple[str, str], int]]:
    """Every table of whole numbers, none negative, that adds up as published."""
    limits = bounds(sums)
    cells = sorted(limits, key=lambda cell: limits[cell][1] - limits[cell][0])
    by_cell = {cell: [n for n, (known, _) in enumerate(sums) if cell in known] for cell in cells}

    def fill(at: int, left: list[int], open_cells: list[int], table: dict[_Cell, int]) -> Iterator[dict[_Cell, int]]:
        if at == len(cells):
            yield dict(table)
            return
        cell = cells[at]
        low, high = limits[cell]
        high = min([high, *(left[n] for n in by_cell[cell])])
        for n in by_cell[cell]:
            if open_cells[n] == 1:
                low, high = max(low, left[n]), min(high, left[n])
        for value in range(low, high + 1):
            for n in by_cell[cell]:
                left[n] -= value
                open_cells[n] -= 1
            table[cell] = value
            yield from fill(at + 1, left, open_cells, table)
            for n in by_cell[cell]:
                left[n] += value
                open_cells[n] += 1

    yield from fill(0, [total for _, total in sums], [len(known) for known, _ in sums], {})


@settings(max_examples=100)
@given(tables(6, 4, 60), st.data())
def test_no_withheld_figure_is_found_by_subtraction_or_by_bounds(
    table: tuple[Table, tuple[str, ...]], data: st.DataObject
) -> None:
    counts, classes = table
    behind = {one: data.draw(st.integers(1, 6)) for one in classes}
    told, hidden = published(counts, classes, tuple(counts), behind)
    limits, span = bounds(told), Span(told)
    for cells in hidden:
        assert not span.tells(cells)
        low, high = sum(limits[cell][0] for cell in cells), sum(limits[cell][1] for cell in cells)
        assert high - low + 1 >= LEAST


@settings(max_examples=60)
@given(tables(4, 2, 9))
def test_every_withheld_figure_takes_five_values_in_tables_that_fit(
    table: tuple[Table, tuple[str, ...]],
) -> None:
    counts, classes = table
    told, hidden = published(counts, classes, tuple(counts), dict.fromkeys(classes, 3))
    if not hidden:
        return
    values: dict[frozenset[tuple[str, str]], set[int]] = {cells: set() for cells in hidden}
    for tried, one in enumerate(fitting(told)):
        for cells in hidden:
            values[cells].add(sum(one[cell] for cell in cells))
        if tried > 20_000 or all(len(found) >= LEAST for found in values.values()):
            break
    assert all(len(found) >= LEAST for found in values.values())


def test_the_attackers_find_what_was_withheld_too_simply() -> None:
    """They can succeed: one figure alone withheld, a pair of which the sum is small, a quarter less than its year."""
    whole = frozenset({("q1", "a"), ("q1", "b"), ("q1", "c")})
    a, b, c = (frozenset({("q1", one)}) for one in "abc")
    assert Span([(whole, 20), (a, 9), (b, 8)]).tells(c)
    assert bounds([(whole, 12), (a, 9)])["q1", "c"] == (0, 3)
    year = frozenset({("q1", "a"), ("q2", "a")})
    assert Span([(year, 11), (a, 9)]).tells(frozenset({("q2", "a")}))
    assert not Span([(whole, 20), (a, 9)]).tells(c)
    assert len(list(fitting([(whole, 12), (a, 9)]))) == 4


GROUPS = (*((one, (one,)) for one in QUARTERS), ("year", QUARTERS))


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_a_pair_s_small_quarter_is_in_no_sum_or_in_one_with_others_that_hides_it(numbers: list[int]) -> None:
    series = dict(zip(QUARTERS, numbers, strict=True))
    taken = taken_in(series, GROUPS)
    opened = {one for one in QUARTERS if taken.get(one) == one}
    assert opened == {one for one in QUARTERS if series[one] == 0 or series[one] >= LEAST}
    later = [one for one in QUARTERS if taken.get(one) == "year"]
    rest = sum(series[one] for one in later)
    possible = (
        [one for one in product(range(1, rest + 1), repeat=len(later)) if later and sum(one) == rest]
        if len(later) < 4 or rest < 17
        else []
    )
    for n in range(len(later) if possible else 0):
        assert len({one[n] for one in possible}) >= LEAST
    assert len(later) != 1
