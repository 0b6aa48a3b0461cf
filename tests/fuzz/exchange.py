"""Harnesses of what crosses the border: headers, envelopes, documents, batches, receipts, directories, signed requests.

Where a signature stands before a parser, the harness signs what the fuzzer made: a peer may sign anything.
"""

from contextlib import suppress
from typing import Any, Final

from comity.base.encoding import b64u, to_json
from comity.base.errors import ComityError, Malformed
from comity.base.mode import Mode
from comity.base.parsing import read_json
from comity.crypto import jws, merkle
from comity.crypto.request_signature import sign_request, verify_request
from comity.exchange import document as documents
from comity.exchange import envelope as envelopes
from comity.exchange import receipt, receipt_alone, version
from comity.exchange.checks import check_header
from comity.exchange.directory import (
    CARD_TYP,
    TYP,
    Entity,
    StateList,
    Use,
    open_card,
    open_list,
    parse_spoken,
    sign_list,
    spoken,
)
from comity.exchange.directory_collection import format_collection, open_collection
from comity.exchange.directory_signing import draft, open_draft
from comity.exchange.envelope import Envelope, Header, format_batch, parse_batch
from comity.exchange.message import KINDS
from tests.fuzz.harness import SIGNER, SPLIT, Harness, by_name, parts, stable, text
from tests.fuzz.shapes import json_of
from tests.simulators.messages import NOW, ROOTS, XA, XB, document, header, sealed, state_list

OUR_KIDS: Final = frozenset({XB.opener.kid}).__contains__
URL: Final = "https://xb.example/v1/envelopes"
JSON_WORDS: Final = (b'":"', b'","', b"null", b"true", b"[]", b"{}", b"1e5", b"\\u0000", b"\\ud800", b"-1", b"9" * 20)
RECEIPTS: Final = XB.signers[Use.RECEIPT]
LIST: Final = sign_list(state_list(), ROOTS)
MESSAGE_WORDS: Final = (*(tag.encode() for tag in KINDS), SPLIT, *JSON_WORDS)


def envelope_header(data: bytes) -> Header:
    """A header, and what a node checks of it first."""
    found = Envelope(data, b"").read_header()
    with suppress(ComityError):
        check_header(found, sender=XA.entity, us=XB.id, mode=Mode.EXERCISE, our_kids=OUR_KIDS, now=NOW)
    return found


def ciphertext(data: bytes) -> bytes:
    """Any bytes in place of what was sealed."""
    return envelopes.open_sealed(Envelope(to_json(header()), data), XB.opener)


def signed_document(data: bytes) -> documents.Document:
    """A document whose signature holds, and its body."""
    found = documents.verify(jws.sign_compact(data, SIGNER, documents.TYP), SIGNER.public).document
    found.any_body()
    return found


def message(data: bytes) -> Any:
    """A kind, then a body of it."""
    kind, body = parts(data, 2)
    known = KINDS.get(kind.decode("utf-8", "replace"))
    if known is None:
        raise Malformed("no such kind")
    return stable(lambda one: read_json(one, known.body, limit=documents.PAYLOAD_LIMIT, what="the body"))(body)


def receipts(data: bytes) -> receipt.Receipts:
    """Rows, one a line, under a signature that holds."""
    rows = data.split(b"\n")
    root = merkle.root([merkle.leaf_hash(row) for row in rows])
    said = receipt.Signature(
        v=1, mode=Mode.EXERCISE, by=XB.id, to=XA.id, at=NOW.seconds, size=len(rows), root=str(root)
    )
    token = jws.sign_compact(to_json(said), SIGNER, receipt.TYP).decode("ascii")
    wire = to_json({"jws": token, "rows": [b64u(row) for row in rows]})
    receipt.kid_of(wire)
    return receipt.verify(wire, SIGNER.public)


def signed_list(data: bytes) -> StateList:
    """A State's list as its roots may sign it."""
    signatures = []
    for root in ROOTS:
        protected, _, signature = jws.sign_compact(data, root, TYP).decode("ascii").split(".")
        signatures.append({"protected": protected, "signature": signature})
    return open_list(to_json({"payload": b64u(data), "signatures": signatures})).value


def card(data: bytes) -> Entity:
    return open_card(jws.sign_compact(data, XA.authority, CARD_TYP))


