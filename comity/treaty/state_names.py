"""What States are called, in the six languages of the United Nations, by United Nations usage; from state_names.csv.

Its rows are the 193 Members, the Holy See, the State of Palestine, the Cook Islands and Niue, and the European Union.
Short names, without articles. Source: UNTERM's short names as the data set `country-codes` carries them (public domain,
PDDL), put right by hand where United Nations usage has moved on since: Türkiye and the Netherlands. Nobody has reviewed
them. `also` is what else people call a State; it serves to find one and is never shown.
The invented States of exercises have no row: each is called State and its code.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from comity.base.ids import StateCode, is_exercise_state
from comity.treaty.data import packaged

LANGUAGES: Final = ("ar", "zh", "en", "fr", "ru", "es")
_INVENTED: Final[Mapping[str, str]] = {
    "ar": "الدولة {}",
    "zh": "{}国",
    "en": "State {}",
    "fr": "État {}",
    "ru": "Государство {}",
    "es": "Estado {}",
}
_INVENTED_ENGLISH: Final = "State "
_SOUNDS_AS: Final = str.maketrans("斐汶瑙", "匪问脑")
"""Characters of names that GB 2312 orders by shape, by others of the same sound that it orders by sound."""
_NOT_SORTED_BY: Final = {"ar": ("ال",)}
"""What a name is not sorted by at its beginning: the Arabic article."""


@dataclass(frozen=True, slots=True)
class StateName:
    """One row: the names by language code, and what else it is called."""

    state: StateCode
    names: Mapping[str, str]
    also: tuple[str, ...]


@cache
def all_names() -> Mapping[StateCode, StateName]:
    """By code, in its order."""
    text = io.StringIO(packaged("state_names.csv").decode("utf-8"), newline="")
    found = {}
    for row in csv.DictReader(text):
        state = StateCode(row["iso3166_alpha2"])
        also = tuple(one for one in row["also"].split("; ") if one)
        found[state] = StateName(state, {one: row[one] for one in LANGUAGES}, also)
    return found


def name_of(state: str, language: str) -> str:
    """A State's name in one of the six languages; its code, where it has none here."""
    row = all_names().get(StateCode(state))
    if row is not None:
        return row.names[language]
    return _INVENTED[language].format(state) if is_exercise_state(StateCode(state)) else state


@cache
def every_name(state: str) -> str:
    """All that a State is called, in all languages, for a search over texts."""
    row = all_names().get(StateCode(state))
    also = row.also if row is not None else ()
    return " ".join(dict.fromkeys([*(name_of(state, language) for language in LANGUAGES), *also]))


@cache
def code_of(name: str) -> StateCode | None:
    """The State of an English name, or of another it is called by, or of an invented State's, as it stands here."""
    code = name.removeprefix(_INVENTED_ENGLISH)
    if code != name and len(code) == 2 and code.isascii() and code.isupper() and is_exercise_state(StateCode(code)):
        return StateCode(code)
    return _by_english().get(name)


@cache
def _by_english() -> Mapping[str, StateCode]:
    rows = all_names().values()
    return {name: row.state for row in rows for name in (*row.also, row.names["en"])}


def find(words: str) -> tuple[StateCode, ...]:
    """The States that a search means: by code, or where every word begins a word of a name, in any of the languages.

    Without regard to case and marks on letters; scripts without spaces are searched anywhere in the name.
    """
    wanted = fold(words).split()
    if not wanted:
        return ()
    if len(wanted) == 1 and (exact := StateCode(wanted[0].upper())) in all_names():
        return (exact,)
    return tuple(state for state, names in _folded().items() if any(_fits(wanted, name) for name in names))


@cache
def _folded() -> Mapping[StateCode, tuple[str, ...]]:
    return {
        state: tuple(dict.fromkeys(fold(one) for one in (*row.names.values(), *row.also)))
        for state, row in all_names().items()
    }


def _fits(wanted: Iterable[str], name: str) -> bool:
    words = name.split()
    return all(any(word.startswith(one) or (one in word and not one.isascii()) for word in words) for one in wanted)


def fold(text: str) -> str:
    """Without case, marks on letters and signs, for comparison only."""
    plain = (one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    return " ".join("".join(one if one.isalnum() else " " for one in plain).split())


def in_order(states: Iterable[StateCode], language: str) -> list[StateCode]:
    """Sorted by their names: by letters without marks first, then with them; Chinese by sound, as the characters of
    GB 2312 stand in that standard; the invented ones last. No full collation: no data for one is here."""
    return sorted(states, key=lambda state: (is_exercise_state(state), _order(name_of(state, language), language)))


def _order(name: str, language: str) -> tuple[str | bytes, str]:
    if language == "zh":
        return name.translate(_SOUNDS_AS).encode("gb18030"), name
    bare = fold(name)
    for article in _NOT_SORTED_BY.get(language, ()):
        bare = bare.removeprefix(article)
    return bare, name
