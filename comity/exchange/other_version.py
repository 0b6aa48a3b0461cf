"""What a peer of another major version sends: told apart from what is malformed, so that both sides know what to do.

A major has its own paths (`/v1/`) and its own closed fields. Who meets another one says `version`, and the caller falls
back on what both speak (`version.Speaks.versions`). docs/formats/envelope.md, section 4a
"""

import json
from typing import NoReturn, TypeVar

from comity.base.errors import Malformed, TooLarge
from comity.base.parsing import read_json
from comity.exchange.problems import ExchangeProblem

T = TypeVar("T")


def read_versioned(data: bytes, kind: type[T], version: int, *, limit: int, what: str) -> T:
    """As `read_json`, for what says its version in `v`. Where it does not parse and says another version, that is why:
    raises ExchangeProblem `version`. What parses is the caller's to check."""
    try:
        return read_json(data, kind, limit=limit, what=what)
    except TooLarge:
        raise
    except Malformed:
        said = _said(data)
        if said is not None and said != version:
            refuse_version(said, version, what)
        raise


def refuse_version(said: int, version: int, what: str) -> NoReturn:
    raise ExchangeProblem(
        "version",
        f"{what} is of version {said}; this node speaks {version}",
        hint="see /.well-known/comity; send it anew in a version that both speak",
    )


def _said(data: bytes) -> int | None:
    """The version that JSON says, whatever else is in it; None where it says none, or is no JSON. Its size is known."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    said = value.get("v") if isinstance(value, dict) else None
    return said if isinstance(said, int) and not isinstance(said, bool) else None
