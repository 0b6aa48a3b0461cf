"""Addresses to which a request would have the answer sent are found; its sender's own and what it is about are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.exchange.directory import Entity
from comity.exchange.message import Role
from comity.exchange.replies import elsewhere

SENDER = Entity(
    id="XA/central-authority",
    role=Role.AUTHORITY,
    name="Central Authority of State XA",
    endpoint="https://node.xa.example:8443/comity",
    origin="xa.example/log",
    keys=(),
    telephone="+999 1 555 0100",
)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("answer to duty@xa-justice.example please", "duty@xa-justice.example"),
        ("upload at https://in.xa-evidence.example/x?y=1 now", "https://in.xa-evidence.example/x?y=1"),
        ("https://node.xa.example.thief.example/", "https://node.xa.example.thief.example/"),
        ("call +44 20 7946 0000", "+44 20 7946 0000"),
        ("call +999 1 555 0101", "+999 1 555 0101"),
    ],
)
def test_another_address_is_found(words: str, found: str) -> None:
    assert elsewhere([words], SENDER, []) == (found,)


@pytest.mark.parametrize(
    "words",
    ["see https://node.xa.example/help", "duty@node.xa.example", "our number is +999 (1) 555-0100", "on 2026-12-07"],
)
def test_the_sender_s_own_is_none(words: str) -> None:
    assert elsewhere([words], SENDER, []) == ()


def test_the_accounts_asked_about_are_what_the_request_is_for() -> None:
    assert elsewhere(["the taker wrote from Taken@mail.example"], SENDER, ["taken@mail.example"]) == ()


@given(st.lists(st.text(max_size=200), max_size=5))
def test_any_words_are_read_and_each_find_stands_in_them(texts: list[str]) -> None:
    for one in elsewhere(texts, SENDER, []):
        assert one in "\n".join(texts)
