"""Requests under the Budapest Convention, and one way to have them assessed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from comity.base.ids import StateCode
from comity.base.mode import Mode
from comity.treaty.assess import Assessment, Side, assess
from comity.treaty.declarations import declarations_of
from comity.treaty.participation import load_register
from comity.treaty.request import Request, read_request

TODAY = date(2026, 11, 22)


@pytest.fixture
def preservation(root: Path) -> Request:
    """The live example: Brazil asks Estonia; every fact in it is invented."""
    file = root / "examples" / "budapest-live" / "preservation.toml"
    return read_request(file.read_bytes(), "the example")


@pytest.fixture
def exercise(preservation: Request) -> Request:
    """The same between invented States."""
    return msgspec.structs.replace(preservation, requesting=StateCode("XA"), requested=StateCode("XB"))


@pytest.fixture
def production(root: Path) -> Request:
    """Stored data, between invented States, with no other treaty between them."""
    file = root / "examples" / "investment-scam" / "production.toml"
    read = read_request(file.read_bytes(), "the example")
    offence = msgspec.structs.replace(read.offence, article="8")
    return msgspec.structs.replace(read, instrument="budapest", offence=offence, other_treaty="none")


@pytest.fixture(scope="session")
def judge() -> Callable[..., Assessment]:
    """Assess a request; what is not given is as in an ordinary exercise today, from the requesting side."""

    def run(request: Request, *, side: Side = Side.REQUESTING, mode: Mode = Mode.EXERCISE) -> Assessment:
        return assess(
            request,
            requesting=declarations_of(request.requesting),
            requested=declarations_of(request.requested),
            register=load_register(),
            on=TODAY,
            side=side,
            mode=mode,
        )

    return run
