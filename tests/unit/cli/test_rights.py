"""For the defence, the person concerned and oversight, at a terminal: packs, retention, what oversight sees."""

import json
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import CliRunner

from comity.adapters.config import read_config
from comity.adapters.folders import read_folder, write_folder
from comity.base.errors import ComityError, Conflict, Malformed, NotPermitted, NotVerified, OutOfOrder, TooLarge
from comity.cli import main
from comity.workflows import disclose_case
from comity.workflows.export_case import gather
from tests.simulators import story
from tests.unit.cli.typed import with_draft

ORDER = ("--order", "Court 4, 5 Js 7/26", "--to", "counsel")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The options that name a node with one draft."""
    return with_draft(tmp_path_factory.mktemp("node"), "rose=reviewer", "otto=oversight")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack of a case in which much happened, one document of it withheld, and that document beside it."""
    world = story.at("examined")
    world.publish()
    case = story.case_at(world, "xa", "stored_data")
    gathered = gather(world.xa.office, case.id)
    name = next(one for one, tag in gathered.tags.items() if tag == "granted" and one.startswith("documents/"))
    made = disclose_case.disclose(world.xa.office, "bo", case.id, order="c", to="d", withhold={name: "a witness"})
    folder = tmp_path_factory.mktemp("packs")
    write_folder(folder / "pack", made.files)
    (folder / "item").write_bytes(gathered.files[name])
    (folder / "name").write_text(name)
    return folder


def run(*words: str) -> str:
    ran = CliRunner().invoke(main.tree(), list(words))
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.stdout


def test_a_pack_is_listed_made_and_checked_at_a_terminal(node: list[str], tmp_path: Path) -> None:
    out = tmp_path / "pack"
    items = json.loads(run("case", "disclosure-pack", "", "--list", *node, "--as", "bo", "--json"))["items"]
    assert "events/0001-drafted.json" in {one["name"] for one in items}
    assert not out.exists()
    held = ("--withhold", "events/0001-drafted.json=the names of officers")
    told = json.loads(run("case", "disclosure-pack", "", "-o", str(out), *ORDER, *held, *node, "--as", "bo", "--json"))
    assert (told["ok"], told["withheld"]) == (True, "1")
    assert out.stat().st_mode & 0o077 == 0
    checked = json.loads(run("verify", "disclosure", str(out), "--json"))
    assert (checked["order"], checked["for"]) == ("Court 4, 5 Js 7/26", "counsel")
    assert [one["why"] for one in checked["withheld"]] == ["the names of officers"]
    with pytest.raises(Malformed):
        run("case", "disclosure-pack", "", "-o", str(out), *ORDER, *node, "--as", "bo")
    for words, error in (
        (("-o", str(tmp_path / "b"), *ORDER, "--as", "anna"), NotPermitted),
        (("-o", str(tmp_path / "b"), "--to", "counsel", "--as", "bo"), Malformed),
        (("-o", str(tmp_path / "b"), *ORDER, "--withhold", "links.txt", "--as", "bo"), Malformed),
        ((*ORDER, "--as", "bo"), Malformed),
    ):
        with pytest.raises(error):
            run("case", "disclosure-pack", "", *words, *node)
    assert not (tmp_path / "b").exists()


def test_an_item_that_was_withheld_is_proved_when_it_comes(pack: Path) -> None:
    name = (pack / "name").read_text()
    said = run("verify", "disclosure", str(pack / "pack"), "--later", f"{name}={pack / 'item'}")
    assert name in said and "a witness" in said
    with pytest.raises(NotVerified):
        run("verify", "disclosure", str(pack / "pack"), "--later", f"{name}={pack / 'name'}")
    with pytest.raises(Malformed):
        run("verify", "disclosure", str(pack / "pack"), "--later", "item")


