"""Every harness by its name. Imported once the fuzzer's hooks are in place, so that it sees what it imports."""

from collections.abc import Mapping
from typing import Final

from tests.fuzz import evidence, exchange, law, log
from tests.fuzz.harness import Harness, by_name

HARNESSES: Final[Mapping[str, Harness]] = by_name(
    *log.HARNESSES.values(), *exchange.HARNESSES.values(), *evidence.HARNESSES.values(), *law.HARNESSES.values()
)
