"""The depositary's status table of a treaty as XML (MTDSG), read strictly and written back in the same shape.

Source: the status files of the UN Treaty Collection, chapter XVIII, no. 16. The path to a row is
`Treaty/Participants/Table/TGroup/Tbody/Rows/Row/Entry`; the root's name is not fixed. Rules kept here:

1. Fail closed. A file that is no such table (a page in its place, another header, counts that differ from the rows) is
   refused whole. A row that cannot be read is left out and named: its State is then no Party.
2. A name is found in participant_names.csv as it is written there, or the row is not read.
3. After a date of consent: nothing is ratification, `A` acceptance, `AA` approval, `a` accession. The case counts.
4. A date in square brackets is a special case of the depositary's: kept as text, flagged, and never a deposit.
5. What the table has no cell for (a source, a month, a denunciation) goes into attributes that begin with `comity-`,
   so that what was written is read back as the same register.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from comity.base.errors import Malformed, Mistake
from comity.base.ids import StateCode, state_code
from comity.base.parsing import check_size
from comity.treaty.data import packaged
from comity.treaty.participants import UNCONFIRMED, DayOrMonth, Participation, written_day
from comity.treaty.participation import Register, checked, register_of

MTDSG_LIMIT = 4_194_304
"""Bytes; checked before anything is parsed."""
TABLE = "Treaty/Participants/Table/TGroup"
SUBJECT = "cybercrime"
"""A word of the treaty's title, in small letters."""
MARK = "comity-"

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LETTERS = {"": "ratification", "A": "acceptance", "AA": "approval", "a": "accession"}
HEADINGS = ("Participant", "Signature", "Acceptance(A), Ratification, Approval(AA), Accession(a)")