def test_a_link_a_changed_byte_and_a_folder_too_large_are_refused(pack: Path, tmp_path: Path) -> None:
    copytree(pack / "pack", tmp_path / "linked")
    (tmp_path / "linked" / "more").symlink_to(pack / "item")
    with pytest.raises(NotVerified, match="neither a file"):
        run("verify", "disclosure", str(tmp_path / "linked"))
    copytree(pack / "pack", tmp_path / "changed")
    file = next((tmp_path / "changed" / "events").iterdir())
    file.write_bytes(file.read_bytes()[:-1] + b" ")
    with pytest.raises(NotVerified) as found:
        run("verify", "disclosure", str(tmp_path / "changed"))
    assert found.value.where == f"events/{file.name}"
    for limit, most in ((100, 1000), (10**9, 3)):
        with pytest.raises(TooLarge):
            read_folder(pack / "pack", limit, most)
    with pytest.raises(Conflict):
        write_folder(pack / "pack", {"a": b""})


def test_everything_kept_is_listed_with_its_end_and_swept_only_when_confirmed(node: list[str]) -> None:
    items = json.loads(run("retention", "list", *node, "--json"))["items"]
    assert {"draft"} <= {one["what"] for one in items}
    assert all(one["basis"] and one["article"] and one["ends"] for one in items)
    assert json.loads(run("retention", "list", "--due", *node, "--json"))["items"] == []
    with pytest.raises(Malformed, match="confirm"):
        run("retention", "sweep", *node, "--as", "bo")
    with pytest.raises(NotPermitted):
        run("retention", "sweep", "--yes", *node, "--as", "rose")
    swept = json.loads(run("retention", "sweep", "--yes", *node, "--as", "bo", "--json"))
    assert set(swept["deleted"].values()) == {0}
    kept = ("case", "keep-longer", "", "--item", "draft", "--until", "2039-01-01", "--reasons", "a retrial")
    run(*kept, *node, "--as", "rose")
    longer = json.loads(run("retention", "list", *node, "--json"))["items"]
    assert [(one["until"], one["extended"]) for one in longer if one["what"] == "draft"] == [("2039-01-01", True)]
    with pytest.raises(ComityError):
        run(*kept, *node, "--as", "rose")


@pytest.mark.parametrize("part", ["cases", "decisions", "secrecy", "complaints", "people", "alarms", "accesses"])
def test_oversight_sees_its_part_and_each_look_is_recorded(node: list[str], part: str) -> None:
    def looks() -> int:
        return len(
            json.loads(run("oversight", "show", "--part", "accesses", *node, "--as", "otto", "--json"))["accesses"]
        )

    before = looks()
    assert json.loads(run("oversight", "show", "--part", part, *node, "--as", "otto", "--json"))["part"] == part
    run("oversight", "show", "--part", part, *node, "--as", "otto")
    assert looks() == before + 3
    run("case", "show", "", "--as", "otto", *node)
    run("case", "show", "", "--as", "bo", *node)
    assert looks() == before + 5
    with pytest.raises(NotPermitted):
        run("oversight", "show", "--part", part, *node, "--as", "bo")


def test_no_alarm_is_ended_that_does_not_stand(node: list[str]) -> None:
    with pytest.raises(OutOfOrder):
        run("oversight", "acknowledge", *node, "--as", "otto", "--reasons", "none")


@pytest.mark.parametrize(
    ("line", "told"),
    [("access_days = 1", "at least 30 days"), ("case_days = 10", "at least 52 days"), ("what = 1", "what")],
)
def test_days_that_cannot_be_are_named_with_their_line(node: list[str], tmp_path: Path, line: str, told: str) -> None:
    text = Path(node[1]).read_text() + f"\n[retention]\n{line}\n"
    (tmp_path / "comity.toml").write_text(text)
    with pytest.raises(Malformed) as refused:
        read_config(tmp_path / "comity.toml")
    assert told in str(refused.value.mistakes) + refused.value.what
    assert str(text.splitlines().index(line) + 1) in refused.value.where
