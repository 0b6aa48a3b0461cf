"""`comity statistics site`: from a folder, from a node's configuration, and by a stranger with only an address."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from comity.cli.main import main
from comity.oversight.audit import Audited
from comity.oversight.release import path_of
from comity.workflows import publish_statistics
from comity.workflows.audit_statistics import attest, enter_attestation
from tests.simulators.story import quarter
from tests.simulators.world import SmallWorld
from tests.unit.cli.typed import new_authority, run

Q4 = "2026-Q4"


@pytest.fixture(scope="module")
def played() -> SmallWorld:
    world = quarter()
    release = publish_statistics.publish(world.xa.office, "bo", Q4).release
    enter_attestation(
        world.xa.office, "bo", attest(world.witness.office, release, release.encode(), Audited(1, 2, 3, 0, []))
    )
    world.publish()
    return world


@pytest.fixture(scope="module")
def made(played: SmallWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the published files of XA's log, and the site that was made of it."""
    folder = tmp_path_factory.mktemp("site")
    for path, data in played.xa.log.files.items():
        file = folder / "log" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    assert main(["statistics", "site", "--from", str(folder / "log"), "-o", str(folder / "site")]) == 0
    return folder


SITE = ("statistics", "site")


def content(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Any web server, with a copy of the log."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)


def test_a_stranger_makes_the_same_site_from_an_address_alone(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(made / "log") as url:
        found = run([*SITE, "--from", url, "-o", str(tmp_path / "theirs")], capsys)
    assert (found["ok"], found["node"], found["keys"]) == (True, "XA/central-authority", "their own")
    ours, theirs = content(made / "site"), content(tmp_path / "theirs")
    assert found["files"] == len(theirs) == len(ours)
    differ = {path for path, data in ours.items() if theirs[path] != data}
    assert {path.partition("/")[2] for path in differ} == {"check.html", ""}  # the address; and the list of digests
    ours_again = run([*SITE, "--from", str(made / "log"), "--log-at", url, "-o", str(tmp_path / "ours")], capsys)
    assert ours_again["ok"] and content(tmp_path / "ours") == theirs


def test_the_proofs_are_those_that_the_log_publishes_and_they_hold(made: Path) -> None:
    site, log = made / "site", made / "log"
    for name in (f"{Q4}.json", f"{Q4}.csv", f"{Q4}.tlog-proof", f"{Q4}.audit.xc.observatory.jws", "index.json"):
        assert (site / "proofs" / name).read_bytes() == (log / "stats" / name).read_bytes()
    entry = (site / "proofs" / f"{Q4}.statement.hex").read_text(encoding="utf-8").strip()
    proof, policy = str(site / "proofs" / f"{Q4}.tlog-proof"), str(site / "proofs" / "policy")
    assert main(["verify", "proof", proof, "--entry", entry, "--policy", policy]) == 0
    assert main(["verify", "proof", proof, "--entry", entry[:-2] + "00", "--policy", policy]) != 0
    page = (site / "en" / f"{Q4}.html").read_text(encoding="utf-8")
    assert "XC/observatory" in page and "no fault found" in page


def test_a_changed_figure_is_on_the_pages_and_ends_with_three(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, data in content(made / "log").items():
        file = tmp_path / "log" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    file = tmp_path / "log" / path_of(Q4)
    file.write_bytes(file.read_bytes().replace(b'"count":6', b'"count":7'))
    found = run([*SITE, "--from", str(tmp_path / "log"), "-o", str(tmp_path / "site")], capsys, 3)
    assert {"hash", "sum"} <= {one["kind"] for one in found["faults"]}
    for page in ("en/index.html", f"en/{Q4}.html"):
        assert "found something against the figures" in (tmp_path / "site" / page).read_text(encoding="utf-8")


def test_a_folder_with_other_files_is_refused_before_anything_is_asked(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_bytes(b"mine")
    found = run([*SITE, "--from", "http://127.0.0.1:9", "-o", str(tmp_path)], capsys, 73)
    assert found["code"] == "conflict" and content(tmp_path) == {"mine.txt": b"mine"}
    before = content(made / "site")
    assert run([*SITE, "--from", str(made / "log"), "-o", str(made / "site")], capsys)["ok"]
    assert content(made / "site") == before


@pytest.mark.parametrize(("index", "code"), [(b"{}", 64), (b'{"node":"XA/a","releases":[]}', 66)])
def test_what_is_no_list_of_statistics_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], index: bytes, code: int
) -> None:
    (tmp_path / "stats").mkdir()
    (tmp_path / "stats" / "index.json").write_bytes(index)
    run([*SITE, "--from", str(tmp_path), "-o", str(tmp_path / "site")], capsys, code)
    assert not (tmp_path / "site").exists()


def test_more_periods_than_there_can_be_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    releases = [{"period": f"{year}-Q1", "index": 1, "published": ""} for year in range(1000, 1600)]
    (tmp_path / "stats").mkdir()
    document = json.dumps({"node": "XA/a", "releases": releases})
    (tmp_path / "stats" / "index.json").write_text(document, encoding="utf-8")
    assert "500" in run([*SITE, "--from", str(tmp_path), "-o", str(tmp_path / "site")], capsys, 64)["hint"]


def test_without_a_source_it_asks_whose_statistics(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMITY_CONFIG", raising=False)
    assert run([*SITE, "-o", str(tmp_path / "site")], capsys, 64)["where"] == "--from"


def test_a_node_makes_its_own_without_a_passphrase(
    made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new_authority(tmp_path, "XA", "bo=operator")
    (tmp_path / "passphrase").unlink()
    for path, data in content(made / "log").items():
        file = tmp_path / "xa" / "log" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    found = run([*SITE, "--config", str(tmp_path / "xa" / "comity.toml"), "-o", str(tmp_path / "site")], capsys)
    assert found["periods"][0]["period"] == Q4
    assert content(tmp_path / "site") == content(made / "site")
