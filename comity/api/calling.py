"""Who calls: the token of a request, its scopes, and the person in whose name it acts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from comity.workflows import tokens
from comity.workflows.office import Office
from comity.workflows.token_store import Scope, Token

TOKEN: Final = "comity_token"  # noqa: S105 - a name, not a token
"""Where the gate leaves the token, in the request's scope."""
PERSON: Final = "Comity-Person"
PERSON_PATTERN: Final = r"^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$"
_bearer = HTTPBearer(
    bearerFormat="comity_<id>_<secret>", scheme_name="token", description="`comity token create` makes one",
    auto_error=False,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Caller:
    """A request's token, at this node."""

    office: Office
    token: Token


@dataclass(frozen=True, slots=True)
class Acting(Caller):
    """The same, acting for a person. `office` knows nobody but that person, in the token's roles."""

    person: str


def office_of(request: Request) -> Office:
    found: Office = request.app.state.office
    return found


def _token(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]) -> Token:
    """The token that the gate has checked, before it let a byte of the body in."""
    found: Token = request.scope[TOKEN]
    return found


def needs(*scopes: Scope) -> Any:
    """A dependency: the caller, if the token opens every one of `scopes`."""

    def caller(request: Request, token: Annotated[Token, Depends(_token)]) -> Caller:
        for scope in scopes:
            tokens.require(token, scope)
        return Caller(office_of(request), token)

    return Depends(_marked(caller, scopes))


def acts(*scopes: Scope) -> Any:
    """A dependency: the caller acting for the person of the header `Comity-Person`."""

    def caller(
        found: Annotated[Caller, needs(*scopes)],
        person: Annotated[
            str,
            Header(
                alias=PERSON,
                pattern=PERSON_PATTERN,
                description="in whose name: one of the token's people, who has the role that the act takes",
                examples=["anna"],
            ),
        ],
    ) -> Acting:
        return Acting(tokens.acting(found.office, found.token, person), found.token, person)

    return Depends(_marked(caller, scopes))


def _marked(caller: Callable[..., Any], scopes: tuple[Scope, ...]) -> Callable[..., Any]:
    caller.scopes = scopes  # type: ignore[attr-defined]
    return caller
