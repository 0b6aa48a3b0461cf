"""The last pass over a page: where English stands in another language, or a value in a sentence, it is said so.

A text is translated before it is known where in the page it will stand: in a paragraph, where an element can hold it,
or in an attribute, a title or an option, where only text can. So translating leaves marks (Unicode's noncharacters,
which no text has), and this pass makes elements of them or takes them out.
"""

import re
from typing import Final

ENGLISH_BEGINS: Final = "\ufdd0"
ENGLISH_ENDS: Final = "\ufdd1"
VALUE_BEGINS: Final = "\ufdd2"
VALUE_ENDS: Final = "\ufdd3"
_MARKS: Final = {
    ENGLISH_BEGINS: '<span lang="en" dir="ltr">',
    ENGLISH_ENDS: "</span>",
    VALUE_BEGINS: "<bdi>",
    VALUE_ENDS: "</bdi>",
}
_ENDS: Final = {ENGLISH_ENDS: ENGLISH_BEGINS, VALUE_ENDS: VALUE_BEGINS}
_DROPPED: Final = {ord(mark): None for mark in _MARKS}
_MARK: Final = re.compile("[\ufdd0-\ufdd3]")
_PLAIN_OR_TAG: Final = re.compile(
    r"<(title|option|textarea|script|style)\b[^>]*>.*?</\1\s*>|<(?!/?bdi>)[^>]*>", re.DOTALL
)
"""What holds no elements of its own, whole; and every other tag, with its attributes, but those that set a value apart:
they stand within a text. Pages escape `<` and `>`."""


def english(text: str) -> str:
    """A text of ours that has no translation yet."""
    return f"{ENGLISH_BEGINS}{text.translate(_DROPPED)}{ENGLISH_ENDS}"


def value(text: object) -> str:
    """A value within a sentence, kept from disturbing the order of what stands around it."""
    return f"{VALUE_BEGINS}{unmarked(str(text))}{VALUE_ENDS}"


def unmarked(text: str) -> str:
    return text.translate(_DROPPED)


def resolve(page: str) -> str:
    """The page with elements for its marks, where elements can stand."""
    if not _MARK.search(page):
        return page
    done, at = [], 0
    for found in _PLAIN_OR_TAG.finditer(page):
        done += [_in_text(page[at : found.start()]), unmarked(found[0])]
        at = found.end()
    return "".join([*done, _in_text(page[at:])])


def _in_text(text: str) -> str:
    """Text between two tags, with the values in it. Marks that do not pair came from outside, and fall away."""
    marks = _MARK.findall(text)
    if not marks:
        return text
    still_open = []
    for mark in marks:
        if mark not in _ENDS:
            still_open.append(mark)
        elif not still_open or still_open.pop() != _ENDS[mark]:
            return unmarked(text)
    return unmarked(text) if still_open else _MARK.sub(lambda found: _MARKS[found[0]], text)
