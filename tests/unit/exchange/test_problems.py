"""Problems: a code each, and the right one for every typed error."""

import pytest

from comity.base import errors
from comity.crypto.hpke import CannotOpen
from comity.crypto.request_signature import ClockSkew
from comity.exchange.problems import PROBLEMS, ExchangeProblem, Retry, problem_of


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.Malformed("x"), "malformed"),
        (errors.TooLarge("x"), "too-large"),
        (errors.BadSignature("x"), "bad-signature"),
        (ClockSkew("x"), "clock-skew"),
        (CannotOpen("x"), "cannot-open"),
        (errors.RefusedByRule("x"), "treaty-check"),
        (errors.BrokenSeal("x"), "broken-seal"),
        (errors.BrokenCustody("x"), "broken-custody"),
        (errors.Conflict("x"), "conflict"),
        (errors.NotFound("x"), "not-found"),
        (errors.Unavailable("x"), "unavailable"),
        (errors.NotPermitted("x"), "invalid-field"),
        (errors.ComityError("x"), "invalid-field"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_every_typed_error_has_its_problem(error: errors.ComityError, code: str) -> None:
    assert problem_of(error) == (code, PROBLEMS[code])


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_failed_check_keeps_its_own_code(code: str) -> None:
    assert problem_of(ExchangeProblem(code, "what is wrong")) == (code, PROBLEMS[code])


def test_a_step_the_case_does_not_allow_is_not_a_message_that_came_too_early() -> None:
    """The one is refused with a receipt, the other waits for its forerunner: a node that takes one for the other never
    answers."""
    assert problem_of(errors.OutOfOrder("granted is not possible"))[0] == "out-of-state"
    assert problem_of(ExchangeProblem("out-of-order", "number 3 came, 2 is missing"))[0] == "out-of-order"


def test_a_code_that_is_not_listed_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        ExchangeProblem("made-up", "x")


def test_a_problem_says_what_may_be_sent_again_if_it_says_no_more() -> None:
    assert ExchangeProblem("expired", "x").hint == f"send {Retry.NEW_DOCUMENT}"
    assert ExchangeProblem("expired", "x", hint="ask them").hint == "ask them"


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_has_a_status_a_title_and_someone_to_act(code: str) -> None:
    problem = PROBLEMS[code]
    assert 400 <= problem.status < 600 or (code, problem.status) == ("out-of-order", 202)
    assert problem.title
    assert problem.who
