"""Which figures are withheld, in tables small enough to see why; the law: tests/properties/test_statistics_laws.py."""

from comity.oversight.suppression import Period, may_open, taken_in, told, withheld

MANY = dict.fromkeys("abcdef", 4)


def shut(counts: dict[str, int], behind: dict[str, int] | None = None) -> set[str]:
    found = withheld({"q": counts}, tuple(counts), [], "q", frozenset({"q"}), behind or MANY)
    assert found is not None
    return set(found)


def test_figures_that_are_large_enough_are_all_opened() -> None:
    assert shut({"a": 5, "b": 0, "c": 12}) == set()


def test_with_one_small_figure_another_is_withheld_so_that_the_total_does_not_give_it_away() -> None:
    assert shut({"a": 3, "b": 9, "c": 20}) == {"a", "b"}


def test_two_small_figures_whose_sum_says_too_much_take_a_third_with_them() -> None:
    assert shut({"a": 1, "b": 1, "c": 9, "d": 30}) == {"a", "b", "c"}
    assert shut({"a": 4, "b": 4, "c": 9, "d": 30}) == {"a", "b"}


def test_a_figure_of_too_few_countries_is_withheld_however_large() -> None:
    assert not may_open(500, 2)
    assert may_open(500, 3)
    assert may_open(0, 0)
    assert "a" in shut({"a": 500, "b": 9, "c": 20}, {"a": 2, "b": 3, "c": 3})


def test_where_everything_would_be_told_nothing_is_opened() -> None:
    assert withheld({"q": {"a": 1, "b": 1, "c": 1}}, "abc", [], "q", frozenset({"q"}), MANY) is None


def test_a_year_does_not_give_away_the_quarter_that_was_withheld() -> None:
    counts = {"q1": {"a": 3, "b": 9, "c": 20}, "q2": {"a": 10, "b": 10, "c": 10}}
    quarters = [
        Period("q1", frozenset({"q1"}), frozenset({"c"})),
        Period("q2", frozenset({"q2"}), frozenset({"a", "b", "c"})),
    ]
    year = withheld(counts, "abc", quarters, "year", frozenset({"q1", "q2"}), MANY)
    assert year == frozenset({"a", "b"})
    opened = Period("year", frozenset({"q1", "q2"}), frozenset({"a", "b", "c"}))
    assert ("q1", "a") in told(counts, "abc", [*quarters, opened])


def test_a_year_opens_what_its_quarters_told_already() -> None:
    counts = {"q1": {"a": 9, "b": 9}, "q2": {"a": 0, "b": 9}}
    quarters = [Period(name, frozenset({name}), frozenset("ab")) for name in counts]
    assert withheld(counts, "ab", quarters, "year", frozenset(counts), {"a": 1, "b": 1}) == frozenset()


YEAR = (("q1", ("q1",)), ("q2", ("q2",)), ("q3", ("q3",)), ("q4", ("q4",)), ("year", ("q1", "q2", "q3", "q4")))


def test_a_pair_s_year_takes_in_small_quarters_only_where_none_of_them_is_told() -> None:
    series = {"q1": 3, "q2": 4, "q3": 0, "q4": 9}
    assert taken_in(series, YEAR) == {"q3": "q3", "q4": "q4", "q1": "year", "q2": "year"}
    assert "q1" not in taken_in({**series, "q2": 6}, YEAR)  # it would be what the year has more than the others
    assert "q1" not in taken_in({**series, "q1": 1, "q2": 1}, YEAR)
