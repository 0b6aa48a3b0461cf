"""Evidence by the interface: sealed from what is uploaded, read as ciphertext, handed over with both signatures."""

import tempfile
from pathlib import Path

import pytest

from comity.workflows.custody_chain import chain_of
from comity.workflows.office import directory
from comity.workflows.token_store import Scope
from tests.simulators.interface import Caller, caller
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import FILES, HOW, accept_at_xa, at, case_at, examine
from tests.simulators.world import PROVIDER, XB, SmallWorld


def form(files: dict[str, bytes], how: str = HOW) -> tuple[bytes, dict[str, str]]:
    body = b'--b\r\nContent-Disposition: form-data; name="how"\r\n\r\n' + how.encode() + b"\r\n"
    for name, data in files.items():
        body += f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
        body += data + b"\r\n"
    return body + b"--b--\r\n", {"content-type": "multipart/form-data; boundary=b"}


def upload(one: Caller, case: str, files: dict[str, bytes], how: str = HOW) -> bytes:
    body, headers = form(files, how)
    return one.send("POST", f"/api/v1/cases/{case}/evidence", body, headers)


def lee(world: SmallWorld) -> Caller:
    return caller(world.provider, *Scope, acts_for=["lee"])


def test_what_is_uploaded_is_sealed_handed_over_and_opened_byte_for_byte_at_the_end() -> None:
    world = at("production ordered")
    one = lee(world)
    case = case_at(world, "provider", "stored_data").id
    big = {**FILES, "logs/big.bin": bytes(range(256)) * 8192}
    upload(one, case, big)
    assert one.status == 201, one.body
    assert one.call("POST", f"/cases/{case}/evidence/release", {"reason": "as ordered"})["state"]
    world.settle()
    xb = caller(world.xb, *Scope, acts_for=["olga"])
    theirs = case_at(world, "xb", "stored_data").id
    assert xb.call("POST", f"/cases/{theirs}/evidence/accept", {"reason": "checked"})["holder"] == XB
    assert xb.call("POST", f"/cases/{theirs}/evidence/release", {"reason": "for XA"})["state"]
    world.settle()
    ours = accept_at_xa(world, case_at(world, "xa", "stored_data"))
    out = MemoryPackage()
    examine(world, ours, out)
    opened = {name: [data for path, data in out.files.items() if path.endswith(name)] for name in big}
    assert opened == {name: [data] for name, data in big.items()}


def test_what_is_read_is_the_sealed_package_and_nothing_in_clear() -> None:
    world = at("sealed")
    one = lee(world)
    case = case_at(world, "provider", "stored_data")
    seen = one.get(f"/cases/{case.id}/evidence")
    assert (seen["package"], seen["holder"], seen["awaiting"]) == (case.package, PROVIDER, "")
    source = world.provider.office.packages.source(case.package)
    assert seen["files"] == sorted(source.names())
    for name in seen["files"]:
        data = one.send("GET", f"/api/v1/cases/{case.id}/evidence/files/{name}")
        with source.open(name) as stream:
            assert data == stream.read(1 << 24)
        for content in FILES.values():
            assert content not in data
    lines = one.send("GET", f"/api/v1/cases/{case.id}/evidence/custody").splitlines()
    with world.provider.office.store.transaction() as tx:
        known = directory(tx)
    assert chain_of(known, case.package, lines).custody.holder == seen["holder"]
    for missing in ("nothing", "../comity.db", "/etc/passwd", "data/../bagit.txt"):
        one.send("GET", f"/api/v1/cases/{case.id}/evidence/files/{missing}")
        assert one.status == 404


@pytest.mark.parametrize("name", ["../up", "/abs", "a//b", "con\\x", "a/./b", "a" * 5000])
def test_a_name_that_is_no_path_in_a_package_is_refused_and_not_repeated(name: str) -> None:
    world = at("production ordered")
    one = lee(world)
    case = case_at(world, "provider", "stored_data").id
    upload(one, case, {name: b"x"})
    assert one.status in (400, 422)
    assert name.encode() not in one.body
    assert world.provider.case(case).package == ""


