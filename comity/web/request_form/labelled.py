"""Labelled lines in a text, `Facts: ...`, as fields of a form: a request written as a mail or a note becomes its form.

A line begins a field where it begins with its label, its name or one of the short words below, and a colon; what
follows, to the next such line, belongs to it. Nothing is guessed: a choice is taken only where exactly one of the list
is meant, a yes or no only where it says so, a day only in figures from the year on.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from comity.web.request_form.field import Choice, Field, Group

_SHORT: Final[Mapping[str, str]] = {
    "conducted by": "conducting_authority",
    "penalty": "max_penalty_years",
    "holder": "custodian",
    "why": "necessity",
    "kept secret": "secret",
    "discrimination": "protected_ground",
    "from": "period_from",
    "until": "period_to",
}
"""Words for fields whose labels are long; a mail's own heads (From:, To:) hold no day and no authority, so they add
nothing."""
_YES: Final[Mapping[str, str]] = {"yes": "yes", "y": "yes", "no": "no", "n": "no"}
_LINE: Final = re.compile(r"[ \t>*-]*([^:\n]{2,60}?)[ \t]*:[ \t]*(.*)")
MOST: Final = 64 * 1024
"""Characters that are looked at."""


def read(text: str, groups: Sequence[Group]) -> dict[str, list[str]]:
    """What labelled lines say, by field; the first that says something counts."""
    fields = {one.name: one for group in groups for one in group.fields}
    names = {name.replace("_", " "): name for name in fields}
    names |= {one.label.casefold(): name for name, one in fields.items()}
    names |= {short: name for short, name in _SHORT.items() if name in fields}
    found: dict[str, list[str]] = {}
    for name, said in _parts(text[:MOST], names):
        value = _value(fields[name], said)
        if value and name not in found:
            found[name] = value
    return found


def _parts(text: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    name, lines = "", list[str]()
    for line in text.replace("\r\n", "\n").split("\n"):
        match = _LINE.match(line)
        following = names.get(match[1].casefold(), "") if match else ""
        if match and following:
            if name:
                yield name, "\n".join(lines).strip()
            name, lines = following, [match[2]]
        else:
            lines.append(line)
    if name:
        yield name, "\n".join(lines).strip()


def _value(field: Field, said: str) -> list[str]:
    line = " ".join(said.split())
    match field.kind:
        case "area":
            return [said] if said else []
        case "day":
            return [line] if _is_day(line) else []
        case "number":
            figures = re.match(r"\d{1,8}\b", line)
            return [figures[0]] if figures else []
        case "yes_no":
            word = re.match(r"\w+", line.casefold())
            return [_YES[word[0]]] if word and word[0] in _YES else []
        case "one":
            return _chosen(field.choices, line)
        case "some":
            return [one for word in re.split(r"[,;]", line) for one in _chosen(field.choices, word.strip())]
        case "persons":
            return []
        case _:
            return [line] if line else []


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _chosen(choices: Sequence[Choice], said: str) -> list[str]:
    """The one choice that is meant: by its value, its article, its words, or how they begin."""
    wanted = re.sub(r"^(?:art\.?|article)\s*", "", said.casefold())
    real = [one for one in choices if one.value]
    for fits in (
        lambda one: wanted in {one.value.casefold(), one.word.casefold()},
        lambda one: (
            bool(wanted) and (one.value.casefold().startswith(wanted) or one.word.casefold().startswith(wanted))
        ),
    ):
        found = [one.value for one in real if fits(one)]
        if found:
            return found if len(found) == 1 else []
    return []
