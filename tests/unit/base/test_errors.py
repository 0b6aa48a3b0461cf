"""The tree of errors: stable codes, exit codes, one line to read."""

from collections.abc import Iterator

import pytest

from comity.base import errors
from comity.base.errors import ComityError, Malformed, Mistake, NeedsPerson, NotVerified, RefusedByRule, TooLarge


def every_kind(kind: type[ComityError] = ComityError) -> Iterator[type[ComityError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from every_kind(narrower)


OURS = [kind for kind in every_kind() if kind.__module__ == errors.__name__]

RELEASED = {
    "error": 1,
    "malformed": 64,
    "too-large": 64,
    "treaty-check": 1,
    "needs-decision": 2,
    "out-of-order": 1,
    "not-verified": 1,
    "bad-signature": 1,
    "bad-proof": 1,
    "broken-seal": 1,
    "broken-custody": 1,
    "not-permitted": 77,
    "not-found": 66,
    "conflict": 73,
    "unavailable": 69,
}
"""Codes are on the wire and in logs: one may be added here, none changed."""


def test_codes_and_exit_codes_are_as_released() -> None:
    assert {kind.code: kind.exit_code for kind in OURS} == RELEASED


def test_no_two_kinds_share_a_code() -> None:
    assert len({kind.code for kind in OURS}) == len(OURS)


@pytest.mark.parametrize("kind", OURS)
def test_every_kind_can_be_raised_with_a_line_and_a_hint(kind: type[ComityError]) -> None:
    problem = kind("the box is shut", hint="open it")
    assert str(problem) == problem.what == problem.explain() == "the box is shut"
    assert problem.hint == "open it"


def test_the_place_comes_before_what_is_wrong() -> None:
    assert ComityError("not a number", where="form.toml, line 3").explain() == "form.toml, line 3: not a number"


def test_what_is_too_large_is_also_malformed() -> None:
    assert issubclass(TooLarge, Malformed)


def test_every_failed_verification_is_caught_by_one_name() -> None:
    assert {kind.code for kind in every_kind(NotVerified) if kind in OURS} == {
        "not-verified",
        "bad-signature",
        "bad-proof",
        "broken-seal",
        "broken-custody",
    }


def test_mistakes_and_findings_are_kept_in_order() -> None:
    mistakes = [Mistake("a", "missing", 2), Mistake("b", "unknown field", 4)]
    assert Malformed("wrong", mistakes=mistakes).mistakes == tuple(mistakes)
    assert RefusedByRule("no", findings=["x", "y"]).findings == ("x", "y")
    assert NeedsPerson("wait", findings=["z"]).findings == ("z",)
