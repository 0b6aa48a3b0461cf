"""Identifiers and times in a mess of text: what a duty officer pastes from a mail, a report or a chat.

Pure, and careful rather than clever: only what is certain by its form is recognised, nothing is looked up, and a day
written with figures only (01/11/2026) is shown and not read, because two States read it as two days.
Text that was made harmless to click (`hxxp://`, `example[.]com`) is read as what it stands for.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

LIMIT: Final = 64 * 1024
"""Characters that are looked at; the rest of a longer text is left."""


class Kind(StrEnum):
    URL = "url"
    EMAIL = "email"
    ADDRESS = "address"
    """An IP address, version 4 or 6."""
    DOMAIN = "domain"
    PHONE = "phone"
    MOMENT = "moment"
    """A day, or a day with a time."""
    TIME = "time"


IDENTIFIERS: Final = frozenset({Kind.URL, Kind.EMAIL, Kind.ADDRESS, Kind.DOMAIN, Kind.PHONE})


@dataclass(frozen=True, slots=True)
class Found:
    """One thing recognised: `value` as it is to be used; `day` for a moment whose day is certain."""

    kind: Kind
    value: str
    day: date | None = None


_MONTHS: Final = tuple(
    f"{name}{rest}"
    for name, rest in zip(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember"),
        strict=True,
    )
)
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS)
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_FILE_ENDINGS: Final = frozenset(
    {"txt", "pdf", "doc", "docx", "xls", "xlsx", "csv", "json", "xml", "html", "htm", "log", "zip", "gz", "tar", "eml"}
    | {"msg", "jpg", "jpeg", "png", "gif", "mp3", "mp4", "exe", "dll", "js", "py"}
)
_PATTERNS: Final = re.compile(
    "|".join(
        (
            r"(?P<url>\b(?:https?|ftp)://[^\s<>\"'`{}|\\^]+)",
            rf"(?P<email>\b[a-z0-9._%+-]{{1,64}}@(?:{_LABEL}\.)+[a-z]{{2,24}}\b)",
            r"(?P<six>(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:]))",
            r"(?P<four>(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d))",
            rf"(?P<iso>(?<![\w-])\d{{4}}-\d\d-\d\d(?:[T ]{_CLOCK})?(?![\w-]))",
            rf"(?P<named>\b\d{{1,2}}\.? (?:{_MONTH})\.?,? \d{{4}}(?:,? (?:at )?{_CLOCK})?"
            rf"|\b(?:{_MONTH})\.? \d{{1,2}},? \d{{4}}(?:,? (?:at )?{_CLOCK})?)",
            r"(?P<figures>(?<![\w./-])\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?![\w./-]))",
            r"(?P<phone>(?<![\w+])(?:\+|00)[1-9](?:[ ().\-/]{0,2}\d){6,14}(?!\w))",
            rf"(?P<domain>(?<![\w.@-])(?:{_LABEL}\.)+[a-z]{{2,24}}(?![\w-]))",
            rf"(?P<time>(?<![\w:.]){_CLOCK}(?![\w:]))",
        )
    ),
    re.IGNORECASE,
)


def recognise(text: str) -> tuple[Found, ...]:
    """Everything recognised, each value once, in the order of the text."""
    seen: dict[tuple[Kind, str], Found] = {}
    for found in _all(_plain(text[:LIMIT])):
        seen.setdefault((found.kind, found.value.casefold()), found)
    return tuple(seen.values())


def identifiers(found: Iterable[Found]) -> tuple[str, ...]:
    """The values that name an account, a system or a person's line."""
    return tuple(one.value for one in found if one.kind in IDENTIFIERS)


def days(found: Iterable[Found]) -> tuple[date, date] | None:
    """The first and the last day that is certain, or None without one."""
    certain = sorted(one.day for one in found if one.day is not None)
    return (certain[0], certain[-1]) if certain else None


def _plain(text: str) -> str:
    """Text made harmless to click, as it was."""
    text = re.sub(r"\bhxxp(s?)(?=://|\[:\])", r"http\1", text, flags=re.IGNORECASE)
    text = re.sub(r"\[\.\]|\(\.\)|\[dot\]", ".", text, flags=re.IGNORECASE)
    return re.sub(r"\[@\]|\[at\]", "@", re.sub(r"\[:\]", ":", text), flags=re.IGNORECASE)


def _all(text: str) -> Iterator[Found]:
    for match in _PATTERNS.finditer(text):
        group, raw = match.lastgroup or "", match.group()
        found = _read(group, raw)
        if found is not None:
            yield found


def _read(group: str, raw: str) -> Found | None:
    match group:
        case "url":
            return _url(raw)
        case "email":
            return Found(Kind.EMAIL, raw.lower())
        case "four" | "six":
            return _address(raw)
        case "iso":
            return _moment(raw, raw[:10])
        case "named":
            return _moment(raw, _iso_of(raw))
        case "figures":
            return Found(Kind.MOMENT, raw)
        case "phone":
            figures = "".join(character for character in raw if character.isdigit())
            return Found(Kind.PHONE, "+" + figures.removeprefix("00"))
        case "domain":
            is_file = raw.rpartition(".")[2].lower() in _FILE_ENDINGS
            return None if is_file else Found(Kind.DOMAIN, raw.lower())
        case _:
            return Found(Kind.TIME, raw)


def _url(raw: str) -> Found | None:
    trimmed = raw.rstrip(".,;:!?»”’*")
    for opening, closing in ("()", "[]"):
        if trimmed.endswith(closing) and opening not in trimmed:
            trimmed = trimmed[:-1]
    try:
        host = urlsplit(trimmed).hostname
    except ValueError:
        return None
    return Found(Kind.URL, trimmed) if host else None


def _address(raw: str) -> Found | None:
    try:
        return Found(Kind.ADDRESS, str(ip_address(raw)))
    except ValueError:
        return None


def _moment(raw: str, iso: str) -> Found | None:
    try:
        return Found(Kind.MOMENT, raw, date.fromisoformat(iso))
    except ValueError:
        return None


def _iso_of(raw: str) -> str:
    """`22 November 2026, 03:14 UTC` as `2026-11-22`."""
    words = re.findall(r"[a-z]+|\d+", raw.lower())
    month = next(
        n for n, name in enumerate(_MONTHS, 1) if any(name.startswith(word) for word in words[:2] if word.isalpha())
    )
    numbers = [int(word) for word in words if word.isdigit()]
    return f"{numbers[1]:04}-{month:02}-{numbers[0]:02}"
