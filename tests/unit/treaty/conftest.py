"""What the tests of the law share: the examples as requests, and one way to have them assessed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from comity.base.mode import Mode
from comity.treaty.assess import Assessment, Side, assess
from comity.treaty.declarations import Declarations, declarations_of
from comity.treaty.participation import Register, load_register
from comity.treaty.request import Request, read_request

TODAY = date(2026, 11, 22)


@pytest.fixture
def example(root: Path) -> Callable[[str], Request]:
    """A request of examples/ by its path there, without '.toml'."""

    def read(name: str) -> Request:
        return read_request((root / "examples" / f"{name}.toml").read_bytes(), name)

    return read


@pytest.fixture
def preservation(example: Callable[[str], Request]) -> Request:
    return example("investment-scam/preservation")


@pytest.fixture
def production(example: Callable[[str], Request]) -> Request:
    return example("investment-scam/production")


@pytest.fixture
def iceland(example: Callable[[str], Request]) -> Request:
    return example("iceland-2013/request")


@pytest.fixture(scope="session")
def judge() -> Callable[..., Assessment]:
    """Assess a request; what is not given is as in an ordinary exercise today, from the requesting side."""

    def run(
        request: Request,
        *,
        side: Side = Side.REQUESTING,
        mode: Mode = Mode.EXERCISE,
        requested: Declarations | None = None,
        requesting: Declarations | None = None,
        register: Register | None = None,
    ) -> Assessment:
        return assess(
            request,
            requesting=requesting or declarations_of(request.requesting),
            requested=requested or declarations_of(request.requested),
            register=register or load_register(),
            on=TODAY,
            side=side,
            mode=mode,
        )

    return run
