"""comity evidence, outside a case: a node's own keys, folders, and files that others check."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner, Result

from comity.adapters.config import Config, LogTable, NodeTable, PersonTable
from comity.base.errors import BrokenSeal, ComityError, Conflict, Malformed, NotFound, NotPermitted
from comity.base.mode import Mode
from comity.cli.evidence import app
from comity.crypto.age import new_identity, recipient_of
from comity.evidence.case_uco import CONTEXT
from comity.evidence.salvage import NOTICE
from comity.exchange.directory import Use
from comity.exchange.message import Role
from comity.wiring import found_node, open_node
from comity.workflows.access import PersonRole
from tests.simulators.packages import chance

PASSPHRASE = b"six words that nobody guesses here"
COURT = new_identity(chance)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a node in it, evidence beside it, the court's identity, and the node's public key."""
    folder = tmp_path_factory.mktemp("node")
    config = Config(
        format=1,
        node=NodeTable("XB/central-authority", Role.AUTHORITY, Mode.EXERCISE, "An authority", "http://127.0.0.1:8400"),
        log=LogTable("xb.example/log"),
        people=(PersonTable("olga", (PersonRole.CASE_LAWYER,)), PersonTable("otto", (PersonRole.OVERSIGHT,))),
    )
    found_node(folder / "xb", config, PASSPHRASE)
    (folder / "passphrase").write_bytes(PASSPHRASE)
    (folder / "court.txt").write_text(f"# the court\n{COURT}\n")
    opened = open_node(folder / "xb" / "comity.toml", PASSPHRASE)
    public = Ed25519PublicKey.from_public_bytes(opened.office.keys.signer(Use.AUTHORITY).public)
    (folder / "authority.pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (folder / "recipient").write_text(recipient_of(opened.office.keys.identity()))
    opened.close()
    (folder / "mail").mkdir()
    (folder / "mail" / "1.eml").write_bytes(b"x" * 100_000)
    (folder / "disk.img").write_bytes(b"".join(n.to_bytes(3) for n in range(700_000))[: (2 << 20) + 3])
    return folder


@pytest.fixture
def run() -> Callable[..., Result]:
    def call(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(one) for one in arguments])

    return call


def config(node: Path) -> list[object]:
    return ["--config", node / "xb" / "comity.toml", "--passphrase-file", node / "passphrase"]


