"""Every rule that a finding can name, by its id: title, provisions, and the requirements of critics that it carries.

Read from rules.toml; the screens' own file has theirs. Another instrument's rules stand in its own folder.
"""

from functools import cache

import msgspec

from comity.base.parsing import read_toml
from comity.treaty.citation import Citation
from comity.treaty.data import FILE_LIMIT, of_instrument, packaged
from comity.treaty.screens import all_screens


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule. `cites`: the provisions it rests on; `ov`: requirements by number; `instrument`: '' the Convention."""

    title: str
    cites: tuple[str, ...]
    ov: tuple[str, ...]
    instrument: str = ""

    @property
    def cited(self) -> Citation:
        return Citation.of(*self.cites, instrument=self.instrument)


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: dict[str, Rule]


@cache
def all_rules() -> dict[str, Rule]:
    """The Convention's rules, in the order of rules.toml; then the screens."""
    name = of_instrument("", "rules.toml")
    found = dict(read_toml(packaged(name), _Rules, limit=FILE_LIMIT, what=name).rule)
    found.update({one.rule: Rule(one.title, one.articles, one.ov) for one in all_screens().screen})
    return found


INSTRUMENTS = ("budapest",)
"""Other instruments that comity has rules for."""


@cache
def rules_of(instrument: str) -> dict[str, Rule]:
    """The rules that another instrument has of its own, from its folder; it shares others, told with its provisions."""
    name = of_instrument(instrument, "rules.toml")
    return read_toml(packaged(name), _Rules, limit=FILE_LIMIT, what=name).rule