def test_the_same_name_twice_is_refused() -> None:
    world = at("production ordered")
    one = lee(world)
    case = case_at(world, "provider", "stored_data").id
    body, headers = form({"a": b"x", "b": b"y"})
    one.send("POST", f"/api/v1/cases/{case}/evidence", body.replace(b'"b"\r', b'"a"\r'), headers)
    assert one.status == 422


def test_nothing_is_left_in_clear_after_a_refusal(tmp_path: Path) -> None:
    world = at("ordered")  # preservation: no order asks for evidence
    one = lee(world)
    case = case_at(world, "provider", "preservation").id
    before = set(Path(tempfile.gettempdir()).iterdir())
    upload(one, case, {"a.bin": bytes(3 * 1024 * 1024)})
    assert one.status == 409
    assert set(Path(tempfile.gettempdir()).iterdir()) - before - {tmp_path.parent} == set()
    assert world.provider.packages.held == {}


def test_a_case_without_evidence_says_so() -> None:
    world = at("production ordered")
    one = lee(world)
    case = case_at(world, "provider", "stored_data").id
    for path in ("", "/custody", "/files/bagit.txt"):
        one.send("GET", f"/api/v1/cases/{case}/evidence{path}")
        assert one.status == 404


def test_evidence_goes_back_and_is_destroyed_by_somebody_who_did_not_have_it_in_hands() -> None:
    world = at("examined")
    ours, theirs = (case_at(world, node, "stored_data") for node in ("xa", "xb"))
    xa = caller(world.xa, *Scope, acts_for=["bo"])
    acts = xa.get(f"/cases/{ours.id}/evidence")["acts"]
    assert [(one["act"], one["withheld"]) for one in acts][-1] == ("examine", False)
    assert xa.call("POST", f"/cases/{ours.id}/evidence/return", {"reason": "the trial is over"})["state"]
    world.settle()
    olga = caller(world.xb, *Scope, acts_for=["olga"])
    seen = olga.get(f"/cases/{theirs.id}/evidence")["acts"]
    assert [(one["act"], one["withheld"], one["actor"]) for one in seen][-2:] == [
        ("examine", True, ""),
        ("return", False, "bo"),
    ]
    assert olga.call("POST", f"/cases/{theirs.id}/evidence/accept", {"reason": "it is back"})["holder"] == XB
    world.settle()
    assert xa.call("GET", f"/cases/{ours.id}/evidence")["code"] == "not-found", "the copy there is gone"
    said = {"reasons": "the court ordered it", "copies": "there are none"}
    assert olga.call("POST", f"/cases/{theirs.id}/evidence/destroy", said)["code"] == "not-permitted"
    rita = caller(world.xb, *Scope, acts_for=["rita"])
    for missing in ({"reasons": "the court ordered it"}, {**said, "copies": ""}, {**said, "reasons": ""}):
        assert rita.call("POST", f"/cases/{theirs.id}/evidence/destroy", missing)["code"] == "malformed"
    assert rita.call("POST", f"/cases/{theirs.id}/evidence/destroy", said)["state"]
    assert world.xb.packages.held == {}
    assert rita.call("POST", f"/cases/{theirs.id}/evidence/destroy", said)["code"] == "out-of-order"


def test_a_token_that_only_reads_returns_and_destroys_nothing() -> None:
    world = at("examined")
    case = case_at(world, "xa", "stored_data")
    one = caller(world.xa, Scope.EVIDENCE_READ, acts_for=["bo"])
    before = world.xa.dump()
    for path, body in (("return", {"reason": "w"}), ("destroy", {"reasons": "w", "copies": "c"})):
        one.call("POST", f"/cases/{case.id}/evidence/{path}", body)
        assert one.status == 403
    assert world.xa.dump()["case_event"] == before["case_event"]
