"""docs/formats/envelope.md says what the code does: every code, kind, field and limit, and the worked example."""

import re
from pathlib import Path

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.crypto import jws, request_signature
from comity.exchange import checks, directory, envelope, mailbox, message, receipt
from comity.exchange import document as documents
from comity.exchange.message import KINDS
from comity.exchange.problems import PROBLEMS, TYPE_PREFIX
from comity.node import requests
from comity.treaty import request
from comity.workflows import credit, send_parts
from tests.simulators import messages

SECTION = re.compile(r"^(#{2,3}) (?:\d+\. )?(.*)$", re.M)
OVERHEAD = 1120 + 16
"""What HPKE adds: the encapsulated key and the tag."""


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "formats" / "envelope.md").read_text(encoding="utf-8")


def section(page: str, title: str) -> str:
    """The text under one heading, up to the next."""
    found = list(SECTION.finditer(page))
    at = [match[2] for match in found].index(title)
    end = found[at + 1].start() if at + 1 < len(found) else len(page)
    return page[found[at].end() : end]


def table(text: str) -> list[list[str]]:
    """The cells of each row of the tables in a text, without the two lines of their heads."""
    rows: list[list[str]] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        is_head = number + 1 < len(lines) and re.fullmatch(r"\|(-+\|)+", lines[number + 1])
        if line.startswith("| ") and not is_head:
            rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows


