"""comity people: the first operator's link, and what the terminal says of people."""

import json
from pathlib import Path
from typing import Any

import pytest

from comity.cli.main import main
from comity.wiring import open_node, with_passkeys
from comity.workflows import people_passkeys, people_sessions
from tests.simulators.authenticator import VISITOR, Authenticator, Faults


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options of a node that was just made, with nobody in its configuration."""
    folder = tmp_path_factory.mktemp("node")
    secret = folder / "passphrase"
    secret.write_text("a passphrase of this test", encoding="utf-8")
    made = ["init", str(folder / "xa"), "--role", "authority", "--state", "XA", "--passphrase-file", str(secret)]
    assert main(made) == 0
    return ["--config", str(folder / "xa" / "comity.toml"), "--passphrase-file", str(secret), "--json"]


def ran(capsys: pytest.CaptureFixture[str], node: list[str], *arguments: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main(["people", *arguments, *node])
    return code, json.loads(capsys.readouterr().out)


def test_from_the_first_link_to_the_last_session(node: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, told = ran(capsys, node, "invite", "olga", "--first", "--name", "Olga B.")
    assert code == 0
    assert told["link"].startswith("http://localhost:8400/join?link=")
    assert told["roles"] == ["operator"]

    opened = with_passkeys(open_node(Path(node[1]), Path(node[3]).read_bytes()))
    link = told["link"].partition("=")[2]
    asked = people_passkeys.ask_to_join(opened.office, link, VISITOR)
    answer = Authenticator("olga", faults=Faults(origin="http://localhost:8400")).create(asked.options)
    people_passkeys.join(opened.office, link, VISITOR, answer)
    people_sessions.begin(opened.office, "olga", "passkey")
    opened.close()

    assert ran(capsys, node, "invite", "mallory", "--first")[0] == 73
    assert ran(capsys, node, "invite", "rosa", "--role", "reviewer", "--as", "nobody")[0] == 77
    code, told = ran(capsys, node, "invite", "rosa", "--role", "reviewer", "--as", "olga")
    assert (code, told["person"]) == (0, "rosa")
    _, told = ran(capsys, node, "list")
    assert [(one["person"], one["passkeys"], one["sessions"]) for one in told["people"]] == [("olga", 1, 1)]
    assert [one["person"] for one in told["invited"]] == ["rosa"]
    assert [one["what"] for one in told["changes"]] == ["invited", "joined", "invited"]
    assert ran(capsys, node, "suspend", "olga", "--as", "olga")[0] == 73
    code, told = ran(capsys, node, "roles", "olga", "--role", "operator", "--role", "reviewer", "--as", "olga")
    assert told["roles"] == ["operator", "reviewer"]
    assert len(ran(capsys, node, "sessions")[1]["sessions"]) == 1
    assert ran(capsys, node, "sessions", "--end", "olga", "--as", "olga")[1] == {"ended": 1, "sessions": []}


@pytest.mark.parametrize(
    "arguments", [["invite", "x"], ["invite", "x", "--first", "--as", "y"], ["sessions", "--end", "x"]]
)
def test_who_does_it_has_to_be_said(node: list[str], capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert ran(capsys, node, *arguments)[0] == 64
