"""A rule names a request's field as a file has it: `Set deadline_reasons.` On a page it is called as the form calls it.

Only names that no word of a language is: two words or more, joined by low lines. What the form does not ask, as the
fields of a measure that is not carried between nodes, keeps its name: it is written in a file.
"""

import re
from collections.abc import Callable
from typing import Final

from markupsafe import Markup, escape

from comity.web.request_form.catalogue import FIELDS

_WILL_FOLLOW: Final = "assistance_will_follow"
_NAME: Final = re.compile(rf"{_WILL_FOLLOW} = true|(?:[a-z]+\.)?([a-z]+(?:_[a-z]+)+)")


def with_labels(text: str, word: Callable[[str], str]) -> Markup:
    """The text, escaped, with each field's name as its label, quoted. word: a text of ours in the reader's language."""
    found = Markup("")
    end = 0
    for name in _NAME.finditer(text):
        label = _label(name)
        if label:
            found += escape(text[end : name.start()]) + Markup("<q>{}</q>").format(word(label))
            end = name.end()
    return found + escape(text[end:])


def _label(name: re.Match[str]) -> str:
    """The label in English, '' where the form has no such field."""
    if name[1] is None or name[1] == _WILL_FOLLOW:
        (choice,) = FIELDS["will_follow"].choices
        return choice.word
    return FIELDS[name[1]].label if name[1] in FIELDS else ""
