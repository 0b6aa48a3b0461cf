"""Tokens: shown once, never more than they were made for, and over when they are over."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import ComityError, Malformed, NotFound, NotPermitted
from comity.workflows import draft_request, tokens, webhooks
from comity.workflows.office import Office
from comity.workflows.token_store import Scope, Token
from tests.simulators.story import at
from tests.simulators.world import XB, SmallWorld, preservation


@pytest.fixture
def world() -> SmallWorld:
    return at("new")


def made(
    office: Office, *scopes: Scope, acts_for: tuple[str, ...] = ("anna",), roles: tuple[str, ...] = (), days: int = 90
) -> tuple[Token, str]:
    return tokens.create(office, "bo", name="case system", scopes=scopes, people=acts_for, roles=roles, days=days)


def test_a_token_is_found_by_its_text_and_the_text_is_kept_nowhere(world: SmallWorld) -> None:
    token, text = made(world.xa.office, Scope.CASES_READ)
    assert tokens.authenticate(world.xa.office, text).id == token.id
    assert re.fullmatch(r"comity_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", text)
    assert text.rpartition("_")[2].encode() not in repr(world.xa.dump()).encode()


def test_two_tokens_share_nothing(world: SmallWorld) -> None:
    texts = {made(world.xa.office, Scope.CASES_READ)[1] for _ in range(20)}
    assert len({text[20:] for text in texts}) == len({text[7:19] for text in texts}) == 20


@given(at_=st.integers(0, 61), with_=st.sampled_from("abcXYZ019_-=\u00e9\n "))
def test_a_text_with_one_character_changed_opens_nothing(at_: int, with_: str) -> None:
    office = at("new").xa.office
    _, text = made(office, Scope.CASES_READ)
    assert len(text) == 63
    changed = text[:at_] + with_ + text[at_ + 1 :]
    if changed != text:
        with pytest.raises(tokens.NotAuthenticated):
            tokens.authenticate(office, changed)


def test_it_ends_with_its_day_and_at_once_when_it_is_revoked(world: SmallWorld) -> None:
    office = world.xa.office
    (first, one), (_, two) = made(office, Scope.CASES_READ, days=1), made(office, Scope.CASES_READ, days=2)
    world.pass_seconds(86_399)
    assert tokens.authenticate(office, one).is_live(office.clock.now())
    world.pass_seconds(1)
    with pytest.raises(tokens.NotAuthenticated) as ended:
        tokens.authenticate(office, one)
    token = tokens.authenticate(office, two)
    assert tokens.revoke(office, "bo", token.id).revoked == office.clock.now()
    with pytest.raises(tokens.NotAuthenticated) as revoked:
        tokens.authenticate(office, two)
    assert ended.value.what == revoked.value.what  # nobody learns which it was
    assert tokens.revoke(office, "bo", token.id).id == token.id
    with pytest.raises(NotFound):
        tokens.revoke(office, "bo", "0" * 12)
    assert [one.id for one in tokens.all_tokens(office)] == [first.id, token.id]


def test_when_it_was_last_used_is_kept_to_the_minute(world: SmallWorld) -> None:
    office = world.xa.office
    _, text = made(office, Scope.CASES_READ)
    start = office.clock.now()
    for passed, expected in ((0, 0), (59, 0), (1, 60), (30, 60)):
        world.pass_seconds(passed)
        tokens.authenticate(office, text)
        assert tokens.all_tokens(office)[0].last_used == start.plus_seconds(expected)


def test_only_an_operator_makes_and_revokes_and_each_leaves_an_entry_in_the_log(world: SmallWorld) -> None:
    office = world.xa.office
    size = len(world.xa.dump()["log_entry"])
    with pytest.raises(NotPermitted):
        tokens.create(office, "anna", name="mine", scopes=[Scope.CASES_READ])
    token, _ = made(office, Scope.CASES_READ)
    tokens.revoke(office, "bo", token.id)
    with pytest.raises(NotPermitted):
        tokens.revoke(office, "anna", token.id)
    assert len(world.xa.dump()["log_entry"]) == size + 2


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"scopes": []}, "scope"),
        ({"scopes": [Scope.WEBHOOKS_WRITE]}, "scope"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
        ({"people": ["nobody"]}, "person"),
        ({"scopes": [Scope.DECISIONS_WRITE], "people": []}, "person"),
        ({"roles": ["judge"]}, "role"),
        ({"roles": ["reviewer"]}, "role"),
    ],
)
def test_what_cannot_be_is_named(world: SmallWorld, wrong: dict[str, object], where: str) -> None:
    right: dict[str, object] = {"name": "x", "scopes": [Scope.CASES_READ], "people": ["anna"], "days": 1}
    with pytest.raises(Malformed) as refused:
        tokens.create(world.xa.office, "bo", **{**right, **wrong})  # type: ignore[arg-type]
    assert refused.value.where == where
    assert refused.value.hint
    assert tokens.all_tokens(world.xa.office) == ()


def test_a_token_acts_for_its_people_alone_and_in_its_roles_alone(world: SmallWorld) -> None:
    office = world.xa.office
    token, _ = made(office, Scope.CASES_DRAFT, roles=("investigator",))
    as_anna = tokens.acting(office, token, "anna")
    with pytest.raises(NotPermitted):
        tokens.acting(office, token, "bo")
    with pytest.raises(NotPermitted):  # an investigator does not approve, though anna as duty officer might
        draft_request.approve(as_anna, "anna", draft_request.draft(as_anna, "anna", preservation(), XB).id)
    with pytest.raises(NotPermitted):  # and nobody else is there
        draft_request.draft(as_anna, "bo", preservation(), XB)


def test_a_person_who_lost_a_role_has_it_by_no_token(world: SmallWorld) -> None:
    token, _ = made(world.xa.office, Scope.CASES_DRAFT)
    less = world.change(world.xa.id, people={**world.xa.office.people, "anna": frozenset({"reviewer"})})
    with pytest.raises(NotPermitted):
        draft_request.draft(tokens.acting(less, token, "anna"), "anna", preservation(), XB)


def test_revoking_ends_its_webhooks(world: SmallWorld) -> None:
    office = world.xa.office
    token, _ = made(office, Scope.EVENTS_READ, Scope.WEBHOOKS_WRITE)
    other, _ = made(office, Scope.EVENTS_READ, Scope.WEBHOOKS_WRITE)
    for one in (token, other):
        webhooks.subscribe(office, one, "https://cases.example/comity")
    tokens.revoke(office, "bo", token.id)
    assert [one.state for one in webhooks.all_webhooks(office)] == ["ended", "active"]


@given(st.text(max_size=200))
def test_any_text_at_all_is_refused_with_one_error(text: str) -> None:
    office = at("new").xa.office
    with pytest.raises(ComityError) as refused:
        tokens.authenticate(office, text)
    assert refused.value.code == "not-authenticated"
