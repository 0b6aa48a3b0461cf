"""Bring every language's catalogues up to date with the source: `make catalogue`, or `python -m scripts.catalogue`.

Translations are kept by their English text: a text that changed is a new text, and untranslated. One that is gone is
kept at the end of its file, commented out, until `--prune`. Nothing is ever guessed or marked fuzzy. With `--check`
nothing is written: what is lacking, or translated so that it cannot be right, is listed, and the exit code is 1.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.core import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import write_po

from comity.web.catalogues import DOMAINS, REVIEW, UNREVIEWED, read_catalogue, review_of
from comity.web.languages import LANGUAGES
from comity.web.sentences import skeleton
from scripts.texts import WEB, Text, all_texts

CODES: Final = tuple(one.code for one in LANGUAGES.values() if not one.is_source)
_ABOUT: Final = {
    "comity": "what the pages say",
    "law": "what the rules say, and the data of the law that they speak of",
    "errors": "what went wrong, and what to do about it",
}
_HEADER: Final = """\
# comity in {language}: {about}.
# Licence: Apache-2.0, as all of comity.
# Every text here is unreviewed until {review} below names who reviewed it and when: docs/guides/translator.md.
msgid ""
msgstr ""
"Project-Id-Version: comity\\n"
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"
"{review}: {reviewed}\\n"

"""
LACKING: Final = "not translated"
_PERCENT: Final = re.compile(r"%\(\w+\)[a-z]|%[a-z%]")
_TAG: Final = re.compile(r"<[^>\s]+")


def path_of(code: str, domain: str) -> Path:
    return WEB / "locale" / code / "LC_MESSAGES" / f"{domain}.po"


def read(code: str, domain: str) -> Catalog:
    """The catalogue as it is; an empty one where there is none."""
    file = path_of(code, domain)
    return read_catalogue(file.read_bytes(), code, domain) if file.exists() else Catalog(locale=code, domain=domain)


def updated(
    before: Catalog,
    code: str,
    domain: str,
    texts: Mapping[str, Text],
    *,
    prune: bool = False,
    reviewed: str = UNREVIEWED,
) -> bytes:
    """A catalogue's file with exactly these texts, and the translations that there were for them."""
    after = Catalog(locale=code, domain=domain)
    for said, one in texts.items():
        key = (said, one.many) if one.many else said
        kept = _kept(before, said, key)
        string = kept.string if kept is not None else ("",) * after.num_plurals if one.many else ""
        comments = list(kept.user_comments) if kept is not None else []
        added = after.add(key, string, locations=[(one.place, 0)], user_comments=comments)
        added.flags = _flags(said, kept)
    if not prune:
        _keep_gone(before, after)
    return _header(code, domain, reviewed) + _body(after)


def _kept(before: Catalog, said: str, key: str | tuple[str, str]) -> Message | None:
    """The translation that there was, also one whose text was gone for a while."""
    for old in (before.get(said), before.obsolete.get(said)):
        if old is not None and old.id == key:
            return old
    return None


def _flags(said: str, kept: Message | None) -> set[str]:
    flags = {"fuzzy"} if kept is not None and kept.fuzzy else set()
    if "%(" in said:
        flags.add("python-format")
    return flags | ({"python-brace-format"} if places_of(said) else set())


def places_of(said: str) -> tuple[str, ...]:
    """The names of a text's places; none where it has none, or cannot be read."""
    try:
        return skeleton(said)[1]
    except ValueError:
        return ()


def _keep_gone(before: Catalog, after: Catalog) -> None:
    gone = [one for one in before if one.id and after.get(first_of(one)) is None]
    for one in (*gone, *before.obsolete.values()):
        if any(_strings(one)) and after.get(first_of(one)) is None:
            after.obsolete[first_of(one)] = one


def first_of(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple) else str(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (str(message.string or ""),)


def _header(code: str, domain: str, reviewed: str) -> bytes:
    return _HEADER.format(
        language=Locale.parse(code).english_name,
        about=_ABOUT[domain],
        code=code,
        plurals=get_plural(code).plural_forms,
        review=REVIEW,
        reviewed=reviewed,
    ).encode("utf-8")


def _body(catalogue: Catalog) -> bytes:
    written = BytesIO()
    write_po(written, catalogue, width=0, omit_header=True, include_lineno=False)
    return written.getvalue()


# Checking


def faults(code: str, domain: str, texts: Mapping[str, Text]) -> Iterator[str]:
    """What is wrong with a catalogue: texts it lacks or has too many, and translations that cannot be right."""
    found = read(code, domain)
    for said, one in texts.items():
        message = found.get(said)
        if message is None or isinstance(message.id, tuple) != bool(one.many):
            yield f"{code}/{domain}: not there: {said}"
        else:
            yield from (f"{code}/{domain}: {fault}: {said}" for fault in wrong_in(message, found.num_plurals))
    for message in found:
        if message.id and first_of(message) not in texts:
            yield f"{code}/{domain}: no text of the program: {first_of(message)}"


def wrong_in(message: Message, forms: int) -> Iterator[str]:
    """What is wrong with one translation."""
    said, strings = first_of(message), _strings(message)
    if message.fuzzy:
        yield "marked fuzzy"
    if isinstance(message.id, tuple) and len(strings) != forms:
        yield f"{len(strings)} forms for {forms}"
    for one in strings:
        if not one.strip():
            yield LACKING
            continue
        wanted, has = sorted(_PERCENT.findall(said)), sorted(_PERCENT.findall(one))
        if wanted != has and not (isinstance(message.id, tuple) and not has):
            yield f"holds {has}, not {wanted}"
        places = places_of(said)
        if places and sorted(places_of(one)) != sorted(places):
            yield f"its places are not {', '.join(places)}"
        if sorted(_TAG.findall(one)) != sorted(_TAG.findall(said)):
            yield "what stands in < > is not the same"
        if one != one.strip():
            yield "begins or ends with a space"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.catalogue", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; list what is lacking or cannot be right")
    parser.add_argument("--prune", action="store_true", help="drop the translations of texts that are gone")
    asked = parser.parse_args()
    texts = all_texts()
    found = [(code, domain) for code in CODES for domain in DOMAINS]
    if asked.check:
        wrong = [fault for code, domain in found for fault in faults(code, domain, texts[domain])]
        print(*wrong, sep="\n")
        return 1 if wrong else 0
    for code, domain in found:
        file = path_of(code, domain)
        reviewed = review_of(file.read_bytes()) if file.exists() else UNREVIEWED
        data = updated(read(code, domain), code, domain, texts[domain], prune=asked.prune, reviewed=reviewed)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_bytes() != data:
            file.write_bytes(data)
        lacking = sum(1 for one in read(code, domain) if one.id and not all(_strings(one)))
        print(f"{code}/{domain}: {len(texts[domain])} texts, {lacking} to translate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
