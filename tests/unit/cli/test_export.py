"""comity case export and comity verify export: made at a terminal, checked without a node."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from comity.base.digests import Digest
from comity.base.errors import ComityError, Conflict, Malformed, NotPermitted, NotVerified
from comity.cli import main
from comity.exchange.directory import spoken
from comity.workflows import export_case
from tests.simulators import story
from tests.unit.cli.typed import with_draft


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options that name a node with one draft."""
    return with_draft(tmp_path_factory.mktemp("node"))


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


def test_the_package_is_named_so_that_it_can_be_told_from_another(file: Path) -> None:
    package = json.loads(run("verify", "export", str(file), "--json")[0])["package"]
    assert len(package) == 64
    assert package in run("verify", "export", str(file))[0]


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
