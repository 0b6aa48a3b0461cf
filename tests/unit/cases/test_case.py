"""A case: how its events are joined, and what an approval is given to."""

import hashlib

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.ids import CaseId
from comity.cases import events as e
from comity.cases.case import link
from tests.simulators.case_files import CASE, REQUEST, played


def test_the_first_link_is_over_the_tag_zeros_the_case_and_the_event() -> None:
    expected = hashlib.sha256(b"comity/1/event\0" + bytes(32) + CASE.encode() + b"\0" + b"{}").digest()
    assert link(None, CASE, b"{}") == Digest(expected)


def test_every_other_link_is_over_the_one_before() -> None:
    before = Digest(bytes(range(32)))
    expected = hashlib.sha256(b"comity/1/event\0" + before.value + CASE.encode() + b"\0" + b"{}").digest()
    assert link(before, CASE, b"{}") == Digest(expected)


def test_a_link_fixes_the_event_the_case_and_what_came_before() -> None:
    before = Digest(bytes(range(32)))
    assert (
        len(
            {
                link(before, CASE, b"{}"),
                link(None, CASE, b"{}"),
                link(before, CASE, b"[]"),
                link(before, CaseId("x"), b"{}"),
            }
        )
        == 4
    )


def test_bytes_do_not_shift_between_the_case_and_the_event() -> None:
    assert link(None, CaseId("ab"), b"c") != link(None, CaseId("a"), b"bc")


def test_an_approval_is_given_to_the_digest_of_the_request_s_json() -> None:
    case = played(e.Drafted)
    assert case.request_sha256 == hashlib.sha256(to_json(REQUEST)).hexdigest()
