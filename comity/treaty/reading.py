"""How words are looked for in the texts of a request, and each text cut into words once for all the lists.

Matching is plain on purpose, so that what it catches can be read off the list: letters without case and marks, from the
beginning of a word on (anywhere, in scripts that join words). It is a reason to look, never a finding of fact.

Many screens look at the same few texts, nearly always for nothing. So of a short text in Latin letters it is noted once
how its words begin, and a phrase is looked for only where its longest word may be one of them. Any other text is looked
at for every phrase. What is found is the same, only sooner.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import msgspec

from comity.treaty.screens import Privilege, all_screens, fold, listed_words

_LAST_SPACED_SCRIPT = "\u0530"
"""Latin, Greek and Cyrillic stand below it: they put spaces between words."""
_PRIVILEGES: Final = ""
"""In place of a list's name: the words of every kind of confidential material."""
_LETTERS: Final = 4
"""So many of the first letters of a word are noted; of a shorter word, nothing."""
_WORDS: Final = re.compile("[a-z0-9]+")
_BEGINNINGS: Final = re.compile(f"([a-z0-9]{{{_LETTERS}}})[a-z0-9]*")
_USUAL: Final = frozenset({"acce", "acco", "comp", "data", "stat"})
"""Most requests have such words, so that they tell little."""
_OTHER: Final = ""
"""In place of a beginning: that of the phrases in other letters."""
_SHORT: Final = 1000
"""Letters. To cut a longer text into words costs more than to look for the phrases of one list."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One entry of a list: as it is written there, and folded."""

    written: str
    folded: str

    @property
    def beginning(self) -> str:
        """How its longest word begins, if it can be a less usual one, and with it some word of any text that it stands
        in; '' for none long enough.

        Its last word may go on in the text, but only after the letters that are noted.
        """
        words = [word for word in _WORDS.findall(self.folded) if len(word) >= _LETTERS]
        told = max(words, key=lambda word: (word[:_LETTERS] not in _USUAL, len(word)), default="")
        return told[:_LETTERS]

    def stands_in(self, text: str) -> bool:
        """Whether it stands in a folded text, at the beginning of a word where its script puts spaces between them."""
        at = text.find(self.folded)
        if self.folded[0] >= _LAST_SPACED_SCRIPT:
            return at >= 0
        while at > 0 and text[at - 1].isalnum():
            at = text.find(self.folded, at + 1)
        return at >= 0


class _List(msgspec.Struct, frozen=True):
    """The phrases of a list; their places in it by the beginning that tells; the places of those where none does."""

    phrases: tuple[_Phrase, ...]
    beginnings: frozenset[str]
    places: Mapping[str, Sequence[int]]
    always: Sequence[int]


@cache
def _list(name: str) -> _List:
    """Raises NotFound for one that screens.toml lacks."""
    words = [word for _, word in _privileged()] if name == _PRIVILEGES else listed_words(name)
    phrases = tuple(_Phrase(word, fold(word)) for word in words)
    places: dict[str, list[int]] = {}
    always = []
    for place, phrase in enumerate(phrases):
        if not phrase.folded.isascii():
            places.setdefault(_OTHER, []).append(place)
        elif phrase.beginning:
            places.setdefault(phrase.beginning, []).append(place)
        else:
            always.append(place)
    return _List(phrases, frozenset(places), places, always)


@cache
def _privileged() -> tuple[tuple[Privilege, str], ...]:
    return tuple((one, word) for one in all_screens().privilege for word in one.words)


@cache
def _all_beginnings() -> frozenset[str]:
    """Of every phrase of every list."""
    names = (_PRIVILEGES, *(one.name for one in all_screens().wordlist if one.language))
    return frozenset(beginning for name in names for beginning in _list(name).beginnings)


def _beginnings(text: str) -> frozenset[str]:
    """The beginnings of phrases that a text has words for; all of them for a text that is not cut into words."""
    plain = text.lower() if text.isascii() else fold(text)
    if len(plain) > _SHORT or not plain.isascii():
        return _all_beginnings()
    return _all_beginnings().intersection(_BEGINNINGS.findall(plain))


class Reading:
    """The texts of one request as the screens read them; made for it, and gone with it.

    It keeps what it noted of a text, and answers as if it kept nothing.
    """

    __slots__ = ("_noted",)

    def __init__(self) -> None:
        self._noted: dict[str, frozenset[str]] = {}

    def spotted(self, name: str, texts: Sequence[str]) -> Sequence[str]:
        """The words of a list that occur in the texts, as the list writes them and in its order.

        Raises NotFound for a list that screens.toml lacks.
        """
        of = _list(name)
        standing = self._standing(of, texts)
        return [of.phrases[place].written for place in standing] if standing else ()

    def privileges(self, texts: Sequence[str]) -> Sequence[tuple[Privilege, str]]:
        """The kinds of confidential material that the texts may speak of, each with the first word that says so."""
        found: dict[Privilege, str] = {}
        for place in self._standing(_list(_PRIVILEGES), texts):
            found.setdefault(*_privileged()[place])
        return list(found.items())

    def _standing(self, of: _List, texts: Sequence[str]) -> Sequence[int]:
        """The places of the phrases of a list that stand in the texts, one text after the other."""
        noted, apart, possible = self._noted, of.beginnings.isdisjoint, bool(of.always)
        for text in texts:
            if text:
                if text not in noted:
                    noted[text] = _beginnings(text)
                possible = possible or not apart(noted[text])
        if not possible:
            return ()
        begun = of.beginnings.intersection(one for text in texts if text for one in noted[text])
        places = {*of.always, *(place for beginning in begun for place in of.places[beginning])}
        folded = fold(" \n ".join(texts))
        return [place for place in sorted(places) if of.phrases[place].stands_in(folded)]
