"""The interface's application: every route, its description, and the gate before it."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.types import ASGIApp

from comity.api import cases, decisions, emergencies, events, evidence, node, talk
from comity.api.gate import OPENAPI, Gate
from comity.api.problems import MEDIA_TYPE, FindingShape, Mistake, ProblemShape, install
from comity.api.shapes import with_facts
from comity.base.mode import Mode
from comity.workflows.office import Office

VERSION: Final = "1"
_ABOUT: Final = (
    "For an authority's own case system. Every request bears a token that an operator made; what acts does so in the "
    "name of a person (`Comity-Person`), and never approves. Errors are problem documents (RFC 9457). Times are UTC. "
    "See docs/api.md."
)


def make_api(office: Office, url: str) -> ASGIApp:
    """The interface of a node, under /api/. url: the node's own address, under which alone it answers."""
    app = describe(office.mode)
    app.state.office = office
    return Gate(app, office, url)


def describe(mode: Mode) -> FastAPI:
    """The routes without a node behind them: enough for openapi.json."""
    app = FastAPI(
        title="comity",
        version=VERSION,
        description=_ABOUT,
        openapi_url=OPENAPI,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for module in (cases, decisions, emergencies, talk, evidence, node, events):
        app.include_router(module.router)
    install(app, mode)

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _openapi(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    for shape in (ProblemShape, Mistake, FindingShape):
        part = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        part.pop("$defs", None)
        schema["components"]["schemas"].setdefault(shape.__name__, part)
    _name_problems(schema)
    return with_facts(schema)


def _name_problems(schema: dict[str, Any]) -> None:
    """Each problem is described once, and every route refers to it."""
    named = schema["components"].setdefault("responses", {})
    for operations in schema["paths"].values():
        for operation in operations.values():
            for code, answer in operation["responses"].items():
                if MEDIA_TYPE in answer.get("content", {}):
                    named[f"Problem{code}"] = answer
                    operation["responses"][code] = {"$ref": f"#/components/responses/Problem{code}"}
    schema["components"]["responses"] = dict(sorted(named.items()))
