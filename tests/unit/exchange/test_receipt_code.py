"""The code of a row with the field at fault: names of the format go out, and nothing else ever."""

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.digests import Digest
from comity.base.encoding import b64u, to_json
from comity.base.errors import ComityError, Malformed
from comity.base.mode import Mode
from comity.crypto import jws, merkle
from comity.exchange import receipt, receipt_alone
from comity.exchange.directory import Use
from comity.exchange.problems import PROBLEMS, ExchangeProblem
from comity.exchange.receipt import Row, Signature, Status
from comity.exchange.receipt_code import CODE_MOST, FIELD_MOST, Fault, fault_of, read_fault
from tests.simulators.messages import NOW, XA, XB
from tests.simulators.second_reader import open_receipts

SIGNER = XB.signers[Use.RECEIPT]
LONGEST = f"{'c' * CODE_MOST}:{'f' * FIELD_MOST}"


def row_with(code: str) -> Row:
    digest = str(Digest.of(b"envelope"))
    return Row(id="one", envelope_sha256=digest, status=Status.REJECTED, at=NOW.seconds, code=code)


def signed(row: bytes) -> bytes:
    """Receipts with one row of any bytes, under a signature that holds."""
    said = Signature(
        v=1, mode=Mode.EXERCISE, by=XB.id, to=XA.id, at=NOW.seconds, size=1, root=str(merkle.root_over([row]))
    )
    token = jws.sign_compact(to_json(said), SIGNER, receipt.TYP).decode("ascii")
    return to_json({"jws": token, "rows": [b64u(row)]})


def at(where: str) -> str:
    return str(fault_of(ExchangeProblem("invalid-field", "a text with case content", where=where)))


@pytest.mark.parametrize(
    "where",
    ["body", "header.exp", "from", "actor.approved_by", "body.request.measures[12].data", "confidentiality.until"],
)
def test_a_field_of_the_format_is_named_behind_the_code(where: str) -> None:
    assert at(where) == f"invalid-field:{where}"
    assert read_fault(at(where)) == Fault("invalid-field", where)


@pytest.mark.parametrize(
    "where",
    [
        "",
        "photo.jpg",
        "data/00001.age, bytes 0 to 20",
        "the request, line 3",
        "/etc/comity.toml",
        "body.request.shoe_size",
        "body.request[...]",
        "body.Request",
        "body..request",
        "body.request\n",
        "body." * 20 + "request",
        "192.0.2.7",
    ],
)
def test_what_is_no_field_of_the_format_is_not_told(where: str) -> None:
    assert at(where) == "invalid-field"


@given(st.one_of(st.text(max_size=100), st.from_regex(r"[a-z_.\[\]0-9]{0,90}", fullmatch=True)))
def test_whatever_an_error_says_the_row_is_one_that_is_taken(where: str) -> None:
    said = at(where)
    assert receipt.verify(signed(to_json(row_with(said))), SIGNER.public).rows[0].code == said
    assert re.fullmatch(r"invalid-field(:[a-z0-9_.\[\]]+)?", said)


def test_an_error_without_a_problem_of_its_own_keeps_its_field() -> None:
    assert fault_of(ComityError("no")) == Fault("invalid-field")
    assert fault_of(Malformed("no day", where="until")) == Fault("malformed", "until")


@pytest.mark.parametrize("code", [*PROBLEMS, "", "a-code-of-later", "invalid-field:a.b[0].c_1", LONGEST])
def test_a_code_with_or_without_a_field_is_taken_in_a_batch_and_alone(code: str) -> None:
    read = receipt.verify(signed(to_json(row_with(code))), SIGNER.public)
    assert read.rows == (row_with(code),)
    assert receipt_alone.verify(receipt_alone.alone(read, 0), SIGNER.public).row.code == code
    assert receipt_alone.row_in(receipt_alone.alone(read, 0)) == row_with(code)


@pytest.mark.parametrize(
    "code",
    [
        "invalid-field:",
        ":body",
        "invalid-field:body:until",
        "invalid-field:body until",
        "invalid-field:Body",
        "invalid-field:body.",
        "invalid-field:.body",
        "invalid-field:body[]",
        "invalid-field:body[00000]",
        "invalid-field:1st",
        "invalid-field:b\u00f6dy",
        "invalid-field:body\n",
        "invalid-field\n",
        "Invalid-Field",
        "invalid field",
        "<b>",
        "c" * (CODE_MOST + 1),
        "invalid-field:" + "f" * (FIELD_MOST + 1),
    ],
)
def test_another_code_is_refused_though_it_is_signed(code: str) -> None:
    data = signed(to_json(row_with(code)))
    with pytest.raises(Malformed) as refused:
        receipt.verify(data, SIGNER.public)
    assert refused.value.where == "code"


def test_a_row_of_no_moment_there_is_is_refused() -> None:
    with pytest.raises(Malformed):
        receipt.verify(signed(to_json(msgspec.structs.replace(row_with(""), at=1 << 60))), SIGNER.public)


class _RowBefore(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A row as nodes read it that know of no fields."""

    id: str
    envelope_sha256: str
    status: Status
    at: int
    doc_sha256: str = ""
    code: str = ""


def test_a_reader_that_knows_of_no_fields_takes_the_row_as_one_with_another_code() -> None:
    data = receipt.issue(
        [row_with("invalid-field:body.until")], by=XB.id, to=XA.id, mode=Mode.EXERCISE, at=NOW, signer=SIGNER
    )
    (read,) = receipt.verify(data, SIGNER.public).row_bytes
    before = msgspec.json.decode(read, type=_RowBefore)
    assert (before.status, before.code) == (Status.REJECTED, "invalid-field:body.until")
    (second,) = open_receipts(data, SIGNER.public)
    assert second["code"] == "invalid-field:body.until"


def test_receipts_for_the_largest_batch_fit_with_the_longest_codes() -> None:
    rows = [msgspec.structs.replace(row_with(LONGEST), doc_sha256="0" * 64)] * 128
    assert len(receipt.issue(rows, by=XB.id, to=XA.id, mode=Mode.LIVE, at=NOW, signer=SIGNER)) <= receipt.LIMIT
