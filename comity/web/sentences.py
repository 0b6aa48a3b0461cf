"""Texts that the program made of a sentence and values, found again and said in another language.

A rule or an error says `Until 2026-03-01 is shorter than 60 days from 2026-01-01.`; the catalogue has the sentence, as
`Until {until} is shorter than {value} {unit} from {start}.` (`scripts/catalogue.py` takes it from the source). What
stands in the places is found by the words between them, from left to right, in one pass. Several sentences in a row are
taken apart so that the most of their letters are known. A value is said in the language too where it is itself a word
or sentence of ours, a list of them, a day or a State; otherwise it stands as it is, isolated.

Rules kept here: nothing is said that the text does not say; a sentence that nobody has translated is shown in English.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from string import Formatter
from typing import Final

from comity.web import marks

_PLACE: Final = re.compile(r"\{\w+\}")
_BOUNDARY: Final = re.compile(r"[.!?…:] (?=\S)")
_CAPITAL: Final = re.compile(r"(?<=[^.!?…]) (?=[A-Z])")
_BOUNDARIES_MOST: Final = 10
_KNOWN_INSTEAD: Final = 2
_WAYS_MOST: Final = 4
_TOGETHER_MOST: Final = 4
_DEEP_MOST: Final = 4
_TEXT_MOST: Final = 4000
LEAST_LETTERS: Final = 3
"""Of its own, that a sentence with places needs to be one."""
_LEAST_IN_VALUE: Final = 5
_LEAST_WITHOUT_BEGINNING: Final = 10
_LISTS: Final = ("; ", ", ", " or ", " and ")
_EITHER: Final = {" or ": "{first} or {second}", " and ": "{first} and {second}"}
LIST_WORDS: Final = tuple(_EITHER.values())
"""Keys that every catalogue of law needs: how two things are joined."""

Say = Callable[[str], str | None]


def skeleton(key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts around the places of a key, and the places' names; one text more than places. Braces that hold no name
    make no place, and then stand as they are written."""
    if not _PLACE.search(key):
        return (key,), ()
    texts, names, text = [], [], ""
    for literal, name, _, _ in Formatter().parse(key):
        text += literal
        if name is not None:
            texts.append(text)
            names.append(name)
            text = ""
    return (*texts, text), tuple(names)


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A key with places. `said`: its translation, '' where it is lacking; `letters`: how many of its own it has."""

    texts: tuple[str, ...]
    names: tuple[str, ...]
    said: str
    letters: int

    def values(self, text: str) -> list[str] | None:
        """What stands in the places, if the text is this sentence."""
        first, last = self.texts[0], self.texts[-1]
        at, end = len(first), len(text) - len(last)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return None
        found = []
        for between in self.texts[1:-1]:
            place = text.find(between, at, end)
            if place < 0:
                return None
            found.append(text[at:place])
            at = place + len(between)
        return [*found, text[at:end]]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a text as it will be shown. `known`: how many of its letters are words of ours, translated or not;
    `chance`: how many of those stand in single words, which are anybody's too."""

    shown: str
    known: int
    chance: int = 0

    @property
    def firm(self) -> int:
        return self.known - self.chance