def words(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


def names(struct: type[msgspec.Struct]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(struct)]


def test_every_problem_is_on_the_page_as_it_is_and_no_other(page: str) -> None:
    expected = [[f"`{code}`", str(p.status), p.title, str(p.retry), p.who] for code, p in PROBLEMS.items()]
    assert table(section(page, "Problems")) == expected
    assert f"`{TYPE_PREFIX}<code>`" in page


def test_every_kind_is_on_the_page_as_it_is_and_no_other(page: str) -> None:
    found = [row for row in table(section(page, "Kinds")) if len(row) == 4]
    assert found == [
        [
            f"`{tag}`",
            kind.body.__name__.removesuffix("Body").lower(),
            ", ".join(sorted(kind.senders)),
            "yes" if kind.approved else "no",
        ]
        for tag, kind in KINDS.items()
    ]


def test_every_field_of_every_body_is_on_the_page_and_what_may_be_absent(page: str) -> None:
    rows = {row[0]: row[1] for row in table(section(page, "Kinds")) if len(row) == 2}
    for kind in {kind.body for kind in KINDS.values()}:
        text = rows[kind.__name__.removesuffix("Body").lower()]
        assert words(text) == names(kind)
        optional = {field.encode_name for field in msgspec.structs.fields(kind) if not field.required}
        assert {name for name in words(text) if f"[`{name}`" in text} == optional


REQUEST = (
    ("the request", request.Request),
    ("`offence`", request.Offence),
    ("each of `measures`", request.Sought),
    ("each of `persons`", request.Person),
    ("`confidentiality`", request.Confidentiality),
    ("`screens`", request.Screens),
)


@pytest.mark.parametrize(("name", "struct"), REQUEST, ids=[struct.__name__ for _, struct in REQUEST])
def test_every_field_of_a_request_is_on_the_page(page: str, name: str, struct: type[msgspec.Struct]) -> None:
    found = [
        word for row in table(section(page, "Kinds")) if row[0] == name and len(row) == 2 for word in words(row[1])
    ]
    assert found == names(struct)


STRUCTS = (
    ("Header", envelope.Header),
    ("Document", documents.Document),
    ("Signature", receipt.Signature),
    ("Row", receipt.Row),
    ("List", directory.StateList),
    ("Entity", directory.Entity),
    ("Key", directory.KeyEntry),
)


@pytest.mark.parametrize(("title", "struct"), STRUCTS, ids=[title for title, _ in STRUCTS])
def test_every_field_is_on_the_page_in_its_order(page: str, title: str, struct: type[msgspec.Struct]) -> None:
    rows = table(section(page, title))
    assert [words(row[0])[0] for row in rows] == names(struct)
    said = {words(row[0])[0] for row in rows if "may be absent" in row[-1]}
    if title in ("Entity", "Key"):
        assert said == {field.name for field in msgspec.structs.fields(struct) if not field.required}


@pytest.mark.parametrize(
    "struct", [documents.Actor, documents.InReplyTo, documents.LogPlace, documents.AttachedFile, documents.Part]
)
def test_the_fields_inside_a_document_s_fields_are_named_there(page: str, struct: type[msgspec.Struct]) -> None:
    assert set(names(struct)) <= set(words(section(page, "Document")))


def test_the_words_of_a_field_are_the_ones_there_are(page: str) -> None:
    assert [word for word in words(section(page, "Key").split("\n| `kid`")[0]) if word != "use"] == list(directory.Use)
    assert set(message.Role) <= set(words(section(page, "Entity")))
    assert set(receipt.Status) <= set(words(section(page, "Row")))


LIMITS = {
    "body of `POST /v1/envelopes`": envelope.BATCH_LIMIT,
    "envelopes in a batch": envelope.BATCH_MOST,
    "header of an envelope": envelope.HEADER_LIMIT,
    "ciphertext of an envelope": envelope.ENVELOPE_LIMIT,
    "document as a JWS": documents.JWS_LIMIT,
    "document's payload": documents.PAYLOAD_LIMIT,
    "header of a JWS": jws.HEADER_LIMIT,
    "receipts": receipt.LIMIT,
    "question to a mailbox": mailbox.ASKED_LIMIT,
    "answer of a mailbox": mailbox.GIVEN_LIMIT,
    "wait at a mailbox": mailbox.LONGEST_WAIT_SECONDS,
    "time for the body of a request": requests.BODY_SECONDS,
    "signed list of a State": directory.LIMIT,
    "card": directory.CARD_LIMIT,
    "part of a file": send_parts.PART_BYTES,
    "recipients of an order": message.MOST_RECIPIENTS,
    "text of one of them": message.RECIPIENT_CHARACTERS,
    "life of a document": documents.LONGEST_LIFE_DAYS,
    "life of a signed list": directory.LONGEST_LIFE_DAYS,
    "life of a request signature": request_signature.LONGEST_SECONDS,
    "difference of two clocks": checks.SKEW_SECONDS,
}


def test_every_limit_is_the_one_that_is_checked(page: str) -> None:
    found = {row[0]: int(row[1].split()[0]) for row in table(section(page, "Limits"))}
    assert found == LIMITS


def test_every_type_and_media_type_is_on_the_page(page: str) -> None:
    for word in (
        documents.TYP,
        receipt.TYP,
        directory.TYP,
        directory.CARD_TYP,
        envelope.MEDIA_TYPE,
        receipt.MEDIA_TYPE,
        mailbox.TYP,
        mailbox.ASKED_TYPE,
        mailbox.SEAL_HEADER,
        credit.HEADER,
    ):
        assert f"`{word}`" in page
    assert " ".join(f'"{name}"' for name in request_signature.COMPONENTS) in page


def test_the_checks_are_numbered_as_in_the_code(page: str) -> None:
    rows = table(section(page, "The checks"))
    in_code = re.findall(r"(?:^|; )\s*(\d+) ", checks.__doc__ or "", re.M)
    assert [row[0] for row in rows] == in_code == [str(number) for number in range(1, 17)]


def test_every_code_belongs_to_a_check_or_is_said_to_belong_to_none(page: str) -> None:
    text = section(page, "The checks")
    in_checks = {word for row in table(text) for word in words(row[2]) if len(row) == 3}
    assert in_checks <= set(PROBLEMS)
    elsewhere = set(PROBLEMS) - in_checks
    assert elsewhere == {"not-found", "internal"}
    assert all(f"`{code}`" in text for code in elsewhere)


def unwrapped(page: str) -> str:
    """The page with its indented lines joined, as an example that is too long for one."""
    return re.sub(r"\n    ", "", page)


def test_the_worked_example_is_what_the_code_makes(page: str) -> None:
    document, header = messages.document(), messages.header()
    signed = documents.sign(document, messages.XA.authority)
    padded = envelope.padded_size(4 + len(signed.token))
    sealed = messages.sealed()
    assert messages.XA.authority.public == type(messages.XA.authority)(b"\x01" * 32).public
    assert messages.XB.opener.public == type(messages.XB.opener)(b"\x02" * 96).public
    assert to_json(document).decode() in unwrapped(page)
    assert to_json(header).decode() in unwrapped(page)
    example = " ".join(section(page, "Worked example").split())
    assert f"`{messages.XA.authority.kid}`" in example
    assert f"a JWS of {len(signed.token)} bytes with the digest `{signed.digest}`, and {padded} bytes" in example
    assert f"`{Digest.of(to_json(header))}`" in example
    assert f"{len(sealed.ct):,} bytes" in example
    assert len(sealed.ct) == padded + OVERHEAD
    value = messages.state_list()
    assert [root.public for root in messages.ROOTS] == [
        type(messages.ROOTS[0])(bytes([int(seed, 16)]) * 32).public for seed in ("65", "66", "67")
    ]
    assert f"`{directory.fingerprint(value.roots, value.threshold)}`" in example
