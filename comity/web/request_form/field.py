"""What a field of a form is: its name, its kind, its words, and what can be chosen in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    word: str
    hint: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `kind`: line, area, day, number, one or some of a list, radios, yes_no, files, or persons.

    article: why it is asked.
    """

    name: str
    kind: str
    label: str
    hint: str = ""
    article: str = ""
    choices: tuple[Choice, ...] = ()
    rows: int = 3


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together: a section of one screen, or a page of a guided request.

    is_more: seldom needed, so that one long screen can keep it folded.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    lead: str = ""
    is_more: bool = False
