"""One language's words: the catalogues under `locale/`, read once, and what is shown where they lack something.

Three catalogues a language, each with English texts as its keys: `comity` (the pages), `law` (what the rules say, and
the data they speak of) and `errors` (what went wrong, and what to do). They are read as they are written (`.po`); a
text marked fuzzy is not used. docs/guides/translator.md says how they are kept; docs/decisions/ why there are three.

What is shown for a text: its translation; else, for one that the program made of a sentence and values, the sentence's
translation with the values in it (`sentences`); else the English, marked as such; and what is no text of ours at all,
as a value.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from comity.treaty import state_names
from comity.web import dates, marks
from comity.web.languages import Language
from comity.web.sentences import Punctuation, Sentences

DOMAINS: Final = ("comity", "law", "errors")
REVIEW: Final = "X-Review"
"""The header of a catalogue that names who reviewed it and when; `none` until somebody has."""
UNREVIEWED: Final = "none"
_REVIEW_LINE: Final = re.compile(rb'^"X-Review: ([^"\\\n]{0,200})', re.MULTILINE)
_CODE: Final = re.compile(r"([a-z0-9]+(?:_[a-z0-9]+)*)(?: (\([0-9]+(?:\([0-9a-z]+\))*\)))?")
"""A code, perhaps with the article it stands in."""
_PROVISION: Final = re.compile(r"[0-9]+(?:\([0-9a-z]+\))+")
_KEPT_MOST: Final = 8192
_DAY_LETTERS: Final = len("2026-01-31")
_LATIN: Final = Punctuation(".", " ", {"; ": "; ", ", ": ", "})
_PUNCTUATION: Final = {
    "ar": Punctuation(".", " ", {"; ": "؛ ", ", ": "، "}),
    "zh": Punctuation("。", "", {"; ": "；", ", ": "、"}),
}


class Words:
    """The words of one language, from its catalogues; none for English, which the texts are in."""

    def __init__(self, language: Language, catalogues: Iterable[Catalog], *, is_reviewed: bool = False) -> None:
        self.language, self._is_reviewed = language, is_reviewed
        read = tuple(catalogues)
        self._keys: dict[str, str] = {}
        for message in (one for catalogue in reversed(read) for one in catalogue):
            if isinstance(message.id, str) and message.id:
                said = str(message.string or "") if not message.fuzzy else ""
                self._keys[message.id] = _apart(said) if language.dir == "rtl" else said
        self._plurals = _plurals(read)
        punctuation = _PUNCTUATION.get(language.code, _LATIN)
        self.stop, self.comma = punctuation.stop, punctuation.lists[", "]
        self._sentences = Sentences(self._keys, self._word, punctuation)
        self.text = lru_cache(_KEPT_MOST)(self._text)
        """A text in the language, with marks (`marks`) where it is English or a value."""

    @property
    def is_reviewed(self) -> bool:
        """Whether every catalogue names its reviewer. English is what was written."""
        return self.language.is_source or self._is_reviewed

    def plural(self, one: str, many: str, number: int) -> str:
        """The form for the number, by the language's own rule; `%(num)s` still stands in it."""
        return self._plurals.ngettext(one, many, number)

    def _text(self, said: str) -> str:
        if self.language.is_source or not said:
            return said
        found = self._keys.get(said)
        if found is not None:
            return found or marks.english(said)
        made = self._word(said) or self._sentences.say(said)
        return made or marks.value(said)

    def _word(self, text: str) -> str | None:
        """A value that is a day, the name of a State, or a code of the law's data, as `essential_interests`."""
        if len(text) == _DAY_LETTERS and text[4] == text[7] == "-":
            try:
                return dates.show_day(date.fromisoformat(text), self.language.locale)
            except ValueError:
                return None
        code = state_names.code_of(text)
        if code:
            return state_names.name_of(code, self.language.code)
        named = _CODE.fullmatch(text)
        key = named[1].replace("_", " ") if named else ""
        if not named or key not in self._keys:
            return None
        return (self._keys[key] or marks.english(key)) + (f" {marks.value(named[2])}" if named[2] else "")


def _apart(said: str) -> str:
    """With provisions set apart: a bracket after a number goes astray where one reads from right to left."""
    return _PROVISION.sub("\u2066\\g<0>\u2069", said)


class _English(NullTranslations):
    """What is shown for a text that is counted, where it is not translated."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return marks.english(super().ngettext(msgid1, msgid2, n))


def _plurals(catalogues: Iterable[Catalog]) -> NullTranslations:
    """What is counted, compiled in memory: gettext's own reading of the plural rule."""
    found: NullTranslations | None = None
    for catalogue in catalogues:
        counted = Catalog(locale=catalogue.locale, fuzzy=False)
        counted.mime_headers = catalogue.mime_headers
        for message in catalogue:
            if isinstance(message.id, tuple) and not message.fuzzy and all(message.string or ()):
                counted.add(message.id, message.string)
        compiled = BytesIO()
        write_mo(compiled, counted)
        compiled.seek(0)
        translations = GNUTranslations(compiled)
        translations.add_fallback(found or _English())
        found = translations
    return found or NullTranslations()


def read_catalogue(data: bytes, language: str, domain: str) -> Catalog:
    """A catalogue from the bytes of its file."""
    return read_po(BytesIO(data), locale=language, domain=domain)


def review_of(data: bytes) -> str:
    """Who reviewed a catalogue, and when, as its header says; UNREVIEWED until somebody has."""
    found = _REVIEW_LINE.search(data)
    return found[1].decode("utf-8").strip() if found else UNREVIEWED


@cache
def words_of(language: Language) -> Words:
    """The words of a language as packaged."""
    if language.is_source:
        return Words(language, ())
    folder = files("comity.web") / "locale" / language.code / "LC_MESSAGES"
    read = {one: (folder / f"{one}.po").read_bytes() for one in DOMAINS}
    catalogues = (read_catalogue(data, language.code, one) for one, data in read.items())
    return Words(language, catalogues, is_reviewed=all(review_of(data) != UNREVIEWED for data in read.values()))