def told(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.exception or result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def sealed(node: Path) -> Path:
    """A package of a folder and a file, for the node itself."""
    arguments = ["seal", node / "mail", node / "disk.img", "--to", (node / "recipient").read_text(), "-o", node / "out"]
    rest = ["--as", "olga", "--how", "copied", "--reference", "2026/114", "--json", *config(node)]
    return Path(str(told(CliRunner().invoke(app, [str(one) for one in [*arguments, *rest]]))["folder"]))


def key(node: Path) -> list[object]:
    return ["--key", node / "authority.pem"]


def test_a_package_is_sealed_into_a_folder_with_its_custody_beside_it(sealed: Path) -> None:
    assert (sealed / "bagit.txt").is_file()
    assert sealed.with_name(sealed.name + ".custody.jsonl").read_bytes().count(b"\n") == 1
    assert [path.name for path in sealed.parent.iterdir() if "sealing" in path.name] == []


def test_anyone_with_the_public_key_checks_it(node: Path, sealed: Path, run: Callable[..., Result]) -> None:
    found = told(run("verify", sealed, *key(node), "--json"))
    assert (found["sealed_by"], found["time_stamp"], found["mode"]) == ("XB/central-authority", "none", "exercise")
    assert told(run("verify", sealed, "--json", *config(node))) == found
    assert isinstance(run("verify", sealed).exception, Malformed)
    refused = run("verify", sealed, *key(node), "--time-authority", node / "authority.pem").exception
    assert isinstance(refused, BrokenSeal)


def test_it_is_opened_with_the_nodes_key(node: Path, sealed: Path, tmp_path: Path, run: Callable[..., Result]) -> None:
    found = told(run("open", sealed, tmp_path / "opened", "--json", *config(node)))
    assert found == {"ok": True, "items": 3, "bytes": 100_000 + 2_097_155, "lost": []}
    assert (tmp_path / "opened" / "data" / "disk.img").read_bytes() == (node / "disk.img").read_bytes()
    assert (tmp_path / "opened" / "data" / "mail" / "1.eml").read_bytes() == b"x" * 100_000


def test_a_court_is_let_in_and_the_old_package_says_so(
    node: Path, sealed: Path, tmp_path: Path, run: Callable[..., Result]
) -> None:
    arguments = ["add-recipient", sealed, "--to", recipient_of(COURT), "-o", tmp_path, "--as", "olga"]
    made = told(run(*arguments, "--reason", "the court asked", "--json", *config(node)))
    package = Path(str(made["folder"]))
    opened = told(run("open", package, tmp_path / "opened", "-i", node / "court.txt", *key(node), "--json"))
    assert opened["items"] == 3
    acts = told(run("custody", sealed, "--json", *config(node)))["acts"]
    assert isinstance(acts, list)
    assert [(act["act"], act["made"]) for act in acts] == [("begin", ""), ("reissue", made["package"])]
    assert (
        told(run("verify", package, *key(node), "--json"))["made_of"]
        == told(run("verify", sealed, *key(node), "--json"))["package"]
    )


def test_the_keys_to_check_it_with_come_from_the_directory_and_only_from_there(
    node: Path, sealed: Path, tmp_path: Path, run: Callable[..., Result]
) -> None:
    directory = ["--directory", node / "xb" / "directory.json"]
    found = told(run("keys", sealed, *directory, "-o", tmp_path / "keys", "--json"))["keys"]
    assert isinstance(found, list)
    (one,) = found
    assert (one["node"], one["confirmed"]) == ("XB/central-authority", False)
    assert Path(one["file"]).read_bytes() == (node / "authority.pem").read_bytes()
    told(run("verify", sealed, "--key", one["file"], "--json"))

    confirmed = ["--root", f"XB {one['roots']}"]
    again = told(run("keys", sealed, *directory, *confirmed, "-o", tmp_path / "again", "--json"))["keys"]
    assert isinstance(again, list)
    assert again[0]["confirmed"] is True
    other = ["--root", "XB " + "0" * 64]
    refused = run("keys", sealed, *directory, *other, "-o", tmp_path / "none").exception
    assert isinstance(refused, NotPermitted)
    assert not (tmp_path / "none").exists()
    assert isinstance(run("keys", sealed, *directory, "-o", tmp_path / "keys").exception, Conflict)


def test_custody_is_shown_with_dates(node: Path, sealed: Path, run: Callable[..., Result]) -> None:
    shown = run("custody", sealed, *config(node)).stdout
    assert re.search(r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ +begin ", shown, re.MULTILINE)


def test_what_is_refused_halfway_leaves_no_folder_behind(
    node: Path, sealed: Path, tmp_path: Path, run: Callable[..., Result]
) -> None:
    mixed = ["--to", recipient_of(COURT), "--to", "age1pq1nonsense"]
    arguments = [
        "add-recipient",
        sealed,
        *mixed,
        "-o",
        tmp_path / "out",
        "--as",
        "olga",
        "--reason",
        "no",
        *config(node),
    ]
    assert isinstance(run(*arguments).exception, Malformed)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_no_key_to_open_with_is_said(
    node: Path, sealed: Path, tmp_path: Path, run: Callable[..., Result]
) -> None:
    refused = run("open", sealed, tmp_path / "opened", "-i", node / "authority.pem", *key(node)).exception
    assert isinstance(refused, Malformed)
    assert "AGE-SECRET-KEY-" in refused.hint


def test_a_piece_is_proved_and_checked_by_another_reader(
    node: Path, sealed: Path, tmp_path: Path, run: Callable[..., Result]
) -> None:
    proof = tmp_path / "piece.json"
    told(run("prove-piece", sealed, "--file", "disk.img", "--piece", 1, "-o", proof, "--json", *config(node)))
    found = told(run("verify-piece", sealed, proof, "--json", *config(node)))
    assert (found["file"], found["start"], found["end"]) == ("disk.img", 1 << 20, 2 << 20)
    assert (found["read"], found["hashes"]) == (18, 2)
    proof.write_bytes(proof.read_bytes().replace(b'"piece":1', b'"piece":0'))
    assert isinstance(run("verify-piece", sealed, proof, *config(node)).exception, ComityError)


def test_a_part_is_disclosed_and_checked_with_the_first_sealers_key(
    node: Path, sealed: Path, tmp_path: Path, run: Callable[..., Result]
) -> None:
    arguments = [
        "disclose",
        sealed,
        "--file",
        "mail/1.eml",
        "--to",
        recipient_of(COURT),
        "-o",
        tmp_path,
        "--as",
        "olga",
    ]
    made = told(run(*arguments, "--reason", "for the defence", "--json", *config(node)))
    package = Path(str(made["folder"]))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("opened")] == []
    told(run("open", package, tmp_path / "opened", "-i", node / "court.txt", *key(node), "--json"))
    check = ["verify-disclosure", tmp_path / "opened", "--sealer-key", node / "authority.pem", "--json"]
    found = told(run(*check))
    assert (found["given"], found["withheld"]) == (["mail/1.eml"], 1)
    (tmp_path / "opened" / "data" / "files" / "mail" / "1.eml").write_bytes(b"y")
    assert isinstance(run(*check).exception, BrokenSeal)


def test_what_is_damaged_is_refused_and_saved_only_with_a_list_of_losses(
    node: Path, sealed: Path, tmp_path: Path, run: Callable[..., Result]
) -> None:
    spoiled = tmp_path / "spoiled"
    subprocess.run(["cp", "-r", sealed, spoiled], check=True)
    data = bytearray((spoiled / "data" / "00001.age").read_bytes())
    data[500_000] ^= 1
    (spoiled / "data" / "00001.age").write_bytes(data)
    for command in (["verify", spoiled], ["open", spoiled, tmp_path / "none"]):
        assert isinstance(run(*command, *config(node)).exception, BrokenSeal)
    assert not (tmp_path / "none").exists()
    result = run("open", spoiled, tmp_path / "saved", "--salvage", "--json", *config(node))
    assert result.exit_code == 1
    assert "bytes 458240 to 523775 of disk.img are lost" in "".join(json.loads(result.stdout)["lost"])
    assert (tmp_path / "saved" / NOTICE).is_file()


def test_a_report_is_a_page_without_scripts_and_a_document_that_case_validate_takes(
    node: Path, sealed: Path, tmp_path: Path, run: Callable[..., Result], vectors: Path
) -> None:
    page, document = tmp_path / "custody.html", tmp_path / "custody.jsonld"
    told(run("report", sealed, "-o", page, "--files", "--json", *config(node)))
    told(run("report", sealed, "-o", document, "--files", "--form", "case", "--json", *config(node)))
    html = page.read_text()
    assert "disk.img" in html
    assert "2026/114" in html
    assert "<script" not in html
    assert json.loads(document.read_text())["@context"] == CONTEXT
    shapes = vectors.parent / "interop" / "case-uco" / "custody-shapes.ttl"
    more = ["--ontology-graph", str(shapes)] if shapes.is_file() else []
    done = subprocess.run(
        [str(Path(sys.executable).with_name("case_validate")), *more, document],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_package_is_destroyed_by_a_signed_act_that_stays(
    node: Path, sealed: Path, tmp_path: Path, run: Callable[..., Result]
) -> None:
    package, beside = tmp_path / sealed.name, tmp_path / f"{sealed.name}.custody.jsonl"
    subprocess.run(["cp", "-r", sealed, package], check=True)
    beside.write_bytes(sealed.with_name(beside.name).read_bytes())
    unasked = run("destroy", package, "--as", "olga", "--reason", "the case is closed", *config(node))
    assert isinstance(unasked.exception, Malformed)
    refused = run("destroy", package, "--as", "olga", "--reason", " ", "--yes", *config(node))
    assert isinstance(refused.exception, Malformed)
    assert package.is_dir()
    told(run("destroy", package, "--yes", "--as", "olga", "--reason", "the case is closed", "--json", *config(node)))
    assert sorted(path.name for path in tmp_path.iterdir()) == [beside.name]
    assert beside.read_bytes().count(b"\n") == sealed.with_name(beside.name).read_bytes().count(b"\n") + 1


def test_who_may_not_seal_does_not_and_how_it_was_collected_is_said(node: Path, run: Callable[..., Result]) -> None:
    common = ["seal", node / "mail", "--to", (node / "recipient").read_text(), "-o", node / "no", *config(node)]
    assert isinstance(run(*common, "--as", "otto", "--how", "copied").exception, NotPermitted)
    assert isinstance(run(*common, "--as", "olga", "--how", " ").exception, Malformed)
    assert isinstance(run("seal", node / "mail", "--as", "olga", "--how", "x", *config(node)).exception, Malformed)


@pytest.mark.parametrize(
    "words", [["return"], ["destroy", "--yes", "--copies", "there are none"]], ids=["returned", "destroyed"]
)
def test_what_is_no_folder_is_a_case_of_this_node(node: Path, run: Callable[..., Result], words: list[str]) -> None:
    result = run(words[0], "4f2a", *words[1:], "--as", "olga", "--reason", "the trial is over", *config(node))
    assert isinstance(result.exception, NotFound)
