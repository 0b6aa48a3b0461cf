"""What stands behind a rule's id or a provision's number: title, source, and how sure our reading is.

For `comity check --explain`. The words are ours; the certified text decides.
"""

from dataclasses import dataclass
from difflib import get_close_matches

from comity.base.errors import NotFound
from comity.treaty.citation import Citation, Confidence, catalogue
from comity.treaty.coverage import coverage
from comity.treaty.rule_catalogue import INSTRUMENTS, Rule, all_rules, rules_of

SOURCE = "UN Convention against Cybercrime (A/RES/79/243; UN Treaty Collection XVIII-16), told in our own words"
_SOURCES = {"budapest": "Convention on Cybercrime (Budapest, 2001; ETS 185), told in our own words"}
SURE = {
    Confidence.TEXT: "sure: the adopted text of this provision was read",
    Confidence.KNOWN_FROM_MODEL: "fairly sure: the older provision it follows was read in full; wording may differ",
    Confidence.KNOWN: "known, and not yet compared with the certified text",
    Confidence.UNSURE: "unsure: substance or number could not be confirmed; check the certified text",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One provision, and how sure our reading of it is."""

    provision: str
    title: str
    confidence: Confidence

    @property
    def sure(self) -> str:
        return SURE[self.confidence]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code stands for. `carries`: operative rules in coverage.toml; `ov`: requirements of critics."""

    code: str
    title: str
    citation: Citation
    readings: tuple[Reading, ...]
    carries: tuple[str, ...]
    rules: tuple[str, ...]
    ov: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    """The same question in other instruments: their provisions."""
    source: str = SOURCE

    @property
    def confidence(self) -> Confidence:
        return self.citation.confidence


def explain(code: str) -> Explanation:
    """Of a rule's id, as `preservation.necessity`, or a provision, as `42(8)`. Raises NotFound with what is near."""
    if (rule := all_rules().get(code)) is not None:
        return _of_rule(code, rule)
    if code in catalogue():
        return _of_provision(code)
    if other := _elsewhere(code):
        return other[0]
    names = [*all_rules(), *(name for one in INSTRUMENTS for name in rules_of(one)), *catalogue()]
    near = get_close_matches(code, names, n=3)
    raise NotFound(f"no rule or provision {code}", hint=f"perhaps: {', '.join(near)}" if near else "see: comity law")


def _of_rule(code: str, rule: Rule) -> Explanation:
    carries = tuple(f"{one.id}: {one.about}" for one in coverage().operative if code in one.rules)
    beside = tuple(f"{one.citation}: {one.title}" for one in _elsewhere(code))
    return Explanation(code, rule.title, rule.cited, _readings(rule.cited), carries, (), rule.ov, beside)


def _elsewhere(code: str) -> tuple[Explanation, ...]:
    """What the code stands for in the other instruments that have a rule of that name."""
    found = [(one, rule) for one in INSTRUMENTS if (rule := rules_of(one).get(code)) is not None]
    return tuple(
        Explanation(code, rule.title, rule.cited, _readings(rule.cited), (), (), rule.ov, source=_SOURCES[one])
        for one, rule in found
    )


def _of_provision(code: str) -> Explanation:
    citation = Citation.of(code)
    found = [one for one in coverage().operative if one.article == code]
    rules = dict.fromkeys(rule for one in found for rule in one.rules)
    rules.update(dict.fromkeys(name for name, rule in all_rules().items() if code in rule.cites))
    carries = tuple(f"{one.id}: {one.about}" for one in found)
    return Explanation(code, citation.titles[0], citation, _readings(citation), carries, tuple(rules), ())


def _readings(citation: Citation) -> tuple[Reading, ...]:
    known = catalogue(citation.instrument)
    return tuple(Reading(one, known[one].title, known[one].confidence) for one in citation.provisions)
