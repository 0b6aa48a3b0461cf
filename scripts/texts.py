"""Every text of ours that a page can show, taken from where it is written: what the catalogues must have.

Three kinds, one a catalogue (comity.web.catalogues):
  comity   what templates and the code of the pages mark, with `_()`, `ngettext()` and `N_()`
  law      what rules say: every text of two words or more in their code, and the texts of the law's data
  errors   what the errors say that can reach a page, and what to do about each

A text that is made with values becomes a sentence with places: f"Until {order.until}" is `Until {until}`. Where a value
may be a sentence of its own, each sentence stands alone. Nothing is run to find the texts; it is read.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from jinja2.ext import babel_extract

from comity.treaty.acts import DualForm
from comity.treaty.offences import all_offences, all_routes
from comity.treaty.terms import DataCategory, Risk, Seeking, Stage
from comity.web import signal_words
from comity.web.sentences import LEAST_LETTERS, LIST_WORDS, skeleton
from scripts.said import calls, every_text, parsed, spoken, texts_of

ROOT: Final = Path(__file__).resolve().parent.parent
WEB: Final = ROOT / "comity" / "web"
DOCKET: Final = ROOT / "comity" / "docket"
TREATY: Final = ROOT / "comity" / "treaty"
_JINJA: Final = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
_COUNTED: Final = "ngettext"
_MARKED: Final = {"_": None, _COUNTED: (1, 2)}
_RULES: Final = ("rules", "budapest")
_RULE_FILES: Final = ("assess", "book", "conduct", "findings", "participation", "standing", "urgency")
_ERROR_PACKAGES: Final = ("base", "treaty", "cases", "evidence", "exchange", "transparency", "workflows", "web")
_DATA_KEYS: Final = frozenset({"title", "about", "asks", "todo", "elsewhere", "instead", "source"})
_DATA_FILES: Final = (
    *(f"{name}.toml" for name in ("articles", "elements", "grounds", "measures", "offences", "periods", "screens")),
    *(
        f"budapest/{name}.toml"
        for name in ("articles", "grounds", "measures", "offences", "periods", "recited", "record")
    ),
    *(f"budapest/protocol/{name}.toml" for name in ("articles", "measures", "periods", "record")),
)
_SINGLE_WORDS: Final = (
    "EXERCISE",
    "beginning",
    "end",
    "yes",
    "no",
    "days",
    "years",
    "hours",
    "months",
    "why",
    "necessity",
    "proportionality",
    "unconfirmed",
    *LIST_WORDS,
)
_ENUMS: Final[tuple[type[StrEnum], ...]] = (DataCategory, DualForm, Risk, Seeking, Stage)
_ARTICLE: Final = re.compile(r"\b(arts?\.?|articles?) (?=[\d{])")
"""As comity.treaty.budapest.rules.cited has it: there a shared rule's articles are marked as the UN's."""
_PLACE: Final = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class Text:
    """A text, its plural if it is counted, and the file it stands in."""

    said: str
    many: str
    place: str


def pages() -> Iterator[Text]:
    """The catalogue `comity`."""
    for file in sorted((WEB / "templates").rglob("*.html")):
        for _, call, texts, _ in babel_extract(BytesIO(file.read_bytes()), list(_MARKED), (), dict(_JINJA)):
            if call == _COUNTED and isinstance(texts, tuple) and len(texts) > 1:
                yield Text(str(texts[0]), str(texts[1]), _place(file))
            elif isinstance(said := texts[0] if isinstance(texts, tuple) else texts, str):
                yield Text(said, "", _place(file))
    for file in sorted([*DOCKET.rglob("*.py"), *WEB.rglob("*.py")]):
        for marked in calls(parsed(file), {"N_"}):
            yield from (Text(said, "", _place(file)) for said in texts_of(marked.args[0], {}))
    for title in (*(one.title for one in all_offences()), *(one.title for one in all_routes())):  # chosen in the forms
        yield Text(title, "", "comity/treaty/offences.toml")
    for said in signal_words.EVERY:
        yield Text(said, "", "comity/oversight/signals")


def law() -> Iterator[Text]:
    """The catalogue `law`."""
    files = [file for folder in _RULES for file in (TREATY / folder).rglob("*.py")]
    for file in sorted([*files, *(TREATY / f"{name}.py" for name in _RULE_FILES)]):
        is_shared = _RULES[1] not in file.relative_to(TREATY).parts
        for said in every_text(parsed(file)):
            yield Text(said, "", _place(file))
            if is_shared and _ARTICLE.search(said):
                yield Text(_ARTICLE.sub(r"UN \1 ", said), "", _place(file))
    declared = sorted((TREATY / "declarations").glob("*.toml"))
    for file in (*(TREATY / name for name in _DATA_FILES), *declared):
        for said in _data(tomllib.loads(file.read_text("utf-8")), "" if file in declared else "name"):
            yield Text(said, "", _place(file))
    for form in DualForm:  # `rules.conduct_answer` says the form itself, and then what goes with it
        yield Text(f"{form.value.replace('_', ' ').capitalize()}: {{said}}", "", "comity/treaty/acts.py")
    for said in (*_SINGLE_WORDS, *(one.value for kind in _ENUMS for one in kind)):
        yield Text(said.replace("_", " "), "", "comity/treaty/terms.py")


def errors() -> Iterator[Text]:
    """The catalogue `errors`."""
    files = [file for name in _ERROR_PACKAGES for file in sorted((ROOT / "comity" / name).rglob("*.py"))]
    for file, node, values in spoken({file: parsed(file) for file in files}):
        yield from (Text(one, "", _place(file)) for one in texts_of(node, values))


def catalogue(texts: Iterable[Text]) -> dict[str, Text]:
    """Each text once, by what it says; of two sentences that differ in the names of their places only, the first."""
    found: dict[str, Text] = {}
    seen: set[tuple[str, ...]] = set()
    for one in texts:
        around = skeleton(one.said)[0] if _PLACE.search(one.said) else (one.said,)
        least = 1 if len(around) == 1 or one.said in LIST_WORDS else LEAST_LETTERS
        if sum(1 for letter in "".join(around) if letter.isalpha()) >= least and around not in seen:
            seen.add(around)
            found[one.said] = one
    return found


def all_texts() -> dict[str, dict[str, Text]]:
    """The three catalogues; a text stands in the first that has it."""
    shown, ruled, wrong = catalogue(pages()), catalogue(law()), catalogue(errors())
    ruled = {said: one for said, one in ruled.items() if said not in shown}
    wrong = {said: one for said, one in wrong.items() if said not in shown and said not in ruled}
    return {"comity": shown, "law": ruled, "errors": wrong}


# Where


def _place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _data(found: Any, named: str) -> Iterator[str]:
    """The texts of a file of law, at any depth; `named`: the key of codes, which sentences name and say as words."""
    if isinstance(found, dict):
        for key, value in found.items():
            if isinstance(value, str) and key in _DATA_KEYS:
                yield value
            elif isinstance(value, str) and key == named:
                yield value.replace("_", " ")
            else:
                yield from _data(value, named)
    elif isinstance(found, list):
        for one in found:
            yield from _data(one, named)