class Sentences:
    """The sentences of one language.

    keys: every text of the catalogues, with its translation or ''. word: says a value that is a day, a State or the
    like, or None. punctuation: the language's own.
    """

    def __init__(self, keys: Mapping[str, str], word: Say, punctuation: "Punctuation") -> None:
        self._keys, self._word, self._marks = keys, word, punctuation
        self._by_word: dict[str, list[_Sentence]] = {}
        for key, said in keys.items():
            texts, names = skeleton(key)
            letters = sum(_letters(text) for text in texts)
            if names and letters >= LEAST_LETTERS and key not in LIST_WORDS:
                sentence = _Sentence(texts, names, said, letters)
                self._by_word.setdefault(_first_word(texts[0]), []).append(sentence)

    def say(self, text: str) -> str | None:
        """The text in this language; None where no sentence of it is known."""
        if len(text) > _TEXT_MOST:
            return None
        found = self._row(text, 0)
        return found.shown if found.known else None

    def _row(self, text: str, depth: int) -> _Piece:
        """The text cut at its sentences' ends so that most of it is known, with as few cuts as that needs."""
        cuts = [0, *self._ends(text), len(text)]
        best: list[tuple[int, int, list[_Piece]]] = [(0, 0, [])]
        for upto in range(1, len(cuts)):
            ways = []
            for since in range(upto):
                known, fewer, before = best[since]
                piece = self._piece(text[cuts[since] : cuts[upto]].strip(), depth)
                ways.append((known + (piece.firm if depth else piece.known), fewer - 1, [*before, piece]))
            best.append(max(ways, key=lambda way: way[:2]))
        _, _, pieces = best[-1]
        joined = self._marks.between.join(one.shown for one in pieces)
        apart = f"{marks.ENGLISH_ENDS}{self._marks.between}{marks.ENGLISH_BEGINS}"
        return _Piece(joined.replace(apart, " "), sum(one.known for one in pieces), sum(one.chance for one in pieces))

    def _ends(self, text: str) -> list[int]:
        """Where sentences end; also before a last sentence that is known, whatever stands before it."""
        ends = [found.end() for found in _BOUNDARY.finditer(text)][:_BOUNDARIES_MOST]
        last = next((at.end() for at in _CAPITAL.finditer(text) if self._is_sentence(text[at.end() :])), None)
        return sorted({*ends, last}) if last is not None else ends

    def _is_sentence(self, text: str) -> bool:
        return text.endswith(".") and text in self._keys

    def _piece(self, text: str, depth: int) -> _Piece:
        """One sentence, or what is none of ours."""
        said = self._keys.get(text)
        if said is not None:
            return self._exactly(text, said)
        bare = text.removesuffix(".")
        if bare != text and (said := self._keys.get(bare)) is not None:
            return _Piece(said + self._marks.stop if said else marks.english(text), _letters(text))
        ways = [self._filled(one, values, depth) for one, values in self._fitting(text, depth)]
        return max(ways, key=lambda way: way.known, default=_Piece(marks.value(text), 0))

    def _exactly(self, text: str, said: str) -> _Piece:
        known = _letters(text)
        return _Piece(said or marks.english(text), known, 0 if " " in text else known)

    def _fitting(self, text: str, depth: int) -> Iterator[tuple[_Sentence, list[str]]]:
        """Each sentence that the text can be, those with the most text of their own first."""
        found = []
        for one in (*self._by_word.get(_first_word(text), ()), *self._by_word.get("", ())):
            if (not depth or one.letters >= _LEAST_IN_VALUE) and (values := one.values(text)) is not None:
                found.append((one, values))
        found.sort(key=lambda fit: -sum(map(len, fit[0].texts)))
        yield from found[:_WAYS_MOST]

    def _filled(self, one: _Sentence, values: Sequence[str], depth: int) -> _Piece:
        """The sentence with its values. Within another sentence, one that begins with a value and says little is no
        evidence, since what stands there may be anybody's words; unless what stands in its places is known."""
        pieces = [self._value(value, depth + 1) for value in values]
        known, chance = one.letters + sum(piece.known for piece in pieces), sum(piece.chance for piece in pieces)
        if depth and not one.texts[0] and one.letters < _LEAST_WITHOUT_BEGINNING:
            known *= sum(1 for piece in pieces if piece.known) >= _KNOWN_INSTEAD
        if not one.said:
            whole = "".join(text + value for text, value in zip_longest(one.texts, values, fillvalue=""))
            return _Piece(marks.english(whole), known, chance)
        shown = {name: piece.shown for name, piece in zip(one.names, pieces, strict=True)}
        return _Piece(fill(one.said, shown), known, chance)

    def _value(self, text: str, depth: int) -> _Piece:
        """What stands in a place: a word, a list of which at least one part is known, sentences, or as it is. Where
        single words are all that is known of a list, and the lesser part of it, that is chance: somebody wrote that
        list, and it stands as they wrote it."""
        bare = text.strip()
        whole = self._known_value(bare, depth)
        if whole.known == _letters(bare) or depth > _DEEP_MOST:
            return whole
        ways = [whole]
        for separator in _LISTS:
            parts = bare.split(separator)
            if len(parts) > 1:
                said = self._grouped(parts, separator, depth + 1)
                known, chance = sum(one.known for one in said), sum(one.chance for one in said)
                joined = self._list([one.shown for one in said], separator)
                ways.append(_Piece(joined, known, 0 if known * 2 >= _letters(bare) else chance))
        return max(ways, key=lambda way: way.firm)

    def _known_value(self, text: str, depth: int) -> _Piece:
        said = self._keys.get(text)
        if said is not None:
            return self._exactly(text, said)
        word = self._word(text)
        if word is not None:
            return _Piece(word, max(1, _letters(text)))
        return self._row(text, depth) if depth <= _DEEP_MOST else _Piece(marks.value(text), 0)

    def _grouped(self, parts: Sequence[str], separator: str, depth: int) -> list[_Piece]:
        """The parts of a list, with those put together again that are one text of ours."""
        found, at = [], 0
        while at < len(parts):
            ends = range(min(len(parts), at + _TOGETHER_MOST), at + 1, -1)
            together = next((end for end in ends if separator.join(parts[at:end]) in self._keys), at + 1)
            found.append(self._value(separator.join(parts[at:together]), depth))
            at = together
        return found

    def _list(self, parts: Sequence[str], separator: str) -> str:
        if separator not in _EITHER:
            return self._marks.lists[separator].join(parts)
        both = self._keys.get(_EITHER[separator]) or _EITHER[separator]
        said = parts[0]
        for one in parts[1:]:
            said = fill(both, {"first": said, "second": one})
        return said


@dataclass(frozen=True, slots=True)
class Punctuation:
    """Of one language: the full stop, what stands between two sentences, and what between the parts of a list."""

    stop: str
    between: str
    lists: Mapping[str, str]


def fill(said: str, shown: Mapping[str, str]) -> str:
    """The translation with its places filled; one that the sentence has not stays as it is written."""
    if not _PLACE.search(said):
        return said
    return "".join(
        literal + ("" if name is None else shown.get(name, f"{{{name}}}"))
        for literal, name, _, _ in Formatter().parse(said)
    )


def _first_word(text: str) -> str:
    """A word that any text of the sentence begins with; '' where the sentence begins with a place, or close to it."""
    word, space, _ = text.partition(" ")
    return word if space else ""


def _letters(text: str) -> int:
    return sum(1 for one in text if one.isalpha())
