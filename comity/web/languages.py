"""The six languages of the United Nations: which one a visit gets, and what is fixed about each.

A visit's language is the one its person chose (the cookie `lang`), else the first of the browser's `Accept-Language`
that there is (RFC 9110, section 12.5.4), else English.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from babel import Locale

COOKIE: Final = "lang"
"""Plain: a language is no secret, and all nodes on one host may share it."""
KEPT_SECONDS: Final = 365 * 24 * 3600
_HEADER_MOST: Final = 512


@dataclass(frozen=True, slots=True)
class Language:
    """`code`: as in `lang=`; `name`: what it calls itself; `dir`: ltr or rtl; `locale`: its dates and numbers.

    Arabic has Latin digits, as CLDR's `ar` has them in Babel: references and dates must read the same everywhere.
    """

    code: str
    name: str
    dir: str
    locale: Locale

    @property
    def is_source(self) -> bool:
        """Whether the texts in the code are in it."""
        return self.code == "en"


LANGUAGES: Final[Mapping[str, Language]] = {
    one.code: one
    for one in (
        Language("ar", "العربية", "rtl", Locale.parse("ar")),
        Language("zh", "中文", "ltr", Locale.parse("zh_Hans")),
        Language("en", "English", "ltr", Locale.parse("en_GB")),
        Language("fr", "Français", "ltr", Locale.parse("fr")),
        Language("ru", "Русский", "ltr", Locale.parse("ru")),
        Language("es", "Español", "ltr", Locale.parse("es")),
    )
}
ENGLISH: Final = LANGUAGES["en"]


def language_of(cookie: str, accepted: str) -> Language:
    """The language of a visit, from its cookie and its `Accept-Language` header; each may be '' or anything."""
    chosen = LANGUAGES.get(cookie)
    if chosen is not None:
        return chosen
    for tag in _wished(accepted[:_HEADER_MOST]):
        if tag == "*":
            return ENGLISH
        found = LANGUAGES.get(tag.partition("-")[0])
        if found is not None:
            return found
    return ENGLISH


def _wished(header: str) -> Iterator[str]:
    """The tags of a header, the most wished for first; those with a weight of 0 or none that can be read left out."""
    weighed = []
    for place, part in enumerate(header.lower().split(",")):
        tag, _, rest = (piece.strip() for piece in part.partition(";"))
        weight = _weight(rest)
        if tag and weight > 0:
            weighed.append((-weight, place, tag))
    for _, _, tag in sorted(weighed):
        yield tag


def _weight(text: str) -> float:
    if not text:
        return 1.0
    name, _, figure = text.partition("=")
    digits = figure.strip()
    if name.strip() != "q" or not digits.replace(".", "", 1).isdecimal() or not digits.isascii():
        return 0.0
    return min(float(digits), 1.0)
