"""How pages are written: one set of templates, compiled once, with the words, dates and numbers of each language.

In a template `_()` takes a text of ours, and `ngettext()` a counted one. Both escape what they show, so no text of ours
holds HTML. A value goes into a text as `%(name)s`, never beside it. `| word(table)` says a code; `| day`, `| moment`
and `| number` are the locale's; `| problem` is a problem's title by its code; `| state` names the State of a code or
node, `| by_state` sorts by those names; `| fault` is a rejection's code and the field at fault apart; `| named` is a
rule's advice with the form's labels for the fields that it names; `| sentence` is a text begun with a capital and ended
with a stop; `v()` sets a value apart; `comma` stands between two of a list; `| flowing` joins lines that were broken to
fit; `| dense` leaves out the indentation that a macro of others makes. What is lacking in a language is shown in
English and marked as such (`marks`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from jinja2 import BytecodeCache, ChainableUndefined, ChoiceLoader, Environment, PackageLoader, PrefixLoader
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from markupsafe import Markup, escape

from comity.base.ids import StateCode
from comity.base.instants import Instant
from comity.exchange.problems import PROBLEMS
from comity.exchange.receipt_code import read_fault
from comity.treaty.state_names import in_order, name_of
from comity.web import dates, marks, words
from comity.web.catalogues import Words, words_of
from comity.web.languages import LANGUAGES, Language
from comity.web.request_form.named import with_labels

_GOVUK: Final = "govuk_frontend_jinja"
_STOPS: Final = tuple(".!?…。؟:")
_BROKEN_FROM: Final = 60
"""Characters: a line that is no shorter was broken because it was full."""
_INDENTED: Final = re.compile(r"^[ \t]+", re.MULTILINE)


def write(template: str, language: Language, context: Mapping[str, Any]) -> str:
    """A page in a language."""
    return marks.resolve(environment(language).get_template(template).render(context))


@cache
def warm() -> None:
    """Read every catalogue and compile every template, once, so that no visitor waits for it."""
    for language in LANGUAGES.values():
        found = environment(language)
        for name in found.list_templates(extensions=["html"]):
            found.get_template(name)


class _Compiled(BytecodeCache):
    """What a template compiles to is the same in every language."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (kept := self._kept.get(bucket.key)) is not None:
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED: Final = _Compiled()


class _Flush(Extension):
    """Leaves out a template's indentation, which is for who edits it and not for who loads the page."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return _INDENTED.sub("", source)


@cache
def environment(language: Language) -> Environment:
    """The templates with a language's words in them."""
    found = Environment(
        loader=ChoiceLoader([PackageLoader("comity.web"), PrefixLoader({_GOVUK: PackageLoader(_GOVUK)})]),
        autoescape=True,
        undefined=ChainableUndefined,  # the macros ask for what they were not given
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Flush],
        bytecode_cache=_COMPILED,
    )
    said, locale = words_of(language), language.locale
    found.globals.update(
        _=_translate(said),
        ngettext=_count(said),
        language=language,
        languages=tuple(LANGUAGES.values()),
        is_reviewed=said.is_reviewed,
        comma=said.comma,
        lang=language.code,
        dir=language.dir,
        words=words,
        static=static,
        pressure=dates.pressure,
        days_left=dates.days_left,
        v=isolated,
    )
    found.filters.update(
        day=lambda value: isolated(dates.show_day(value, locale)),
        moment=lambda value: isolated(dates.show_moment(_instant(value), locale)),
        number=lambda value: isolated(dates.show_number(value, locale)),
        state=lambda code: marks.value(name_of(str(code)[:2], language.code)),
        by_state=lambda rows: _by_state(rows, language),
        word=lambda code, table: said.text(table.get(str(code), str(code))),
        problem=_problem,
        fault=read_fault,
        named=lambda text: with_labels(said.text(str(text)), said.text),
        sentence=lambda text: _sentence(said.text(str(text)), said.stop),
        dense=_dense,
        flowing=flowing,
        quoted=lambda text: Markup('<span dir="auto">{}</span>').format(text),
    )
    return found


def _problem(code: str) -> str:
    """The title of a problem by its code, with or without the field at fault behind it; an unknown code stands."""
    known = PROBLEMS.get(read_fault(code).code)
    return known.title if known else code


def _translate(said: Words) -> Callable[..., Markup]:
    def translate(text: object, /, **values: object) -> Markup:
        shown = escape(said.text(str(text)))
        return shown % values if values else shown

    return translate


def _count(said: Words) -> Callable[..., Markup]:
    def count(one: str, many: str, number: int, /, **values: object) -> Markup:
        shown = escape(said.plural(one, many, number))
        return shown % {"num": dates.show_number(number, said.language.locale), **values}

    return count


def flowing(text: object) -> str:
    """A text whose lines were broken for an editor's width, with only its paragraphs and its short lines kept apart."""
    found = ""
    for line in str(text).splitlines():
        last = found.rpartition("\n")[2]
        found += (" " if len(last) >= _BROKEN_FROM and line.strip() else "\n" if found else "") + line
    return found


def _dense(text: Markup) -> Markup:
    return Markup("\n").join(line.strip() for line in text.splitlines() if line.strip())


def _sentence(text: str, stop: str) -> str:
    """Begun with a capital, where its script has them, and ended with a stop."""
    first = next((place for place, one in enumerate(text) if one == marks.unmarked(one)), 0)
    begun = f"{text[:first]}{text[first : first + 1].upper()}{text[first + 1 :]}"
    return begun if marks.unmarked(text).endswith(_STOPS) else begun + stop


def _by_state(rows: Iterable[Any], language: Language) -> list[Any]:
    """Rows of a table, or codes, by the names of their States."""
    found = {str(getattr(one, "state", one)): one for one in rows}
    return [found[state] for state in in_order(map(StateCode, found), language.code)]


def _instant(value: Instant | int) -> Instant:
    """From POSIX seconds too, as events and acts have them."""
    return Instant.from_seconds(value) if isinstance(value, int) else value


def isolated(value: object) -> Markup:
    """A value from outside the page's own words, kept from disturbing the order of what stands around it."""
    return Markup("<bdi>{}</bdi>").format(value)


@cache
def static(name: str) -> str:
    """The address of a file of ours, with its digest: kept for ever by browsers, and new when it changes."""
    data = (files("comity.web") / "static" / name).read_bytes()
    return f"/static/{name}?v={sha256(data).hexdigest()[:12]}"
