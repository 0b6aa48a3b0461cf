"""The pages of the site: four kinds, each in every language, from the templates under `templates/site/`.

A page knows where it stands only by `root`, the way back to the site's first folder: every link is relative.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from comity.base.untranslated import N_
from comity.oversight.periods import Span, span_of
from comity.oversight.suppression import CONTRIBUTORS, LEAST
from comity.web.catalogues import words_of
from comity.web.languages import ENGLISH, LANGUAGES, Language
from comity.web.public_site import data, proofs
from comity.web.public_site.charts import Chart, chart_of
from comity.web.public_site.published import Period, Published
from comity.web.public_site.tables import Row, Table, by_period, tables_of
from comity.web.statistics_words import BASES, CLASSES, DIRECTIONS, MEANINGS, TITLES
from comity.web.writing import write

WITHHELD: Final = N_("withheld")
FIRST: Final = "index.html"
POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"  # no script, no frame
)
FAULTS: Final = {
    "hash": N_("The file is not the one that the log names."),
    "changed": N_("The figures were published more than once."),
    "range": N_("Entries of the log were left out of the count."),
    "late": N_("The figures came late."),
    "undated": N_("No witness says when the figures came."),
    "small": N_("A figure is shown that is too small."),
    "sum": N_("The sealed counts do not add up to the figures."),
    "cells": N_("The sealed counts cannot be read, or two ends give different ones."),
    "close": N_("Another end did not sign the same, or did not answer."),
    "csv": N_("The table for spreadsheets does not say what the file says."),
}
"""What `oversight.checks` finds, for people."""


@dataclass(frozen=True, slots=True)
class Page:
    """`path`: in the site."""

    path: str
    template: str
    language: Language
    context: dict[str, Any]

    def write(self) -> bytes:
        return write(self.template, self.language, self.context).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Section:
    """A table with its drawing, if there is anything to draw."""

    table: Table
    chart: Chart | None
    csv: str
    json: str


def pages_of(published: Published) -> Iterator[Page]:
    """The choice of a language first."""
    yield Page(FIRST, "site/choose.html", ENGLISH, {**_shared(published), "root": "", "name": FIRST})
    trend = by_period(one.release for one in published.periods)
    for language in LANGUAGES.values():
        for name, template, context in _kinds(published, trend, language):
            shared = {**_shared(published), "root": "../", "name": name}
            yield Page(f"{language.code}/{name}", f"site/{template}.html", language, {**shared, **context})


def _shared(published: Published) -> dict[str, Any]:
    return {
        "node": published.node,
        "stamp": published.mode.stamp,
        "policy": POLICY,
        "published": published,
        "directions": DIRECTIONS,
        "meanings": MEANINGS,
        "least": LEAST,
        "contributors": CONTRIBUTORS,
        "is_quarter": lambda period: span_of(period) is Span.QUARTER,
    }


def _kinds(published: Published, trend: Table, language: Language) -> Iterator[tuple[str, str, dict[str, Any]]]:
    latest = published.periods[0]
    glance = _headlines(tables_of(latest.release))
    yield FIRST, "overview", {"latest": latest, "glance": glance, "trend": _section(trend, language)}
    yield "check.html", "check", {"checks": [_check(published, one) for one in published.periods]}
    yield "dictionary.html", "dictionary", {"classes": CLASSES, "titles": TITLES, "bases": BASES, "fields": _FIELDS}
    for one in published.periods:
        tables = tables_of(one.release)
        sections = [_section(table, language) for table in tables]
        context = {"one": one, "glance": _headlines(tables), "sections": sections, "faults": _faults(one)}
        yield f"{one.name}.html", "period", context


def _check(published: Published, one: Period) -> tuple[Period, list[str], dict[str, str]]:
    """A period, the files that prove it, and the commands that check them."""
    return one, [path for path, _ in proofs.files_of(one)], proofs.commands(published, one)


def _section(table: Table, language: Language) -> Section:
    chart = chart_of(table, words_of(language), WITHHELD)
    return Section(table, chart, data.path_of_table(table, "csv"), data.path_of_table(table, "json"))


def _headlines(tables: tuple[Table, ...]) -> list[tuple[str, int | None]]:
    """What most people look for first: a figure, or None where it is withheld."""
    by = {one.by: one for one in tables}
    found = []
    for text, table, row, direction in _GLANCE:
        rows: dict[str, Row] = {one.name: one for one in by[table].all_rows} if table in by else {}
        if row in rows and direction in rows[row].counts:
            found.append((text, rows[row].counts[direction]))
    return found


_GLANCE: Final = (
    (N_("Requests sent"), "measure", "all", "sent"),
    (N_("Requests received"), "measure", "all", "received"),
    (N_("Decisions on requests received"), "outcome", "all", "received"),
    (N_("of these, refused"), "outcome", "refused", "received"),
)
_FIELDS: Final = (
    ("period", N_("The months that are counted: a quarter as 2026-Q4, a year as 2026.")),
    ("mode", N_("`exercise` where nothing is live, or `live`.")),
    ("direction", N_("`sent` by this authority, or `received` by it.")),
    ("counted", N_("Which steps are counted: requests, decisions, refusals, notices or emergencies.")),
    ("by", N_("What the table tells apart.")),
    ("class", N_("The class, as a code that does not change; `all` is the total.")),
    ("name", N_("The class in English.")),
    ("count", N_("The figure; empty where it is withheld.")),
    ("withheld", N_("`yes` where the figure is withheld, else `no`.")),
)


def _faults(one: Period) -> list[tuple[str, str]]:
    """What was found against a release: a sentence, and what the check says exactly."""
    return [(FAULTS.get(fault.kind, fault.kind), fault.what) for fault in one.looked.faults]
