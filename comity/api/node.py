"""The node itself: who it is, whom it knows, and its log."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query, Response

from comity.api.answers import as_bytes, problems
from comity.api.calling import Caller, needs
from comity.api.case_shapes import example
from comity.api.shapes import Index, QueryShape, Shape
from comity.base.errors import NotFound
from comity.base.instants import Instant
from comity.workflows import keep_directory, prove_entry, tokens
from comity.workflows.sequence_log import CHECKPOINT
from comity.workflows.token_store import Scope

router = APIRouter(prefix="/api/v1")
_NOTE: Final = "example.org/log\n256\nYLbSrUg1FiKRT4ubkRyVnVXUmAl7MZK/KWi0GhZXm7w=\n\n\u2014 example.org/log ...\n"
_PROOF: Final = "c2sp.org/tlog-proof@v1\nindex 12\n...\n"


class Me(Shape):
    """This node, and what the token opens here."""

    model_config = example(
        {
            "node": "XA/central-authority",
            "name": "Central Authority of XA",
            "role": "authority",
            "mode": "exercise",
            "stamp": "EXERCISE",
            "now": "2026-12-07T09:00:00Z",
            "token": "3f2a9c4b1d60",
            "scopes": ["cases:read", "directory:read"],
            "people": [],
            "roles": [],
            "expires": "2027-03-07T09:00:00Z",
        }
    )

    node: str
    name: str
    role: str
    mode: str
    stamp: str
    now: str
    token: str
    scopes: list[str]
    people: list[str]
    roles: list[str]
    expires: str


class KeyShape(Shape):
    """A public key. `public`: base64url, for evidence the age recipient; times are RFC 3339."""

    use: str
    kid: str
    public: str
    not_before: str
    not_after: str
    compromised_since: str | None


class EntityShape(Shape):
    """A node as its State lists it. `until`: when its State's list ends."""

    id: str
    role: str
    name: str
    endpoint: str
    origin: str
    telephone: str
    until: str
    keys: list[KeyShape]


class DirectoryShape(Shape):
    """Every node that is trusted here."""

    model_config = example(
        {
            "entities": [
                {
                    "id": "XB/central-authority",
                    "role": "authority",
                    "name": "Central Authority of XB",
                    "endpoint": "https://xb.example",
                    "origin": "xb.example/log",
                    "telephone": "",
                    "until": "2027-01-06T09:00:00Z",
                    "keys": [
                        {
                            "use": "transport",
                            "kid": "h4ex7RNY1KUyBcNfQViFbv7Q4Y65o5_0SvQ2tUqrUKE",
                            "public": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                            "not_before": "2026-12-07T09:00:00Z",
                            "not_after": "2027-12-07T09:00:00Z",
                            "compromised_since": None,
                        }
                    ],
                }
            ]
        }
    )

    entities: list[EntityShape]


class ProofQuery(QueryShape):
    """`opening`: put in what the entry hides, for whoever may know it."""

    opening: Literal["", "yes"] = ""


@router.get("/me", operation_id="get_me", tags=["node"], responses=problems())
def get_me(caller: Annotated[Caller, needs()]) -> Me:
    """This node, and what the token opens. Needs a token, and no scope."""
    office, token = caller.office, caller.token
    return Me(
        node=office.node,
        name=office.name,
        role=office.role.value,
        mode=office.mode.value,
        stamp=office.mode.stamp,
        now=str(office.clock.now()),
        token=token.id,
        scopes=sorted(token.scopes),
        people=list(token.people),
        roles=sorted(token.roles),
        expires=str(token.expires),
    )


@router.get("/directory", operation_id="get_directory", tags=["node"], responses=problems())
def get_directory(caller: Annotated[Caller, needs(Scope.DIRECTORY_READ)]) -> DirectoryShape:
    """Every node of the directories trusted here, with its keys. Needs `directory:read`."""
    found = []
    for signed in keep_directory.show(caller.office):
        until = str(Instant.from_seconds(signed.value.next_update))
        for one in signed.value.entities:
            keys = [
                KeyShape(
                    use=key.use.value,
                    kid=key.kid,
                    public=key.public,
                    not_before=str(Instant.from_seconds(key.not_before)),
                    not_after=str(Instant.from_seconds(key.not_after)),
                    compromised_since=(
                        None if key.compromised_since is None else str(Instant.from_seconds(key.compromised_since))
                    ),
                )
                for key in one.keys
            ]
            found.append(
                EntityShape(
                    id=one.id,
                    role=one.role.value,
                    name=one.name,
                    endpoint=one.endpoint,
                    origin=one.origin,
                    telephone=one.telephone,
                    until=until,
                    keys=keys,
                )
            )
    return DirectoryShape(entities=found)


@router.get(
    "/log/checkpoint",
    operation_id="get_checkpoint",
    tags=["log"],
    response_class=Response,
    responses={**as_bytes("text/plain", "The checkpoint with its cosignatures.", _NOTE), **problems(404)},
)
def get_checkpoint(caller: Annotated[Caller, needs(Scope.EVENTS_READ)]) -> Response:
    """The log's published checkpoint (C2SP tlog-checkpoint). Needs `events:read`."""
    data = caller.office.log_folder.read(CHECKPOINT)
    if data is None:
        raise NotFound("no checkpoint is published yet", hint="wait for the first one")
    return Response(data, media_type="text/plain")


@router.get(
    "/log/proofs/{index}",
    operation_id="get_proof",
    tags=["log"],
    response_class=Response,
    responses={**as_bytes("text/plain", "The proof, to be checked alone.", _PROOF), **problems(404)},
)
def get_proof(
    caller: Annotated[Caller, needs(Scope.EVENTS_READ)],
    index: Annotated[Index, Path(description="of the log entry", examples=[12])],
    query: Annotated[ProofQuery, Query()],
) -> Response:
    """The proof that an entry is in the log (C2SP tlog-proof). Needs `events:read`, and with `opening` `cases:read`."""
    if query.opening:
        tokens.require(caller.token, Scope.CASES_READ)
    _, data = prove_entry.prove(caller.office, index, with_opening=bool(query.opening))
    return Response(data, media_type="text/plain")
