"""Signing in by the authority's own provider, a real one on loopback: groups give roles, and nothing else does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey

from comity.adapters.oidc import OpenIdProvider
from comity.web.app import Pages, make_pages
from comity.workflows import people
from tests.simulators.authenticator import first_operator
from tests.simulators.provider import CLIENT, SECRET, Provider, serving
from tests.simulators.story import at
from tests.simulators.world import START, SmallWorld
from tests.web.browsing import URL, Browser, Page

ROLES = {"evidence-lawyers": frozenset({"case_lawyer"}), "evidence-duty": frozenset({"duty_officer"})}
ROSA = {"sub": "s-1", "preferred_username": "rosa", "name": "Rosa L.", "groups": ["staff", "evidence-lawyers"]}


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with serving(Provider(START.seconds)) as found:
        yield found


@pytest.fixture
def world() -> SmallWorld:
    return at("new")


def browser(world: SmallWorld, provider: Provider, folder: Path, secret: str = SECRET) -> Browser:
    provider.wrong, provider.signs_with = {}, None
    own = OpenIdProvider(
        issuer=provider.url,
        client_id=CLIENT,
        secret=secret,
        back=f"{URL}/sign-in/back",
        name="your office",
        group_claim="groups",
        person_claim="preferred_username",
        roles_of_group=ROLES,
        clock=world.xa.clock,
    )
    return Browser(make_pages(world.xa.office, URL, folder, Pages(provider=own)))


def sign_in(browser: Browser, provider: Provider, person: dict[str, Any]) -> Page:
    """To the provider and back, as a browser goes."""
    provider.person = person
    assert browser.get("/sign-in").says("Sign in with your office")
    away = browser._ask("GET", "/sign-in/provider", b"", {}).headers["location"]
    back = httpx.get(away, verify=False, trust_env=False).headers["location"]
    return browser.get(back.removeprefix(URL))


def test_who_is_in_a_group_comes_in_with_its_roles_and_no_others(
    world: SmallWorld, provider: Provider, tmp_path: Path
) -> None:
    rosa = browser(world, provider, tmp_path)
    assert sign_in(rosa, provider, ROSA).says("case lawyer")
    found = people.find(world.xa.office, "rosa")
    assert found is not None
    assert (set(found.roles), found.name) == ({"case_lawyer"}, "Rosa L.")


def test_roles_are_those_of_todays_groups(world: SmallWorld, provider: Provider, tmp_path: Path) -> None:
    sign_in(browser(world, provider, tmp_path), provider, ROSA)
    sign_in(browser(world, provider, tmp_path), provider, {**ROSA, "groups": ["evidence-duty"]})
    found = people.find(world.xa.office, "rosa")
    assert found is not None
    assert found.roles == {"duty_officer"}


@pytest.mark.parametrize("groups", [[], ["staff"], ["operator"], "evidence-lawyers", None])
def test_who_is_in_no_such_group_is_not_let_in_and_not_kept(
    world: SmallWorld, provider: Provider, tmp_path: Path, groups: object
) -> None:
    page = sign_in(browser(world, provider, tmp_path), provider, {**ROSA, "groups": groups})
    assert page.status == 403
    assert page.says("Ask for one that has")
    assert people.find(world.xa.office, "rosa") is None


def test_a_name_that_somebody_has_here_is_not_taken_over(world: SmallWorld, provider: Provider, tmp_path: Path) -> None:
    first_operator(world.xa.office)
    for taken in ("olive", "bo"):
        page = sign_in(browser(world, provider, tmp_path), provider, {**ROSA, "preferred_username": taken})
        assert page.status == 409


def test_who_is_suspended_stays_out(world: SmallWorld, provider: Provider, tmp_path: Path) -> None:
    rosa = browser(world, provider, tmp_path)
    sign_in(rosa, provider, ROSA)
    first_operator(world.xa.office)
    people.suspend(world.xa.office, "olive", "rosa")
    assert rosa.get("/inbox").address == "/sign-in"
    assert sign_in(browser(world, provider, tmp_path), provider, ROSA).status == 403


@pytest.mark.parametrize(
    "wrong",
    [{"iss": "https://other.example"}, {"aud": "another"}, {"nonce": "another"}, {"exp": START.seconds - 3600}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_token_that_says_something_else_lets_nobody_in(
    world: SmallWorld, provider: Provider, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    rosa = browser(world, provider, tmp_path)
    provider.wrong = wrong
    assert sign_in(rosa, provider, ROSA).status == 409


def test_a_token_that_another_key_signed_lets_nobody_in(world: SmallWorld, provider: Provider, tmp_path: Path) -> None:
    rosa = browser(world, provider, tmp_path)
    provider.signs_with = ECKey.generate_key("P-256", {"kid": "one"})
    assert sign_in(rosa, provider, ROSA).status == 409


def test_a_wrong_secret_lets_nobody_in(world: SmallWorld, provider: Provider, tmp_path: Path) -> None:
    assert sign_in(browser(world, provider, tmp_path, "another"), provider, ROSA).status == 409


def test_a_return_counts_once_and_for_the_browser_that_left(
    world: SmallWorld, provider: Provider, tmp_path: Path
) -> None:
    rosa = browser(world, provider, tmp_path)
    rosa.get("/sign-in")
    provider.person = ROSA
    away = rosa._ask("GET", "/sign-in/provider", b"", {}).headers["location"]
    back = httpx.get(away, verify=False, trust_env=False).headers["location"].removeprefix(URL)
    other = Browser(rosa.app)
    other.get("/sign-in")
    assert other.get(back).status == 409
    assert rosa.get(back).status == 409  # a state that was shown to another is used up
    assert parse_qs(urlsplit(away).query)["code_challenge_method"] == ["S256"]
