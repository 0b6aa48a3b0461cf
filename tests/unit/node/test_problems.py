"""Typed errors as problem documents: every code, every field, and no more than the error says."""

import json

import pytest

from comity.base import errors
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.crypto.request_signature import ClockSkew
from comity.exchange.problems import PROBLEMS, ExchangeProblem
from comity.node.problems import MEDIA_TYPE, problem_response


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_code_is_answered_with_its_status_and_what_to_do(code: str) -> None:
    response = problem_response(ExchangeProblem(code, "what was wrong", hint="not told", where="not told"), Mode.LIVE)
    said = json.loads(bytes(response.body))
    assert (response.status_code, response.media_type) == (PROBLEMS[code].status, MEDIA_TYPE)
    assert said == {
        "type": f"https://comity.example/problems/{code}",
        "title": PROBLEMS[code].title,
        "status": PROBLEMS[code].status,
        "detail": "what was wrong",
        "code": code,
        "retry": PROBLEMS[code].retry,
        "who": PROBLEMS[code].who,
        "mode": "live",
        "stamp": "",
    }


def test_whoever_differs_by_the_clock_is_told_what_time_it_is_here() -> None:
    ours = Instant.parse("2026-11-22T17:00:00Z")
    said = json.loads(bytes(problem_response(ClockSkew("too long ago", ours=ours), Mode.LIVE).body))
    assert (said["code"], said["at"]) == ("clock-skew", ours.seconds)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.Malformed("a"), "malformed"),
        (errors.TooLarge("a"), "too-large"),
        (errors.RefusedByRule("a"), "treaty-check"),
        (errors.OutOfOrder("a"), "out-of-state"),
        (errors.BadSignature("a"), "bad-signature"),
        (errors.BrokenSeal("a"), "broken-seal"),
        (errors.BrokenCustody("a"), "broken-custody"),
        (errors.NotFound("a"), "not-found"),
        (errors.Unavailable("a"), "unavailable"),
    ],
)
def test_our_own_errors_have_their_problem(error: errors.ComityError, code: str) -> None:
    assert json.loads(bytes(problem_response(error, Mode.EXERCISE).body))["code"] == code
