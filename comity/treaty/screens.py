"""What the screens look for, who decides on a hit, and what may wait in an urgent request; from screens.toml.

How words are looked for in a text stands in `reading`.
"""

import unicodedata
from enum import StrEnum
from functools import cache

import msgspec

from comity.base.errors import NotFound
from comity.base.parsing import read_toml
from comity.treaty.citation import Citation
from comity.treaty.data import FILE_LIMIT, packaged
from comity.treaty.terms import Role


class Wait(StrEnum):
    """Whether a screen's decision may wait in an urgent request; the file's head says what each means."""

    NEVER = "never"
    UNDISCLOSED = "undisclosed"
    URGENT = "urgent"


class Screen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question that stops for a person."""

    rule: str
    title: str
    ov: tuple[str, ...]
    articles: tuple[str, ...]
    who: Role
    wait: Wait
    asks: str
    todo: str


class WordList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words looked for in one language, or codes (`language` is '')."""

    name: str
    language: str
    words: tuple[str, ...]


class Privilege(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of material held in confidence, and how it is recognised."""

    name: str
    about: str
    statuses: tuple[str, ...]
    words: tuple[str, ...]


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure of comity's own."""

    name: str
    value: int
    unit: str
    about: str


class Carried(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A requirement that rules other than screens carry."""

    ov: str
    rules: tuple[str, ...]


class Excluded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A requirement that is no question about a request, and why."""

    ov: str
    reason: str


class Screens(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of screens.toml."""

    screen: tuple[Screen, ...]
    wordlist: tuple[WordList, ...]
    privilege: tuple[Privilege, ...]
    limit: tuple[Limit, ...]
    carried: tuple[Carried, ...]
    excluded: tuple[Excluded, ...]


@cache
def all_screens() -> Screens:
    return read_toml(packaged("screens.toml"), Screens, limit=FILE_LIMIT, what="screens.toml")


@cache
def screen(rule: str) -> Screen:
    """Raises NotFound for a rule that is no screen."""
    found = screen_or_none(rule)
    if found is None:
        raise NotFound(f"no screen {rule}", hint="screens.toml lists those there are")
    return found


@cache
def screen_or_none(rule: str) -> Screen | None:
    return next((one for one in all_screens().screen if one.rule == rule), None)


@cache
def cited(rule: str) -> Citation:
    """What a screen rests on."""
    return Citation.of(*screen(rule).articles)


@cache
def limit(name: str) -> Limit:
    """Raises NotFound for one that the file lacks."""
    found = next((one for one in all_screens().limit if one.name == name), None)
    if found is None:
        raise NotFound(f"no limit {name}", hint="screens.toml lists those there are")
    return found


@cache
def codes(name: str) -> frozenset[str]:
    """The codes of a list without language: statuses, roles, measures."""
    lists = [one.words for one in all_screens().wordlist if one.name == name and not one.language]
    return frozenset(word for words in lists for word in words)


@cache
def listed_words(name: str) -> tuple[str, ...]:
    """The words of a list in all its languages, each once. Raises NotFound for a list that the file lacks."""
    words = [word for one in all_screens().wordlist if one.name == name and one.language for word in one.words]
    if not words:
        raise NotFound(f"no list of words {name}", hint="screens.toml lists those there are")
    return tuple(dict.fromkeys(words))


def fold(text: str) -> str:
    """Text on one line without case and without marks on letters, for comparison only. The Turkish i without a dot is
    an i: written large, nobody can tell them apart."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text.replace("\u2019", "'"))
        text = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(text.casefold().replace("\u0131", "i").split())


def code(text: str) -> str:
    """A status or role as the lists write it: 'Asylum seeker' and 'asylum-seeker' are asylum_seeker."""
    return fold(text).replace(" ", "_").replace("-", "_")
