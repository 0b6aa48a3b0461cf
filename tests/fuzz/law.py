"""Harnesses of files that people write or import: requests, declarations, registers; and of text that is pasted."""

from pathlib import Path
from typing import Any, Final, get_args

from comity.base.ids import StateCode
from comity.cases import approval, events
from comity.treaty.declarations import read_declarations
from comity.treaty.mtdsg import read_mtdsg, write_mtdsg
from comity.treaty.participation import load_register, read_register, write_register
from comity.treaty.request import read_request, read_scope
from comity.web import paste
from comity.web.request_form import labelled
from comity.web.request_form.groups import GUIDED, URGENT
from comity.workflows.letters import read_code, write_code
from tests.fuzz.harness import Harness, by_name, stable, text
from tests.fuzz.shapes import json_of

ROOT: Final = Path(__file__).parent.parent.parent
TOML_WORDS: Final = (
    b"[[",
    b"]]",
    b'"""',
    b"'''",
    b" = ",
    b"\\u0000",
    b"1979-05-27",
    b"[measures]",
    b"inf",
    b"{",
    b"}",
    b"#",
)
XML_WORDS: Final = (b"<?xml", b"<Row>", b"<Entry>", b"</Entry>", b"&lt;", b"&#x0;", b"<!DOCTYPE", b"<!ENTITY", b"]]>")
PASTE_WORDS: Final = (
    b"hxxp://",
    b"[.]",
    b"[at]",
    b"::",
    b"1.2.3.4",
    b"+41 ",
    b"@",
    b"12:30",
    b" 3 March 2026",
    b"https://",
)
MAIL: Final = """Subject: urgent
From: duty@police.example
On 3 March 2026, at 14:05 UTC, hxxps://scam[.]example/login was visited from 198.51.100.7 and 2001:db8::1.
The account is mallory[at]mail.example; telephone +41 44 668 18 00. Reference 2026-03-03T14:05:11Z.
"""
"""Nothing in it is anybody's."""


def recognised(pasted: str) -> Any:
    found = paste.recognise(pasted)
    paste.identifiers(found)
    paste.days(found)
    return found


def labelled_lines(pasted: str) -> Any:
    return labelled.read(pasted, (*URGENT, *GUIDED))


def status_file(data: bytes) -> Any:
    """The depositary's table; what could be read of it stays the same when it is written in our own."""
    found = read_mtdsg(data, source="the fuzzer")
    if found.register.entries and not found.unreadable:
        write_register(found.register)
    return found


def _events() -> list[bytes]:
    return [one for kind in get_args(events.Event) for one in json_of(kind)]


def _requests() -> list[bytes]:
    return [file.read_bytes() for file in sorted((ROOT / "examples").glob("*/*.toml"))]


def _scopes() -> list[bytes]:
    """The measures of a request alone, as a grant in part names them."""
    whole = (ROOT / "examples" / "investment-scam" / "production.toml").read_bytes()
    return [whole[whole.index(b"[[measures]]") : whole.index(b"[confidentiality]")]]


def _declarations() -> list[bytes]:
    return [file.read_bytes() for file in sorted((ROOT / "comity" / "treaty" / "declarations").glob("x*.toml"))]


def _rows(limit: int) -> bytes:
    return b"\n".join(write_register(load_register()).split(b"\n")[:limit]) + b"\n"


HARNESSES: Final = by_name(
    Harness("request", lambda data: read_request(data, "the request"), _requests, words=TOML_WORDS),
    Harness("scope", lambda data: read_scope(data, "the scope"), _scopes, words=TOML_WORDS),
    Harness(
        "declarations",
        lambda data: read_declarations(data, "the file", StateCode("XA")),
        _declarations,
        words=TOML_WORDS,
        most_bytes=16_384,
    ),
    Harness(
        "register",
        stable(read_register, write_register),
        lambda: [_rows(4), _rows(100)],
        words=(b'"', b",", b"\r", b"2026-02-30", b"ratification", b"unconfirmed"),
        most_bytes=16_384,
    ),
    Harness(
        "status-file",
        status_file,
        lambda: [write_mtdsg(load_register())[:20_000], write_mtdsg(load_register())],
        words=XML_WORDS,
        most_bytes=32_768,
    ),
    Harness("pasted", text(recognised), lambda: [MAIL.encode()], words=PASTE_WORDS, most_bytes=65_536),
    Harness(
        "labelled",
        text(labelled_lines),
        lambda: [b"Subject: x\nPeriod from: 2026-01-01\nfrom: 2 May 2026"],
        words=(b": ", b"\r\n", b"Facts", b"until"),
        most_bytes=65_536,
    ),
    Harness(
        "check-code", text(lambda one: write_code(read_code(one))), lambda: [write_code(bytes(range(16))).encode()]
    ),
    Harness("case-event", stable(events.read), _events, words=(b'"type":"', b"null")),
    Harness("approval", stable(approval.read, approval.write), lambda: json_of(approval.Decision)),
)
