"""A table's bars as figures to draw: a bar for each count, both directions of a class together. Pure, in whole units.

A drawing is 320 units wide, so that its letters keep their size on the narrowest screen. A withheld figure has an empty
box of one length, whatever it is. Text in a drawing holds no elements: it is taken apart here, English marked as such.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comity.web import dates, marks
from comity.web.catalogues import Words
from comity.web.public_site.tables import Table

WIDTH: Final = 320
_LONGEST: Final = 230
_HIDDEN: Final = 40
_BAR: Final = 14
_STEP: Final = 18
_LINE: Final = 17
_GAP: Final = 12
_AFTER: Final = 6
_LETTERS: Final = 44
"""What fits on a line, in Latin letters."""
_WIDE: Final = 1.8


@dataclass(frozen=True, slots=True)
class Bar:
    """`series`: sent, received or withheld, each with a pattern of its own."""

    x: int
    y: int
    length: int
    series: str


@dataclass(frozen=True, slots=True)
class Text:
    """`lang`: 'en' for English in another language's page, else ''."""

    x: int
    y: int
    anchor: str
    said: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """`name`: unique in its page; `height` in the units of WIDTH."""

    name: str
    height: int
    bars: tuple[Bar, ...]
    texts: tuple[Text, ...]


def chart_of(table: Table, words: Words, withheld: str) -> Chart | None:
    """The drawing of a table; None where no figure above zero is told. withheld: the word for such figures."""
    counts = [count for row in table.shown for count in row.counts.values() if count]
    if not counts:
        return None
    place = _Place(max(counts), words, withheld)
    bars: list[Bar] = []
    texts: list[Text] = []
    at = 0
    for row in table.shown:
        said, lang = plain(words, table.word(row))
        for line in lines_of(said):
            at += _LINE
            texts.append(place.label(line, at - 4, lang))
        for direction in (one for one in table.told if one in row.counts):
            count = row.counts[direction]
            bars.append(place.bar(count, at, direction))
            texts.append(place.value(count, at))
            at += _STEP
        at += _GAP
    return Chart(f"chart-{table.by}", at, tuple(bars), tuple(texts))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where things stand: from the right where one reads from right to left."""

    most: int
    words: Words
    withheld: str

    @property
    def is_rtl(self) -> bool:
        return self.words.language.dir == "rtl"

    def label(self, said: str, y: int, lang: str) -> Text:
        if not self.is_rtl:
            return Text(0, y, "start", said, lang)
        return Text(WIDTH, y, "end" if lang else "start", said, lang)

    def bar(self, count: int | None, y: int, direction: str) -> Bar:
        length = self._length(count)
        return Bar(WIDTH - length if self.is_rtl else 0, y, length, "withheld" if count is None else direction)

    def value(self, count: int | None, y: int) -> Text:
        x = self._length(count) + _AFTER
        if count is None:
            said, lang = plain(self.words, self.withheld)
        else:
            said, lang = dates.show_number(count, self.words.language.locale), ""
        anchor = "end" if self.is_rtl and lang else "start"
        return Text(WIDTH - x if self.is_rtl else x, y + _BAR - 2, anchor, said, lang)

    def _length(self, count: int | None) -> int:
        if count is None:
            return _HIDDEN
        return max(count * _LONGEST // self.most, 2 if count else 0)


def plain(words: Words, text: str) -> tuple[str, str]:
    """A text in the language without marks, and 'en' where it is the English because there is no translation."""
    said = words.text(text)
    return marks.unmarked(said), "en" if marks.ENGLISH_BEGINS in said else ""


def lines_of(said: str, most: int = _LETTERS) -> list[str]:
    """A text on as many lines as it needs; one without spaces is cut anywhere."""
    pieces = said.split(" ") if " " in said else _cut(said, most)
    between = " " if " " in said else ""
    found = [""]
    for piece in pieces:
        longer = f"{found[-1]}{between}{piece}" if found[-1] else piece
        if _fits(longer, most) or not found[-1]:
            found[-1] = longer
        else:
            found.append(piece)
    return found


def _cut(said: str, most: int) -> Sequence[str]:
    return list(said) if not _fits(said, most) else [said]


def _fits(said: str, most: int) -> bool:
    return sum(_size(letter) for letter in said) <= most


def _size(letter: str) -> float:
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else 1.0
