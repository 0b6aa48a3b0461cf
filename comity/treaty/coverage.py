"""What of the Convention is carried, by which rules and table rows, and what is not and why; from coverage.toml.

A row is written `file#key`: `periods.toml#preservation_least`, `offences.toml#13`, `declarations#languages`.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache

import msgspec

from comity.base.parsing import read_toml
from comity.treaty import periods
from comity.treaty.citation import Citation
from comity.treaty.data import FILE_LIMIT, packaged
from comity.treaty.declarations import Declarations
from comity.treaty.elements import all_elements
from comity.treaty.grounds import all_grounds
from comity.treaty.measures import all_measures
from comity.treaty.offences import all_offences, all_routes
from comity.treaty.rule_catalogue import Rule, all_rules


class Operative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One operative rule of the Convention, told in our words. `excluded`: why nothing carries it."""

    id: str
    article: str
    about: str
    rules: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    excluded: str = ""

    @property
    def cited(self) -> Citation:
        return Citation.of(self.article)

    @property
    def number(self) -> int:
        """Of its article, without paragraphs."""
        return int(self.article.partition("(")[0])


class _Coverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    operative: tuple[Operative, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """All of it, in the order of the articles; and the rules that findings can name."""

    operative: tuple[Operative, ...]
    rules: dict[str, Rule]

    @property
    def carried(self) -> tuple[Operative, ...]:
        return tuple(one for one in self.operative if not one.excluded)

    @property
    def excluded(self) -> tuple[Operative, ...]:
        return tuple(one for one in self.operative if one.excluded)

    @property
    def counts(self) -> dict[str, int]:
        """Operative rules, those carried and excluded, rules of ours, measures, those carried."""
        kinds = all_measures()
        return {
            "operative": len(self.operative),
            "carried": len(self.carried),
            "excluded": len(self.excluded),
            "rules": len(self.rules),
            "measures": len(kinds),
            "measures_carried": sum(one.is_carried for one in kinds),
        }

    def mistakes(self) -> tuple[str, ...]:
        """What is wrong with the list itself, a sentence each; none in a sound one."""
        found = [f"{one.id} is neither carried nor excluded" for one in self.operative if not _says(one)]
        found += [f"{one.id} is carried and excluded" for one in self.operative if one.excluded and _carries(one)]
        for one in self.operative:
            found += [f"{one.id} names no known rule: {rule}" for rule in one.rules if rule not in self.rules]
            found += [f"{one.id} names no known row: {row}" for row in one.rows if row not in rows()]
        named = {rule for one in self.operative for rule in one.rules}
        found += [f"no operative rule names {rule}" for rule in self.rules if rule not in named | BESIDE]
        numbers = Counter(one.id for one in self.operative)
        return (*found, *(f"{name} stands twice" for name, times in numbers.items() if times > 1))


BESIDE = frozenset({"basis.exercise", "basis.instrument"})
"""Rules that no provision asks for: comity's own word on what it is doing."""


def _carries(one: Operative) -> bool:
    return bool(one.rules or one.rows)


def _says(one: Operative) -> bool:
    return _carries(one) or bool(one.excluded.strip())


@cache
def coverage() -> Coverage:
    """Read from coverage.toml."""
    read = read_toml(packaged("coverage.toml"), _Coverage, limit=FILE_LIMIT, what="coverage.toml")
    return Coverage(read.operative, all_rules())


@cache
def rows() -> frozenset[str]:
    """Every row that may be named."""
    keys = {
        "measures.toml": [one.name for one in all_measures()],
        "offences.toml": [*(one.article for one in all_offences()), *(one.name for one in all_routes())],
        "elements.toml": [one.article for one in all_elements()],
        "periods.toml": [one.name for one in periods.figures()],
        "grounds.toml": [one.name for one in all_grounds()],
        "declarations": list(Declarations.__struct_fields__),
    }
    return frozenset(f"{file}#{key}" for file, names in keys.items() for key in names)


class _Scenarios(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scenarios: dict[str, tuple[str, ...]]


@cache
def scenarios() -> dict[str, tuple[str, ...]]:
    """The names of the scenarios that show each rule, by rule id; from scenarios.toml."""
    return read_toml(packaged("scenarios.toml"), _Scenarios, limit=FILE_LIMIT, what="scenarios.toml").scenarios
