"""The demo, run as a user runs it: what it says is checked against what it left, with no code of comity's."""

import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WAIT_SECONDS = 120
NODES = ["XA/central-authority", "XB/central-authority", "XB/hosting-company", "XC/observatory"]
REFUSED = [
    "out-of-order",
    "bad-signature",
    "cannot-open",
    "unknown-peer",
    "conflict",
    "treaty-check",
    "treaty-check",
    "broken-seal",
    "bad-proof",
]


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "comity.cli.main", "demo", *options]


def environment(root: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(root), **more}


def processes_about(text: str) -> list[str]:
    """The command lines of all running processes that name `text`; this one is not among them."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:  # it has ended meanwhile
                continue
            if text.encode() in line:
                found.append(line.replace(b"\0", b" ").decode(errors="replace"))
    return found


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "kept"


@pytest.fixture(scope="module")
def told(kept: Path, root: Path) -> Any:
    """What `comity demo --json --keep DIR` printed."""
    ran = subprocess.run(
        command("--json", "--keep", str(kept)),
        capture_output=True,
        cwd=kept.parent,
        env=environment(root),
        timeout=3 * WAIT_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert ran.stderr == b""
    (line,) = ran.stdout.splitlines()
    return json.loads(line)


def test_it_says_that_all_is_as_it_must_be_and_that_it_is_an_exercise(told: Any) -> None:
    assert list(told) == ["ok", "stamp", "steps", "refused", "evidence", "log"]
    assert told["ok"] is True
    assert told["stamp"] == "EXERCISE"


def test_every_step_says_what_by_whom_under_which_article_and_how_long(told: Any) -> None:
    assert len(told["steps"]) > 20
    for step in told["steps"]:
        assert list(step) == ["name", "by", "article", "ms"]
        assert step["name"]
        assert step["by"]
        assert isinstance(step["ms"], int)
        assert step["ms"] >= 0
    articles = {step["article"] for step in told["steps"]}
    assert {"42(1)", "40(14)", "25(2)", "27(a)", "44(1)", "40(19)", "2(o)", "41(3)(e)"} <= articles


def test_everything_that_must_be_refused_was_with_its_own_code(told: Any) -> None:
    assert [one["code"] for one in told["refused"]] == REFUSED
    assert all(list(one) == ["attempt", "code"] for one in told["refused"])
    assert len({one["attempt"] for one in told["refused"]}) == len(REFUSED)


def test_the_evidence_that_was_opened_is_what_was_exported(told: Any, kept: Path) -> None:
    exported = {path.name: path.read_bytes() for path in (kept / "export").iterdir()}
    opened = {path.name: path.read_bytes() for path in (kept / "opened" / "data").iterdir()}
    assert opened == exported
    assert told["evidence"] == {
        "verified": True,
        "files": len(exported),
        "bytes": sum(len(data) for data in exported.values()),
    }
    assert len(exported) == 3
    assert not (kept / "never").exists()  # where the spoilt package would have been opened


def test_the_emergency_was_called_back_by_name_confirmed_and_reviewed(told: Any, kept: Path, root: Path) -> None:
    assert told["ok"]
    (found,) = node_says(kept, root, "xb-central-authority", "emergency", "list")["emergencies"]
    assert (found["outcome"], found["waits"]) == ("confirmed", False)
    shown = node_says(kept, root, "xb-central-authority", "case", "show", found["case"])
    assert shown["state"] == "produced"
    opened = (kept / "opened-log-ins" / "data" / "log-ins.txt").read_bytes()
    assert opened == (kept / "log-ins" / "log-ins.txt").read_bytes() != b""


def test_every_log_entry_was_proven_against_a_cosigned_checkpoint(told: Any, kept: Path) -> None:
    assert [log["node"] for log in told["log"]] == NODES
    for log in told["log"]:
        assert {"path", "origin", "size", "vkey", "proofs_verified", "cosigned"} <= set(log)
        assert Path(log["path"]) == kept / log["node"].replace("/", "-").lower() / "log"
        assert log["origin"] == f"exercise.comity.example/{log['node']}"
        assert log["proofs_verified"] == log["size"] > 0
        assert log["cosigned"] is True


def test_no_process_of_it_is_left(told: Any, kept: Path) -> None:
    assert told["ok"]
    assert processes_about(str(kept)) == []


# A second reading of the published logs: RFC 9162, C2SP signed-note, tlog-checkpoint, tlog-tiles and tlog-cosignature.


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def tree_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return sha256(b"\x01", tree_root(leaves[:split]), tree_root(leaves[split:]))


def entries(folder: Path, size: int) -> list[bytes]:
    found: list[bytes] = []
    for number in range((size + 255) // 256):
        width = min(256, size - 256 * number)
        assert number < 1000
        name = f"{number:03}" if width == 256 else f"{number:03}.p/{width}"
        data = (folder / "tile" / "entries" / name).read_bytes()
        while data:
            length = int.from_bytes(data[:2], "big")
            found.append(data[2 : 2 + length])
            assert len(found[-1]) == length
            data = data[2 + length :]
    assert len(found) == size
    return found


def note(folder: Path) -> tuple[str, dict[str, dict[bytes, bytes]]]:
    """The checkpoint's text, and its signatures by their name and key id: a name has one of each kind of key."""
    text, _, signatures = (folder / "checkpoint").read_text(encoding="utf-8").rpartition("\n\n")
    lines = [line.split(" ") for line in signatures.splitlines()]
    assert all(len(line) == 3 and line[0] == "—" for line in lines)
    found: dict[str, dict[bytes, bytes]] = {}
    for _, name, blob in lines:
        data = base64.b64decode(blob)
        found.setdefault(name, {})[data[:4]] = data[4:]
    return text + "\n", found


