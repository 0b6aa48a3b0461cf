"""What repeats earlier reasons is found as matters come, change and go, and is what one finds from nothing."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from comity.oversight.signals.asked import Asked, likeness, packed, shingles, unpacked
from comity.oversight.signals.repeats import ALIKE, COMPARED_MOST, Repeats
from comity.oversight.signals.texts import read
from comity.simulate.asking import honest_year
from comity.simulate.plan import Plan

MODEL = next(
    one for every in honest_year(Plan(states=12, days=60, seed=1, volume=1, dishonest=())).values() for one in every
)


def asked(case: str, requester: str, at: int, text: frozenset[int], *, first: bool = True) -> Asked:
    return replace(MODEL, case=case, requester=requester, at=at, first=first, text=packed(text))


def afresh(every: list[Asked]) -> dict[str, set[str]]:
    """By requester, the cases whose reasons are like one of the latest before them: each compared with each."""
    found: dict[str, set[str]] = {one.requester: set() for one in every}
    for requester, cases in found.items():
        told = sorted((one for one in every if one.requester == requester and one.first and one.text), key=moment)
        for number, one in enumerate(told):
            earlier = told[max(0, number - COMPARED_MOST) : number]
            if any(likeness(unpacked(one.text), unpacked(other.text)) >= ALIKE for other in earlier):
                cases.add(one.case)
    return found


def moment(one: Asked) -> tuple[int, str]:
    return one.at, one.case


def kept(every: list[Asked], repeats: Repeats) -> dict[str, set[str]]:
    return {one.requester: set(one.cases) for one in read(every, repeats)}


def texts(drawn: Random, size: int) -> Iterator[frozenset[int]]:
    """Some alike, some just alike or just not, most unlike: of few texts, each with some shingles changed."""
    models = [frozenset(drawn.randrange(2**32) for _ in range(size)) for _ in range(12)]
    while True:
        model = sorted(drawn.choice(models))
        left = model[: len(model) - drawn.randrange(max(1, size // 3))]
        yield frozenset([*left, *(drawn.randrange(2**32) for _ in range(drawn.randrange(max(1, size // 8))))])


@given(st.integers(0, 2**32), st.integers(1, 30), st.integers(1, 3))
def test_what_is_kept_is_what_is_found_from_nothing(seed: int, size: int, requesters: int) -> None:
    drawn = Random(seed)
    text, repeats, now = texts(drawn, size), Repeats(), dict[str, Asked]()
    since = -1
    for number in range(drawn.randrange(5, 3 * COMPARED_MOST)):
        name = f"{drawn.randrange(3 * number + 3):05}" if drawn.random() < 0.2 else f"{number:05}"
        by = f"X{int(name) % requesters}"
        at = number if drawn.random() < 0.8 else drawn.randrange(number + 1)
        if at > since:
            now[name] = asked(name, by, at, next(text), first=drawn.random() < 0.9)
            repeats.put(now[name])
        if now and drawn.random() < 0.1:
            gone = drawn.choice(list(now))
            del now[gone]
            repeats.drop(gone)
        if drawn.random() < 0.02:
            since = max(since, drawn.randrange(number + 1))
            now = {case: one for case, one in now.items() if one.at > since}
            repeats.drop_until(since)
        if drawn.random() < 0.05:
            assert kept([*now.values()], repeats) == afresh([*now.values()])
    every = [*now.values()]
    assert kept(every, repeats) == afresh(every) == {one.requester: set(one.cases) for one in read(every)}
    begins = drawn.randrange(3 * COMPARED_MOST)
    window = [one for one in every if one.at > begins]
    assert kept(window, repeats) == afresh(window)


@given(st.integers(1, 60), st.integers(0, 60))
def test_a_share_of_just_that_much_is_alike_and_less_is_not(size: int, lacking: int) -> None:
    one = frozenset(range(size))
    other = frozenset(range(min(size - 1, lacking), size))
    repeats, both = Repeats(), [asked("1", "XA", 1, one), asked("2", "XA", 2, other)]
    for each in both:
        repeats.put(each)
    assert repeats.nearest()["2"] == ((1, "1") if len(other) * 10 >= size * 8 else None)
    assert kept(both, repeats) == afresh(both)


def test_shingles_are_kept_as_they_are() -> None:
    found = shingles("One two three four five six seven.")
    assert unpacked(packed(found)) == found and len(packed(found)) == 4 * len(found) == 12