_DATE = re.compile(r"(?P<day>\d{1,2}) (?P<month>[A-Z][a-z]{2}) (?P<year>\d{4})(?: (?P<letter>AA|A|a))?")
_SUPERSCRIPT = re.compile(r"<superscript>.*?</superscript>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read. `unreadable`: rows left out, and why; `flagged`: rows kept without what stood in brackets."""

    register: Register
    unreadable: tuple[Mistake, ...]
    flagged: tuple[Mistake, ...]


@cache
def names() -> dict[str, StateCode]:
    """The depositary's names, as it writes them, with the code of each."""
    rows = csv.DictReader(io.StringIO(packaged("participant_names.csv").decode("utf-8"), newline=""))
    return {row["name"]: state_code(row["iso3166_alpha2"]) for row in rows}


def read_mtdsg(data: bytes, *, source: str, what: str = "the status file") -> Imported:
    """The register of a status file; `source`: what each row's source says, unless the file brings its own.

    Raises TooLarge, or Malformed if it is not such a table, or its rows do not add up to the counts it states.
    """
    check_size(data, MTDSG_LIMIT, what)
    if not data.startswith(b"<?xml"):
        hint = "the depositary's site sometimes answers with a page instead: fetch the file again later"
        raise Malformed("not XML: it does not begin with an XML declaration", where=what, hint=hint)
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise Malformed(f"not XML as expected: {type(error).__name__}", where=what, hint="fetch it again") from None
    _check_title(root, what)
    table = _one(root, TABLE, what)
    _check_headings(table, what)
    rows = table.findall("Tbody/Rows/Row")
    read = [_row(number, row, source) for number, row in enumerate(rows, 1)]
    _check_counts(root, read, what)
    entries = [one.entry for one in read if one.entry is not None]
    return Imported(
        register_of(entries),
        tuple(one.fault for one in read if one.fault is not None),
        tuple(flag for one in read for flag in one.flags),
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """One row: the entry or why there is none; what stood in brackets; whether its two dates were read as dates."""

    entry: Participation | None
    fault: Mistake | None
    flags: tuple[Mistake, ...]
    signed: bool
    deposited: bool


def _one(root: Element, path: str, what: str) -> Element:
    found = root.findall(path)
    if len(found) != 1:
        raise Malformed(f"{len(found)} tables where one was expected", where=f"{what}, {path}", hint="is it XVIII-16?")
    return found[0]


def _check_title(root: Element, what: str) -> None:
    for title in root.findall("Treaty/ExternalData/Titlesect"):
        words = _text(title)
        if words and SUBJECT not in words.casefold():
            raise Malformed("the status of another treaty", where=what, hint="fetch chapter XVIII, no. 16")


def _check_headings(table: Element, what: str) -> None:
    found = [_text(cell) for cell in table.findall("Thead/Row/Entry")]
    expected = [_parts(heading) for heading in HEADINGS]
    if [_parts(heading) for heading in found] != expected:
        hint = "the depositary changed its table, or it is another treaty's: read it by eye, and report this"
        raise Malformed(f"columns are {found}, not {list(HEADINGS)}", where=what, hint=hint)


def _parts(heading: str) -> frozenset[str]:
    """The words between commas, in whatever order the depositary gives them."""
    return frozenset(part.replace(" ", "") for part in heading.split(","))


def _check_counts(root: Element, read: list[_Read], what: str) -> None:
    """The file states how many signed and how many are Party: the rows must say the same."""
    for name, counted in (
        ("Signatories", sum(one.signed for one in read)),
        ("Parties", sum(one.deposited for one in read)),
    ):
        stated = [_text(one) for one in root.findall(f"Treaty/ExternalData/Status/{name}")]
        if stated != [str(counted)]:
            told = stated[0] if len(stated) == 1 else "nothing certain"
            faults = [one.fault for one in read if one.fault is not None]
            why = f"it states {told} as {name}, and {counted} of its rows could be read so"
            raise Malformed(why, where=what, hint="nothing was taken from it: read it by eye", mistakes=faults)


def _row(number: int, row: Element, source: str) -> _Read:
    cells = [_text(cell) for cell in row.findall("Entry")]
    name = cells[0] if cells else ""
    place = f"row {number}" + (f", {name}" if name else "")
    if len(cells) != len(HEADINGS):
        return _Read(None, Mistake(place, f"{len(cells)} cells under {len(HEADINGS)} headings"), (), False, False)
    signature, consent = cells[1], cells[2]
    flags = tuple(
        Mistake(place, f"in brackets: {cell}") for cell in (signature, consent) if cell.startswith("[") and cell[1:]
    )
    signed = deposited = None
    fault = None
    try:
        day, letter = _cell(signature)
        if letter:
            raise Malformed(f"a letter after a signature: {signature}")
        signed = day
    except (ValueError, Malformed) as error:
        fault = Mistake(place, f"signature: {error}")
    try:
        deposited, kind = _cell(consent)
    except (ValueError, Malformed) as error:
        kind, fault = "", Mistake(place, f"consent: {error}")
    entry = None
    if fault is None:
        try:
            entry = _entry(row, name, signed, LETTERS[kind] if deposited else "", deposited, source, consent)
        except (ValueError, Malformed) as error:
            fault = Mistake(place, str(error))
    return _Read(entry, fault, flags, signed is not None, deposited is not None)


def _cell(text: str) -> tuple[date | None, str]:
    """A date and the letter after it; nothing for an empty cell, and for one in brackets. ValueError for any other."""
    if not text or (text.startswith("[") and text.endswith("]")):
        return None, ""
    found = _DATE.fullmatch(text)
    if found is None or found["month"] not in MONTHS:
        raise ValueError(f"not a date: {text}")
    day = date(int(found["year"]), MONTHS.index(found["month"]) + 1, int(found["day"]))
    return day, found["letter"] or ""


def _entry(
    row: Element, name: str, signed: date | None, kind: str, deposited: date | None, source: str, consent: str
) -> Participation:
    state = names().get(name)
    if state is None:
        raise Malformed("a name that the table of names does not have", hint="add it to participant_names.csv")
    kept = {key.removeprefix(MARK): value for key, value in row.attrib.items() if key.startswith(MARK)}
    shown, left, on = kept.get("signed-no-later-than"), kept.get("denounced-on"), kept.get("consent-on")
    if deposited is None and (kept.get("consent-kind") or consent):
        kind = kept.get("consent-kind", UNCONFIRMED)  # a month, a report without a deposit, or a date in brackets
        if kind not in {UNCONFIRMED, *LETTERS.values()}:
            raise Malformed(f"no such kind of consent: {kind}")
    about = kept.get("source", f"{source}; consent stood in brackets: {consent}" if consent[:1] == "[" else source)
    known = DayOrMonth.parse(deposited.isoformat()) if deposited else DayOrMonth.parse(on) if on else None
    if deposited is None and known is not None and known.is_exact and kind != UNCONFIRMED:
        raise Malformed("the day of a deposit stands beside the table, not in it")
    return checked(
        Participation(
            state=state,
            name=name,
            signed_on=signed,
            signed_no_later_than=written_day(shown) if shown else None,
            consent_kind=kind,
            consent_on=known,
            source=about,
            denounced_on=written_day(left) if left else None,
        )
    )


def _text(element: Element) -> str:
    """What a cell says on one line: footnote marks go with the figures in them, other mark-up goes and its words stay.

    The depositary writes mark-up escaped inside the text; real elements are taken the same way.
    """
    whole = _TAG.sub("", _SUPERSCRIPT.sub("", "".join(_pieces(element))))
    return " ".join(whole.split())


def _pieces(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag.casefold() != "superscript":
            yield from _pieces(child)
        yield child.tail or ""


def write_mtdsg(register: Register) -> bytes:
    """The register in the depositary's shape, which `read_mtdsg` reads back as the same values.

    Raises Malformed for a name that participant_names.csv lacks: it could not be read back.
    """
    rows = "".join(_written(one) for one in register.entries)
    signed = sum(one.signed_on is not None for one in register.entries)
    deposited = sum(_is_dated(one) for one in register.entries)
    headings = "".join(f"<Entry>{heading}</Entry>" for heading in HEADINGS)
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<MTDSG><Treaty><ExternalData>'
        "<Titlesect>United Nations Convention against Cybercrime</Titlesect>"
        f"<Status><Signatories>{signed}</Signatories><Parties>{deposited}</Parties></Status></ExternalData>\n"
        f"<Participants><Table><TGroup>\n<Thead><Row>{headings}</Row></Thead>\n"
        f"<Tbody><Rows>\n{rows}</Rows></Tbody></TGroup></Table></Participants></Treaty></MTDSG>\n"
    )
    return text.encode("iso-8859-1", errors="xmlcharrefreplace")


def _is_dated(entry: Participation) -> bool:
    """Whether its consent is a deposit on a known day: what the depositary's own cell can say."""
    return entry.deposit is not None and entry.deposit.is_exact


def _written(entry: Participation) -> str:
    if names().get(entry.name) != entry.state:
        raise Malformed(f"no name of {entry.state} in the table of names: {entry.name}", hint="participant_names.csv")
    if _NOT_XML.search(entry.source):
        raise Malformed(f"the source of {entry.state} holds a control character", hint="XML has no such text")
    dated = _is_dated(entry)
    kept = {
        "source": entry.source,
        "signed-no-later-than": entry.signed_no_later_than,
        "consent-kind": "" if dated else entry.consent_kind,
        "consent-on": "" if dated or entry.consent_on is None else entry.consent_on.text,
        "denounced-on": entry.denounced_on,
    }
    marks = "".join(f" {MARK}{key}={quoteattr(str(value))}" for key, value in kept.items() if value)
    consent = ""
    if dated and entry.deposit is not None:
        letter = next(letter for letter, kind in LETTERS.items() if kind == entry.consent_kind)
        consent = f"{_dated(entry.deposit.latest)}{letter}"
    cells = (entry.name, _dated(entry.signed_on) if entry.signed_on else "", consent)
    return f"<Row{marks}>{''.join(f'<Entry>{escape(cell)}</Entry>' for cell in cells)}</Row>\n"


def _dated(day: date) -> str:
    """As the depositary writes it: day, month, a tab and a space, the year, a space."""
    return f"{day.day} {MONTHS[day.month - 1]}\t {day.year} "
