"""The demo's account: it is well only if every refusal, every proof and the evidence came out as they must."""

import json

import pytest

from comity.base.errors import BadProof, BrokenSeal
from comity.cli import output
from comity.cli.demo.account import Account


def well() -> Account:
    """An account of a demo in which all went well."""
    account = Account(quiet=True)
    with account.step("draft", "anna", "42(1)"):
        pass
    account.saw("a changed byte", "broken-seal", "broken-seal")
    account.logs.append({"node": "XA/a", "origin": "o", "size": 2, "proofs_verified": 2, "cosigned": True})
    account.evidence |= {"verified": True, "files": 1, "bytes": 9}
    return account


def test_it_is_well_when_all_is_as_it_must_be() -> None:
    assert well().is_ok


def test_it_is_not_well_without_any_attempt() -> None:
    account = well()
    account.attempts.clear()
    assert not account.is_ok


@pytest.mark.parametrize("code", ["not refused", "bad-proof", ""])
def test_one_thing_refused_otherwise_than_it_must_be_and_it_is_not_well(code: str) -> None:
    account = well()
    account.saw("another", "conflict", code)
    assert not account.is_ok


@pytest.mark.parametrize("change", [{"proofs_verified": 0}, {"cosigned": False}])
def test_one_log_unproven_or_uncosigned_and_it_is_not_well(change: dict[str, object]) -> None:
    account = well()
    account.logs.append({**account.logs[0], **change})
    assert not account.is_ok


def test_evidence_that_was_not_compared_or_differs_and_it_is_not_well() -> None:
    account = well()
    account.evidence["verified"] = False
    assert not account.is_ok
    account.evidence.clear()
    assert not account.is_ok


def test_what_is_tried_is_kept_with_the_code_it_was_refused_with() -> None:
    account = Account(quiet=True)
    with account.must_refuse("one", "broken-seal"):
        raise BrokenSeal("broken")
    with account.must_refuse("two", "broken-seal"):
        raise BadProof("another error")
    with account.must_refuse("three", "broken-seal"):
        pass
    assert [one.code for one in account.attempts] == ["broken-seal", "bad-proof", "not refused"]
    assert [one.is_right for one in account.attempts] == [True, False, False]


def test_an_error_that_is_no_refusal_is_not_swallowed() -> None:
    account = Account(quiet=True)
    with pytest.raises(ZeroDivisionError), account.must_refuse("one", "broken-seal"):
        _ = 1 // 0
    assert account.attempts == []


def test_a_step_that_fails_does_not_count() -> None:
    account = Account(quiet=True)
    with pytest.raises(BrokenSeal), account.step("open it", "anna", "40(19)"):
        raise BrokenSeal("broken")
    assert account.steps == []


def test_the_object_it_prints_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    output.emit_json(well().as_json())
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert told["steps"] == [{"name": "draft", "by": "anna", "article": "42(1)", "ms": told["steps"][0]["ms"]}]
    assert told["refused"] == [{"attempt": "a changed byte", "code": "broken-seal"}]


def test_the_summary_says_what_was_expected_where_it_came_out_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    account = well()
    account.saw("another", "conflict", "not refused")
    account.show()
    said = capsys.readouterr().out
    assert "expected conflict" in said
    assert "NOT as it must be" in said
    assert "EXERCISE" in said
