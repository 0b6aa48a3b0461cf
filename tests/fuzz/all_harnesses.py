"""Every harness by its name, and the module each stands in."""

from collections.abc import Mapping
from typing import Final

from tests.fuzz import evidence, exchange, law, log
from tests.fuzz.harness import Harness, by_name

_MODULES: Final = (log, exchange, evidence, law)
HARNESSES: Final[Mapping[str, Harness]] = by_name(*(one for found in _MODULES for one in found.HARNESSES.values()))
MODULE_OF: Final[Mapping[str, str]] = {name: found.__name__ for found in _MODULES for name in found.HARNESSES}
