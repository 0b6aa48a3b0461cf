"""comity token: made, listed and revoked at a terminal; the text is shown once."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from comity.adapters.config import Config, LogTable, NodeTable, PersonTable
from comity.base.errors import Malformed, NotPermitted
from comity.base.mode import Mode
from comity.cli.token import app
from comity.exchange.message import Role
from comity.wiring import found_node
from comity.workflows.access import PersonRole

PASSPHRASE = b"the five words of test"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options that name a node."""
    folder = tmp_path_factory.mktemp("node")
    people = (PersonTable("anna", (PersonRole.DUTY_OFFICER,)), PersonTable("bo", (PersonRole.OPERATOR,)))
    table = NodeTable(
        "XA/central-authority", Role.AUTHORITY, Mode.EXERCISE, "Central Authority", "http://127.0.0.1:8401"
    )
    config = Config(1, table, LogTable("xa.example/log"), people=people)
    found_node(folder / "xa", config, PASSPHRASE)
    secret = folder / "passphrase"
    Path(secret).write_bytes(PASSPHRASE)
    return ["--config", str(folder / "xa" / "comity.toml"), "--passphrase-file", str(secret)]


def run(*words: str) -> tuple[str, str]:
    ran = CliRunner().invoke(app, list(words))
    if ran.exception is not None:
        raise ran.exception
    return ran.stdout, ran.stderr


def listed(node: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("list", *node, "--json")[0])["tokens"]
    return found


def test_a_token_is_printed_once_listed_without_its_text_and_revoked(node: list[str]) -> None:
    said, talk = run("create", *node, "--as", "bo", "--name", "case system", "--scope", "cases:read",
                     "--scope", "cases:draft", "--acts-for", "anna", "--days", "10")  # fmt: skip
    text = said.strip()
    assert re.fullmatch(r"comity_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", text)
    assert "not shown again" in talk
    (one,) = listed(node)
    assert (one["scopes"], one["people"], one["roles"]) == (["cases:draft", "cases:read"], ["anna"], ["duty_officer"])
    table, _ = run("list", *node)
    assert one["id"] in table
    assert "holds" in table
    assert text not in table + json.dumps(one)
    assert "is revoked" in run("revoke", one["id"], *node, "--as", "bo")[0]
    assert listed(node)[0]["revoked"]
    assert "revoked" in run("list", *node)[0]


def test_with_json_the_text_stands_beside_the_rest(node: list[str]) -> None:
    made = json.loads(run("create", *node, "--as", "bo", "--name", "x", "--scope", "events:read", "--json")[0])
    assert made["text"].startswith(f"comity_{made['id']}_")
    revoked = json.loads(run("revoke", made["id"], *node, "--as", "bo", "--json")[0])
    assert revoked["revoked"] is not None


def test_only_an_operator_makes_one_and_what_it_needs_is_said(node: list[str]) -> None:
    with pytest.raises(NotPermitted):
        run("create", *node, "--as", "anna", "--name", "mine", "--scope", "cases:read")
    with pytest.raises(Malformed) as refused:
        run("create", *node, "--as", "bo", "--name", "x", "--scope", "decisions:write")
    assert refused.value.where == "person"


def test_what_the_interface_is_made_with_is_not_loaded_by_the_command_line() -> None:
    code = "import comity.cli.main, sys; sys.exit(sum(name in sys.modules for name in ('fastapi', 'pydantic')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
