"""docs/api.md as it is read: its commands are run against a node on loopback, its code against a real call."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from comity.adapters.config import ApiTable, Config, LogTable, NodeTable, PersonTable, ServerTable
from comity.base.encoding import b64u
from comity.base.mode import Mode
from comity.exchange.directory import Use, open_list
from comity.exchange.message import Role
from comity.wiring import found_node, open_node
from comity.workflows import keep_directory, tokens, webhooks
from comity.workflows.access import PersonRole
from comity.workflows.token_store import Scope
from tests.simulators.interface import Hooked
from tests.simulators.ports import free_port
from tests.simulators.story import at

PASSPHRASE = "the five words of test"
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
START_SECONDS = 120


@dataclass(frozen=True)
class Block:
    """A fenced block of the document: its language, the file it is to be saved in, its text."""

    language: str
    file: str
    text: str


@pytest.fixture(scope="session")
def blocks(root: Path) -> list[Block]:
    text = (root / "docs" / "api.md").read_text(encoding="utf-8")
    found = [Block(*one) for one in FENCE.findall(text)]
    assert len([one for one in found if one.language == "console"]) >= 6
    return found


@dataclass(frozen=True)
class Served:
    url: str
    token: str


def make_node(folder: Path, state: str, port: int, *operators: str) -> Path:
    """A new node, as `comity init` makes one, its interface switched on; its configuration file."""
    people = [PersonTable(one, (PersonRole.OPERATOR,)) for one in operators]
    people.append(PersonTable("anna", (PersonRole.DUTY_OFFICER, PersonRole.INVESTIGATOR)))
    name, url = f"Central Authority of {state}", f"http://127.0.0.1:{port}"
    config = Config(
        1,
        NodeTable(f"{state}/central-authority", Role.AUTHORITY, Mode.EXERCISE, name, url),
        LogTable(f"{state.lower()}.example/log"),
        ServerTable("127.0.0.1", port),
        people=tuple(people),
        api=ApiTable(enabled=True),
    )
    found_node(folder / state.lower(), config, PASSPHRASE.encode())
    return folder / state.lower() / "comity.toml"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two nodes, of which the first trusts the second and is served, with a token as documented."""
    folder, port = tmp_path_factory.mktemp("nodes"), free_port()
    secret = folder / "passphrase"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    config = make_node(folder, "XA", port, "bo", "cy")
    make_node(folder, "XB", free_port(), "olga")
    node = open_node(config, PASSPHRASE.encode())
    theirs = open_list((folder / "xb" / "directory.json").read_bytes())
    for operator in ("bo", "cy"):
        keep_directory.trust(node.office, operator, theirs.data, theirs.fingerprint)
    scopes = [Scope.CASES_READ, Scope.CASES_DRAFT, Scope.EVENTS_READ, Scope.WEBHOOKS_WRITE, Scope.DIRECTORY_READ]
    _, token = tokens.create(node.office, "bo", name="case system", scopes=scopes, people=["anna"])
    server = subprocess.Popen(
        [sys.executable, "-m", "comity.cli.main", "serve", "--config", str(config)],
        env={**os.environ, "COMITY_PASSPHRASE_FILE": str(secret)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        assert any("serves" in line for line in server.stderr)
        yield Served(f"http://127.0.0.1:{port}", token)
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(START_SECONDS) == 0
        if server.stderr is not None:
            server.stderr.close()
    assert tokens.all_tokens(node.office)[0].last_used is not None
    node.close()


def shape(value: Any) -> Any:
    """The keys and types of a JSON value. A list has the shape of its first item; a request's facts are theirs."""
    match value:
        case dict():
            return {name: "facts" if name == "request" else shape(one) for name, one in value.items()}
        case [first, *_]:
            return [shape(first)]
        case list():
            return []
        case _:
            return type(value).__name__


def test_each_command_answers_as_the_document_shows(
    served: Served, blocks: list[Block], tmp_path: Path, program: Callable[[str], str]
) -> None:
    program("curl")
    environment = {**os.environ, "API": served.url, "TOKEN": served.token, "CASE": ""}
    ran = 0
    for block in blocks:
        if block.file:
            (tmp_path / block.file).write_text(block.text, encoding="utf-8")
        if block.language != "console":
            continue
        first, _, shown = block.text.partition("\n")
        command = first.removeprefix("$ ").replace("python3", sys.executable)
        done = subprocess.run(["/bin/bash", "-c", command], env=environment, cwd=tmp_path, capture_output=True,
                              text=True, check=False, timeout=START_SECONDS)  # fmt: skip
        assert done.returncode == 0, done.stderr
        answer, wanted = json.loads(done.stdout), json.loads(shown)
        assert shape(answer) == shape(wanted), done.stdout
        if "procedure" in answer:
            environment["CASE"] = answer["id"]
            assert answer["state"] == wanted["state"]
        ran += 1
    assert ran >= 6


def load(blocks: list[Block], file: str) -> dict[str, Any]:
    (block,) = [one for one in blocks if one.file == file]
    names: dict[str, Any] = {}
    exec(compile(block.text, file, "exec"), names)
    return names


def test_the_documents_own_check_of_a_call_holds_for_a_real_one_and_for_no_other(blocks: list[Block]) -> None:
    verify = load(blocks, "verify.py")["verify"]
    world, hooked = at("asked"), Hooked()
    office = world.change(world.xa.id, courier=hooked)
    token, _ = tokens.create(office, "bo", name="x", scopes=[Scope.EVENTS_READ, Scope.WEBHOOKS_WRITE])
    webhooks.subscribe(office, token, "https://cases.example/comity", after=0)
    webhooks.deliver(office)
    _, headers, body = hooked.calls[0]
    key, now = b64u(office.keys.signer(Use.TRANSPORT).public), office.clock.now().seconds
    verify("cases.example", "/comity", headers, body, key, now)
    other = b64u(world.xb.office.keys.signer(Use.TRANSPORT).public)
    for host, path, changed, data, public, at_ in (
        ("other.example", "/comity", {}, body, key, now),
        ("cases.example", "/else", {}, body, key, now),
        ("cases.example", "/comity", {"content-type": "text/plain"}, body, key, now),
        ("cases.example", "/comity", {}, body + b" ", key, now),
        ("cases.example", "/comity", {}, body, other, now),
        ("cases.example", "/comity", {}, body, key, now + 601),
        ("cases.example", "/comity", {}, body, key, now - 301),
        ("cases.example", "/comity", {"signature-input": headers["signature-input"].replace("@path", "@query")}, body,
         key, now),
    ):  # fmt: skip
        with pytest.raises((ValueError, InvalidSignature)):
            verify(host, path, {**headers, **changed}, data, public, at_)
