"""What a ground is called on a screen: one of the treaty's lists by what grounds.toml says of it, one of a provider's
objection, or a rule that a person decided on, by its title. What another program wrote as a ground has no word here,
and is shown as it stands."""

from collections.abc import Mapping
from typing import Final

from comity.base.untranslated import N_
from comity.treaty.grounds import all_grounds
from comity.treaty.rule_catalogue import INSTRUMENTS, all_rules, rules_of

OBJECTIONS: Final[Mapping[str, str]] = {
    "too broad": N_("It is too broad"),
    "not ours": N_("We do not hold these data"),
    "conflict of laws": N_("It conflicts with another law that binds us"),
    "not authentic": N_("We doubt that it is authentic"),
    "rights at risk": N_("It puts a person's rights at risk"),
    "cannot comply": N_("It cannot be done"),
}
"""On what a provider objects."""
_TREATY: Final = {one.name: one.about for one in all_grounds()}
_RULES: Final = {
    name: rule.title for rules in (*map(rules_of, INSTRUMENTS), all_rules()) for name, rule in rules.items()
}
GROUNDS: Final[Mapping[str, str]] = {
    **_RULES,
    **_TREATY,
    **{name.replace("_", " "): about for name, about in _TREATY.items()},
    **OBJECTIONS,
}
"""By its name, with spaces or without: a case has kept both."""