def key_of(vkey: str, kind: int) -> tuple[str, bytes, bytes]:
    """A verifier key's name, id and public key."""
    name, key_id, encoded = vkey.split("+", 2)
    typed = base64.b64decode(encoded)
    assert typed[0] == kind
    assert sha256(name.encode(), b"\n", typed)[:4].hex() == key_id
    return name, bytes.fromhex(key_id), typed[1:]


def witness_keys(kept: Path) -> dict[str, bytes]:
    """The witness keys that the States' own directories name: cosigner's name and public key."""
    found = {}
    for file in kept.glob("*/directory.json"):
        payload = json.loads(file.read_bytes())["payload"]
        for entity in json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["entities"]:
            for key in entity["keys"]:
                if key["use"] == "witness":
                    found[f"{entity['origin']}/witness"] = base64.urlsafe_b64decode(key["public"] + "=")
    return found


@pytest.fixture(params=range(len(NODES)), ids=NODES)
def log(request: pytest.FixtureRequest, told: Any) -> Any:
    return told["log"][request.param]


def test_the_published_entries_add_up_to_the_root_that_the_checkpoint_states(log: Any) -> None:
    folder = Path(log["path"])
    origin, size, root = note(folder)[0].splitlines()
    assert (origin, int(size)) == (log["origin"], log["size"])
    leaves = [sha256(b"\x00", entry) for entry in entries(folder, int(size))]
    assert base64.b64decode(root) == tree_root(leaves)
    assert tree_root([*leaves[:-1], sha256(b"\x00", b"another entry")]) != tree_root(leaves)
    tile = folder / "tile" / "0" / (f"000.p/{size}" if int(size) < 256 else "000")
    assert tile.read_bytes() == b"".join(leaves[:256])


def test_the_checkpoint_is_signed_by_the_log_key_that_was_told(log: Any) -> None:
    text, signatures = note(Path(log["path"]))
    name, key_id, public = key_of(log["vkey"], kind=1)
    assert name == log["origin"]
    key = Ed25519PublicKey.from_public_bytes(public)
    key.verify(signatures[name][key_id], text.encode())
    with pytest.raises(InvalidSignature):
        key.verify(signatures[name][key_id], text.replace(f"\n{log['size']}\n", "\n1\n").encode())


def test_the_checkpoint_is_cosigned_by_the_witness_as_its_state_lists_it(log: Any, kept: Path) -> None:
    text, signatures = note(Path(log["path"]))
    known = witness_keys(kept)
    cosigned = [name for name in signatures if name != log["origin"]]
    assert cosigned == log["witnesses"]
    assert cosigned
    for name in cosigned:
        blob = signatures[name][sha256(name.encode(), b"\n\x04", known[name])[:4]]
        seconds = int.from_bytes(blob[:8], "big")
        message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
        Ed25519PublicKey.from_public_bytes(known[name]).verify(blob[8:], message)
        assert not name.startswith(log["origin"] + "/")  # nobody is its own witness


