"""How a rule of this book cites, and how a shared rule is told with this instrument's provisions; from recited.toml."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec
from msgspec.structs import replace

from comity.base.parsing import read_toml
from comity.treaty.budapest.parties import INSTRUMENT
from comity.treaty.citation import Citation
from comity.treaty.data import FILE_LIMIT, packaged
from comity.treaty.findings import TREATY, Basis, Finding, Met, NotMet
from comity.treaty.rules.matter import Matter

_ARTICLE = re.compile(r"\b(arts?\.?|articles?) (?=\d)")


class Recited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shared rule, the provisions it rests on here, and what to do where that differs."""

    rule: str
    articles: tuple[str, ...]
    todo: str = ""


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shared rule that has no question here, and why."""

    rule: str
    reason: str


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rule: tuple[Recited, ...]
    left_out: tuple[LeftOut, ...]


@cache
def _table() -> _Table:
    name = "budapest/recited.toml"
    return read_toml(packaged(name), _Table, limit=FILE_LIMIT, what=name)


def all_recited() -> tuple[Recited, ...]:
    return _table().rule


def all_left_out() -> tuple[LeftOut, ...]:
    return _table().left_out


@cache
def _recited() -> dict[str, Recited]:
    return {one.rule: one for one in all_recited()}


@cache
def _left_out() -> frozenset[str]:
    return frozenset(one.rule for one in all_left_out())


@cache
def cite(*provisions: str) -> Citation:
    """Provisions of this instrument."""
    return Citation.of(*provisions, instrument=INSTRUMENT)


def recite(findings: Iterable[Finding], basis: Basis | None = None) -> Iterator[Finding]:
    """The findings of shared rules as this instrument's: its provisions, and its words where they differ.

    `basis`: what they rest on here, if the treaty itself does not ask; a State's policy or declaration stays one.
    An article of the Convention that a sentence names is marked as the UN's.
    """
    for finding in findings:
        if finding.rule in _left_out():
            continue
        told = _recited().get(finding.rule)
        citation = cite(*told.articles) if told else cite("15(1)")
        rests_on = basis if basis is not None and finding.basis == TREATY else finding.basis
        why = _marked(finding.why)
        if isinstance(finding, Met):
            yield replace(finding, citation=citation, why=why, basis=rests_on)
        else:
            todo = told.todo if told and told.todo else _marked(finding.todo)
            yield replace(finding, citation=citation, why=why, todo=todo, basis=rests_on)


def _marked(text: str) -> str:
    return _ARTICLE.sub(r"UN \1 ", text)


def stated(matter: Matter, rule: str, provision: str, lacking: dict[str, str], measure: str, shown: str) -> Finding:
    """A condition on contents, as `Matter.stated` for the Convention."""
    citation = cite(provision)
    title = citation.titles[0]
    if not lacking:
        return Met(rule, citation, title, f"Stated: {shown}", measure)
    why = f"The request does not state {' or '.join(lacking)}."
    return NotMet(rule, citation, title, why, " ".join(lacking.values()), matter.missing, measure)
