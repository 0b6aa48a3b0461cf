"""Another's software, older or newer too, and a real node of comity exchange messages both ways: the page
docs/formats/envelope.md is enough for that.

The other side is `second_writer` and `second_reader`, which import nothing of comity; here it serves on loopback.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests.simulators.ports import free_port
from tests.simulators.second_reader import (
    open_document,
    open_envelope,
    open_jws,
    open_receipts,
    roots_fingerprint,
    unb64,
)
from tests.simulators.second_writer import (
    SecondNode,
    batch,
    key_of,
    new_channel,
    open_list,
    public_of,
    signed_headers,
    verify_headers,
)
from tests.stories.test_two_nodes import answers, comity, until

XA, XB = "XA/central-authority", "XB/central-authority"
BATCH, RECEIPTS = "application/comity-batch+json", "application/comity-receipts+json"


class Desk(ThreadingHTTPServer):
    """What the other side keeps of what the node brings, and how it answers."""

    def __init__(self, port: int, node: SecondNode) -> None:
        self.node, self.authority = node, f"127.0.0.1:{port}"
        self.listed: dict[str, Any] = {}
        self.rows: dict[str, dict[str, Any]] = {}
        self.documents: list[dict[str, Any]] = []
        self.wrong: list[str] = []
        self.knows = frozenset({"ask"})
        super().__init__(("127.0.0.1", port), Answers)

    def take(self, path: str, body: bytes) -> tuple[int, bytes]:
        if path == "/v1/receipts":
            self.keep(body)
            return 204, b""
        rows = [self.opened(one) for one in json.loads(body)["envelopes"]]
        return 200, self.node.receipts(XB, rows)

    def keep(self, receipts: bytes) -> None:
        """Later receipts stand in place of earlier ones."""
        self.rows |= {row["id"]: row for row in open_receipts(receipts, key_of(self.listed, "receipt"))}

    def opened(self, wire: dict[str, str]) -> dict[str, Any]:
        header, ct = unb64(wire["header"]), unb64(wire["ct"])
        token = open_envelope(self.node.opens, header, ct)
        document = open_document(token, key_of(self.listed, "authority"))
        said = json.loads(header)
        assert all(document[name] == said[name] for name in said if name not in ("pri", "suite", "rkid"))
        self.documents.append(document)
        digest = hashlib.sha256(len(header).to_bytes(4, "big") + header + ct).hexdigest()
        row = {"id": said["id"], "envelope_sha256": digest, "at": said["iat"]}
        row["doc_sha256"] = hashlib.sha256(token).hexdigest()
        if document["kind"] not in self.knows:  # an older one: it says so of this message alone
            return {**row, "status": "rejected", "code": "version:kind"}
        return {**row, "status": "delivered", "code": ""}


class Answers(BaseHTTPRequestHandler):
    server: Desk

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            key = key_of(self.server.listed, "transport")
            verify_headers("POST", self.server.authority, self.path, headers, body, key)
            status, answer = self.server.take(self.path, body)
        except Exception as error:  # noqa: BLE001 - told in the test
            self.server.wrong.append(repr(error))
            status, answer = 500, b""
        self.send_response(status)
        self.send_header("content-type", RECEIPTS)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@dataclass
class Met:
    """The two, and where the node of comity answers."""

    desk: Desk
    port: int
    at: list[str] = field(default_factory=list)

    def request(self, method: str, path: str, body: bytes = b"", kind: str = RECEIPTS) -> urllib3.BaseHTTPResponse:
        key = self.desk.node.keys["transport"]
        headers = signed_headers(method, f"127.0.0.1:{self.port}", path, body, kind, key)
        with urllib3.PoolManager(retries=False, timeout=20) as pool:
            return pool.request(method, f"http://127.0.0.1:{self.port}{path}", body=body, headers=headers)

    def post(self, *envelopes: dict[str, str]) -> list[dict[str, Any]]:
        answer = self.request("POST", "/v1/envelopes", batch(*envelopes), BATCH)
        assert answer.status == 200, answer.data
        self.desk.keep(answer.data)
        return open_receipts(answer.data, key_of(self.desk.listed, "receipt"))

    def standing(self, message: str) -> str:
        """As the node says when it is asked."""
        answer = self.request("GET", f"/v1/receipts/{message}")
        (row,) = open_receipts(answer.data, key_of(self.desk.listed, "receipt"))
        return str(row["status"] + row["code"])


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Met]:
    """A node of comity that serves and another's that does, each with the other's list."""
    folder = tmp_path_factory.mktemp("second")
    (folder / "passphrase").write_text("correct horse battery staple\n", encoding="utf-8")
    ours, theirs = free_port(), free_port()
    unlock = ["--passphrase-file", str(folder / "passphrase")]
    people = ["--person", "olga=case_lawyer,operator", "--person", "cy=operator", "--url", f"http://127.0.0.1:{theirs}"]
    made = comity("init", str(folder / "xb"), "--role", "authority", "--state", "XB", *people, *unlock)
    node = SecondNode(XA, f"http://127.0.0.1:{ours}")
    (folder / "xa.json").write_bytes(node.list_of_state())
    fingerprint = roots_fingerprint([public_of(one) for one in node.roots], 2)
    at = ["--config", str(folder / "xb" / "comity.toml"), *unlock]
    for person in ("olga", "cy"):
        comity("directory", "trust", str(folder / "xa.json"), *at, "--as", person, "--fingerprint", fingerprint)
    with Desk(ours, node) as desk:
        compared = made["compare"].replace(" ", "")
        desk.listed = open_list((folder / "xb" / "directory.json").read_bytes(), compared)
        threading.Thread(target=desk.serve_forever, daemon=True).start()
        serve = [sys.executable, "-m", "comity.cli.main", "serve", *at]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                serve, stdout=log, stderr=log, start_new_session=True, env={**os.environ, "PYTHONPATH": str(root)}
            )
        try:
            until(lambda: answers(theirs), "the node to answer")
            yield Met(desk, theirs, at)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            desk.shutdown()


def the_request(root: Path) -> dict[str, Any]:
    """A request as the page names its fields, days as texts."""
    text = (root / "examples/investment-scam/preservation.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(json.dumps(tomllib.loads(text), default=str))
    return found


def test_what_another_hand_wrote_is_taken_answered_and_understood(met: Met, root: Path) -> None:
    desk, node = met.desk, met.desk.node
    recipient, body = key_of(desk.listed, "encryption"), {"request": the_request(root)}
    message, sealed = node.envelope(XB, recipient, "request.preserve", body)
    (row,) = met.post(sealed)
    assert row["status"] in ("stored", "delivered")
    assert met.post(sealed)[0]["id"] == message  # the same bytes again
    until(lambda: met.standing(message) == "delivered", "the second receipt")
    assert row["envelope_sha256"] == node.prev
    (case,) = comity("case", "list", *met.at)["cases"]
    assert (case["peer"], case["position"]) == (XA, "requested")

    # Back: the node's people ask, its process brings it, and it is opened, receipted and shown to be so.
    ask = ["case", "ask", case["case"], *met.at, "--as", "olga", "--missing", "the period", "--text", "Which days?"]
    comity(*ask)
    until(lambda: bool(desk.documents), "the question")
    assert desk.wrong == []
    (question,) = desk.documents
    assert (question["kind"], question["from"], question["channel"]) == ("ask", XB, node.channel)
    assert question["body"]["missing"] == ["the period"]

    def receipted() -> bool:
        return "receipted" in [one["event"] for one in comity("case", "show", case["case"], *met.at)["events"]]

    until(receipted, "the receipt to be entered")

    # An older one does not know a kind: people see that it was turned down, and what comes after it is taken.
    desk.knows = frozenset()
    comity(*ask)
    until(lambda: len(desk.documents) == 2, "the second question")

    until(lambda: "version" in comity("case", "show", case["case"], *met.at)["trouble"], "the peer's refusal")
    shown = comity("case", "show", case["case"], *met.at)
    assert (shown["trouble"], shown["trouble_field"]) == ("version", "kind")
    (refused,) = comity("exchange", "outbox", *met.at)["rejected"]
    assert (refused["case"], refused["code"], refused["field"]) == (case["case"], "version", "kind")
    assert shown["events"][-1]["field"] == "kind"
    desk.knows = frozenset({"ask"})
    comity(*ask)
    until(lambda: len(desk.documents) == 3, "the third question")
    next_one, sealed = node.envelope(XB, recipient, "withdraw", {"reasons": "settled"})
    met.post(sealed)
    until(lambda: met.standing(next_one) == "delivered", "what follows in the channel")


def test_a_newer_one_is_told_that_its_version_is_not_spoken_and_goes_on_in_the_one_both_speak(
    met: Met, root: Path
) -> None:
    desk = met.desk
    recipient, body = key_of(desk.listed, "encryption"), {"request": the_request(root)}
    answer = met.request("POST", "/v2/envelopes", b'{"v":2,"letters":[]}', "application/of-a-later-version")
    assert (answer.status, json.loads(answer.data)["code"]) == (422, "version")
    with urllib3.PoolManager(retries=False, timeout=20) as pool:
        said = pool.request("GET", f"http://127.0.0.1:{met.port}/.well-known/comity").data
    speaks = json.loads(open_jws(said, key_of(desk.listed, "receipt"), "comity-version+jws"))
    assert (speaks["node"], speaks["versions"], speaks["suites"]) == (XB, [1], [1])

    def sealed(**changes: Any) -> tuple[str, dict[str, str]]:
        return replace(desk.node, channel=new_channel(), sent=0, prev="").envelope(
            XB, recipient, "request.preserve", body, **changes
        )

    (_, newer), (_, suite), (good, ours) = sealed(v=2), sealed(suite=2), sealed(v=max(speaks["versions"]))
    assert [row["code"] for row in met.post(newer, suite, ours)] == ["version", "version", ""]
    until(lambda: met.standing(good) == "delivered", "what is of the version that both speak")
    answer = met.request("POST", "/v1/envelopes", batch(sealed(v=2, shape="another")[1]), BATCH)
    assert (answer.status, json.loads(answer.data)["code"]) == (422, "version")