def test_nothing_of_the_case_can_be_read_in_a_published_log(log: Any) -> None:
    published = b"".join(path.read_bytes() for path in Path(log["path"]).rglob("*") if path.is_file())
    for word in (b"gain-fast", b"192.0.2.45", b"anna", b"2026-0417"):
        assert word not in published


# Ctrl-C.


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited {WAIT_SECONDS} s for {what}"
        time.sleep(0.02)


def test_ctrl_c_in_the_middle_even_twice_leaves_no_process_and_no_folder(tmp_path: Path, root: Path) -> None:
    with subprocess.Popen(
        command(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=root,
        env=environment(root, TMPDIR=str(tmp_path)),
        start_new_session=True,
    ) as demo:
        try:
            until(lambda: len(processes_about(str(tmp_path))) == len(NODES), "the four nodes")
            assert len(list(tmp_path.glob("comity-demo-*"))) == 1
            for _ in range(2):
                demo.send_signal(signal.SIGINT)
            _, said = demo.communicate(timeout=WAIT_SECONDS)
        finally:
            if demo.poll() is None:
                demo.kill()
    assert demo.returncode == 130
    assert said.splitlines()[-1] == b"stopped"
    assert b"Traceback" not in said
    assert processes_about(str(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


# What the demo leaves is a State's node like any other: its court is let in to the evidence, at a terminal.


def at_xa(kept: Path, root: Path, *words: str) -> Any:
    """What a command at XA's node printed, as JSON."""
    return node_says(kept, root, "xa-central-authority", *words)


def node_says(kept: Path, root: Path, node: str, *words: str) -> Any:
    """The same of any node, by its folder."""
    config = kept / node / "comity.toml"
    line = [sys.executable, "-m", "comity.cli.main", *words, "--config", str(config), "--json"]
    secret = environment(root, COMITY_PASSPHRASE_FILE=str(kept / "passphrase"))
    ran = subprocess.run(line, capture_output=True, env=secret, timeout=WAIT_SECONDS, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    return json.loads(ran.stdout)


def test_a_court_is_let_in_to_the_evidence_and_opens_it_with_age_alone(
    told: Any, kept: Path, root: Path, tmp_path: Path, program: Callable[[str], str]
) -> None:
    assert told["ok"]
    here = tmp_path / "kept"
    here.mkdir()
    for name in ("xa-central-authority", "passphrase"):  # the demo's own logs are compared above
        subprocess.run(["cp", "-r", str(kept / name), str(here)], check=True)
    key = tmp_path / "court.txt"
    made = subprocess.run([program("age-keygen"), "-o", str(key)], capture_output=True, text=True, check=True)
    court = made.stderr.rpartition(" ")[2].strip()

    held = [one["case"] for one in at_xa(here, root, "case", "list")["cases"] if one["package"]]
    assert len(held) == 2  # the story's, and the emergency's
    case = min(held)  # ids of UUIDv7: the story's came first
    words = ["--to", court, "--for", "XA/court", "-o", str(tmp_path / "out"), "--as", "bo", "--reason", "the trial"]
    let_in = at_xa(here, root, "evidence", "let-in", case, *words)
    assert let_in["ok"] is True
    assert let_in["items"] == told["evidence"]["files"]
    last = at_xa(here, root, "evidence", "custody", case)["acts"][-1]
    assert (last["act"], last["made"], last["actor"]) == ("reissue", let_in["package"], "bo")
    assert at_xa(here, root, "case", "show", case)["state"] == "evidence accepted"

    package = Path(let_in["folder"])
    # It was sealed by one authority and made by another: each check of it takes the keys of both.
    assert at_xa(here, root, "evidence", "verify", str(package))["made_for"] == "XA/court"
    page = tmp_path / "custody.html"
    assert at_xa(here, root, "evidence", "report", str(package), "-o", str(page), "--files")["ok"] is True
    assert all(path.name in page.read_text() for path in (kept / "export").iterdir())
    assert package.with_name(f"{package.name}.custody.jsonl").is_file()
    for number in ("00000", "00001"):
        opened = [program("age"), "-d", "-i", str(key), str(package / "data" / f"{number}.age")]
        with (tmp_path / f"{number}.tar").open("wb") as out:
            subprocess.run(opened, stdout=out, check=True)
        subprocess.run([program("tar"), "-x", "-f", str(tmp_path / f"{number}.tar"), "-C", str(tmp_path)], check=True)
    for path in (kept / "export").iterdir():
        assert (tmp_path / "data" / path.name).read_bytes() == path.read_bytes()