def version_document(data: bytes) -> version.Speaks:
    return version.open_version(jws.sign_compact(data, RECEIPTS, version.TYP), RECEIPTS.public, XB.id)


def request_headers(data: bytes) -> Any:
    """Headers of a request, one a line, as they came."""
    lines = (line.partition(": ") for line in data.decode("latin-1").split("\n"))
    headers = {name.lower(): value for name, colon, value in lines if colon}
    return verify_request("POST", URL, headers, b"{}", public_of=lambda _: SIGNER.public, now=NOW)


def _request_headers() -> bytes:
    made = sign_request("POST", URL, "application/json", b"{}", signer=SIGNER, at=NOW, nonce=bytes(16))
    return "\n".join(f"{name}: {value}" for name, value in made.items()).encode("latin-1")


def _rows() -> bytes:
    row = receipt.Row(
        id=header().id,
        envelope_sha256="0" * 64,
        status=receipt.Status.REJECTED,
        at=NOW.seconds,
        code="invalid-field:body.request.measures[0].data",
    )
    return to_json(row)


def _issued() -> bytes:
    rows = [read_json(_rows(), receipt.Row, limit=4096, what="a row")] * 3
    missing = [receipt.Missing("AAECAwQFBgcICQoLDA0ODw", (1, 2))]
    return receipt.issue(rows, by=XB.id, to=XA.id, mode=Mode.EXERCISE, at=NOW, signer=RECEIPTS, missing=missing)


def _alone() -> bytes:
    return receipt_alone.alone(receipt.verify(_issued(), RECEIPTS.public), 1)


def _messages() -> list[bytes]:
    return [tag.encode() + SPLIT + body for tag, kind in KINDS.items() for body in json_of(kind.body)]


HARNESSES: Final = by_name(
    Harness("envelope-header", stable(envelope_header), lambda: [to_json(header())], words=JSON_WORDS, most_bytes=1200),
    Harness("envelope", ciphertext, lambda: [sealed().ct], most_bytes=4096),
    Harness(
        "document",
        stable(signed_document),
        lambda: [to_json(document()), *json_of(documents.Document)],
        words=MESSAGE_WORDS,
    ),
    Harness(
        "document-token",
        lambda data: documents.verify(data, XA.authority.public),
        lambda: [documents.sign(document(), XA.authority).token],
        lambda one: one.token,
        (b".", b"eyJ", b"e30"),
    ),
    Harness("message", message, _messages, words=MESSAGE_WORDS),
    Harness(
        "batch",
        stable(parse_batch, lambda one: format_batch(*one)),
        lambda: [format_batch("b", [sealed()]), format_batch("b", [Envelope(b"{}", b"x")] * 3)],
        words=JSON_WORDS,
    ),
    Harness("receipt-rows", receipts, lambda: [_rows(), b"\n".join([_rows()] * 3)], words=JSON_WORDS),
    Harness("receipts", lambda data: receipt.verify(data, RECEIPTS.public), lambda: [_issued()], words=JSON_WORDS),
    Harness(
        "receipt-alone", lambda data: receipt_alone.verify(data, RECEIPTS.public), lambda: [_alone()], words=JSON_WORDS
    ),
    Harness("directory-list", stable(signed_list), lambda: [to_json(state_list())], words=JSON_WORDS),
    Harness("directory-wire", open_list, lambda: [LIST.data], words=JSON_WORDS),
    Harness("directory-draft", open_draft, lambda: [draft(state_list()), LIST.data], words=JSON_WORDS),
    Harness(
        "directory-collection", open_collection, lambda: [format_collection([LIST])], words=JSON_WORDS, most_bytes=16384
    ),
    Harness("card", stable(card), lambda: [to_json(XA.entity)], words=JSON_WORDS),
    Harness("fingerprint", text(parse_spoken), lambda: [spoken(LIST.fingerprint).encode()]),
    Harness(
        "version-document",
        stable(version_document),
        lambda: [to_json(version.describe(XB.id, Mode.EXERCISE, NOW, 7))],
        words=JSON_WORDS,
    ),
    Harness(
        "request-headers",
        request_headers,
        lambda: [_request_headers()],
        words=(b"comity=", b"signature-input: ", b"sha-256=:", b":", b';tag="comity"', b'"@path"', b";sf", b"(", b")"),
    ),
)
