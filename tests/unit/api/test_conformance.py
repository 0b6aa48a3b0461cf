"""schemathesis finds nothing: the interface does what its openapi.json says, whatever is sent."""

import os
import warnings
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, settings

from comity.api.app import make_api
from comity.api.gate import OPENAPI
from comity.workflows.token_store import Scope
from tests.simulators.interface import caller
from tests.simulators.story import at, case_at

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what it warns of as it loads is its own affair
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.config import SchemathesisConfig

pytestmark = pytest.mark.filterwarnings("ignore")
EXAMPLES: Final = int(os.environ.get("COMITY_API_EXAMPLES", "4"))
"""For each operation of the interface; `make soak` tries more."""
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


WORLD = at("sealed")
CALLER = caller(WORLD.provider, *Scope, acts_for=["lee"])
"""Every scope, at the provider that has sealed evidence: a case, documents, a package, custody."""
APP = make_api(WORLD.provider.office, "http://testserver")


def whole(value: Any) -> Any:
    """An integer of a schema may be 7.0, and the interface takes no fraction in any spelling (docs/api.md)."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: whole(one) for name, one in value.items()}
        case list():
            return [whole(one) for one in value]
    return value


@schemathesis.hook
def map_body(_context: Any, body: Any) -> Any:
    return whole(body)


def described(modes: list[GenerationMode], **parameters: str) -> Any:
    config = SchemathesisConfig()
    project = config.projects.default
    project.generation.update(modes=modes)
    project.checks.positive_data_acceptance.expected_statuses += ["422"]  # as described, and yet it cannot be so
    if parameters:
        project.parameters = dict(parameters)
    return schemathesis.openapi.from_asgi(OPENAPI, APP, config=config)


def check(case: Any) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {CALLER.token}"})


anything = described([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
here = described(
    [GenerationMode.POSITIVE],
    **{"case": case_at(WORLD, "provider", "stored_data").id, "Comity-Person": "lee"},
)


@anything.parametrize()  # type: ignore[untyped-decorator]
@BOUNDED
def test_whatever_is_sent_is_answered_as_described(case: Any) -> None:
    check(case)


@here.parametrize()  # type: ignore[untyped-decorator]
@settings(BOUNDED, phases=[Phase.generate])
def test_so_it_is_where_there_is_a_case(case: Any) -> None:
    check(case)
