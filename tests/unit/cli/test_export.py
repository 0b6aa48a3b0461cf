"""comity case export and comity verify export: made at a terminal, checked without a node."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from comity.adapters.config import Config, LogTable, NodeTable, PersonTable
from comity.base.digests import Digest
from comity.base.errors import ComityError, Conflict, Malformed, NotPermitted, NotVerified
from comity.base.mode import Mode
from comity.cli import main
from comity.exchange.directory import spoken
from comity.exchange.message import Role
from comity.wiring import found_node, open_node
from comity.workflows import draft_request, export_case, keep_directory
from comity.workflows.access import PersonRole
from tests.simulators import story
from tests.simulators.world import XB, new_world, preservation

PASSPHRASE = b"the five words of test"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options that name a node with one draft."""
    folder = tmp_path_factory.mktemp("node")
    people = (
        PersonTable("anna", (PersonRole.DUTY_OFFICER,)),
        PersonTable("bo", (PersonRole.CASE_LAWYER, PersonRole.OPERATOR)),
    )
    table = NodeTable(
        "XA/central-authority", Role.AUTHORITY, Mode.EXERCISE, "Central Authority", "http://127.0.0.1:8401"
    )
    found_node(folder / "xa", Config(1, table, LogTable("xa.example/log"), people=people), PASSPHRASE)
    peer = next(one for one in keep_directory.show(new_world().xb.office) if one.value.state == "XB")
    opened = open_node(folder / "xa" / "comity.toml", PASSPHRASE)
    with opened.office.store.transaction() as tx:
        tx.directory.put("XB", peer.data, fingerprint=peer.fingerprint, by="bo", at=opened.office.clock.now())
    draft_request.draft(opened.office, "anna", preservation(), XB)
    opened.close()
    secret = folder / "passphrase"
    secret.write_bytes(PASSPHRASE)
    return ["--config", str(folder / "xa" / "comity.toml"), "--passphrase-file", str(secret)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    world = story.at("examined")
    world.publish()
    made = export_case.export(world.xb.office, "rita", story.case_at(world, "xb", "stored_data").id)
    path = tmp_path / "case.zip"
    path.write_bytes(made.data)
    return path


def run(*words: str) -> tuple[str, str]:
    ran = CliRunner().invoke(main.tree(), list(words))
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.stdout, ran.stderr


def test_a_case_is_exported_at_a_terminal_and_checks(node: list[str], tmp_path: Path) -> None:
    out = tmp_path / "case.zip"
    told = json.loads(run("case", "export", "", "-o", str(out), *node, "--as", "bo", "--json")[0])
    assert told["ok"] and told["events"] == "1"
    assert out.stat().st_mode & 0o077 == 0
    checked = json.loads(run("verify", "export", str(out), "--json")[0])
    assert (checked["case"], checked["state"], checked["in_the_log"]) == (told["case"], "draft", 0)
    with pytest.raises(Conflict):
        run("case", "export", "", "-o", str(out), *node, "--as", "bo")
    with pytest.raises(NotPermitted):
        run("case", "export", "", "-o", str(tmp_path / "other.zip"), *node, "--as", "anna")
    assert not (tmp_path / "other.zip").exists()


def test_a_fingerprint_confirms_whose_keys_they_are(file: Path) -> None:
    said, talk = run("verify", "export", str(file))
    assert "not confirmed" in said and "--root" in talk
    fingerprints = json.loads(run("verify", "export", str(file), "--json")[0])["roots"]
    words = [word for state, one in fingerprints.items() for word in ("--root", f"{state} {one}")]
    said, talk = run("verify", "export", str(file), *words)
    assert "not confirmed" not in said and talk == ""


@pytest.mark.parametrize(
    ("root", "kind"),
    [
        ("XB " + spoken(Digest.of(b"another")), NotVerified),
        ("XQ " + "0" * 64, Malformed),
        ("XB 12", Malformed),
        ("nowhere", Malformed),
    ],
)
def test_a_fingerprint_that_is_another_s_is_refused(file: Path, root: str, kind: type[ComityError]) -> None:
    with pytest.raises(kind):
        run("verify", "export", str(file), "--root", root)


def test_a_changed_byte_is_told_with_its_file(file: Path) -> None:
    data = bytearray(file.read_bytes())
    at = data.index(b"fraud in both States")
    data[at] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(NotVerified) as caught:
        run("verify", "export", str(file))
    assert caught.value.where == "events/0002-granted.json"
