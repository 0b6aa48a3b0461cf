"""Reading the facts of a request."""

from pathlib import Path

import msgspec
import pytest

from comity.base.encoding import to_json
from comity.base.errors import Malformed, TooLarge
from comity.base.parsing import read_json
from comity.treaty.request import REQUEST_LIMIT, Request, read_request

LEAST = b'requesting = "XA"\nrequested = "XB"\n'


def test_what_is_merely_missing_is_not_refused() -> None:
    request = read_request(LEAST, "a request")
    assert request.measures == ()
    assert request.authority == ""
    assert not request.assistance_will_follow


@pytest.mark.parametrize(
    ("extra", "field", "line"),
    [
        (b'authorty = "x"', "authorty", 3),
        (b"authority = 3", "authority", 3),
        (b'made_on = "soon"', "made_on", 3),
        (b'stage = "idea"', "stage", 3),
        (b"[offence]\nmax_penalty_years = -1", "offence.max_penalty_years", 4),
        (b'[[measures]]\nmeasure = "x"\ncategories = ["gossip"]', "measures[0].categories[0]", 5),
        (b"[confidentiality]\nreasons = 'x'", "confidentiality.wanted", 3),
    ],
)
def test_what_is_wrong_is_refused_with_its_field_and_line(extra: bytes, field: str, line: int) -> None:
    with pytest.raises(Malformed) as caught:
        read_request(LEAST + extra + b"\n", "a request")
    assert [(mistake.field, mistake.line) for mistake in caught.value.mistakes] == [(field, line)]


@pytest.mark.parametrize("code", [b"xa", b"XAA", b"X", b""])
def test_a_state_is_two_capital_letters(code: bytes) -> None:
    with pytest.raises(Malformed):
        read_request(b'requesting = "' + code + b'"\nrequested = "XB"\n', "a request")


def test_a_request_over_the_limit_is_not_read() -> None:
    with pytest.raises(TooLarge):
        read_request(LEAST + b"#" * REQUEST_LIMIT, "a request")


def test_every_example_is_the_same_after_a_journey_as_json(root: Path) -> None:
    files = sorted((root / "examples").rglob("*.toml"))
    requests = [file for file in files if b"requesting" in file.read_bytes()]
    assert len(requests) >= 5
    for file in requests:
        request = read_request(file.read_bytes(), file.name)
        assert read_json(to_json(request), Request, limit=REQUEST_LIMIT, what="a body") == request


def test_a_request_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        read_request(LEAST, "a request").authority = "x"  # type: ignore[misc]
    assert msgspec.structs.replace(read_request(LEAST, "a request"), authority="x").authority == "x"
