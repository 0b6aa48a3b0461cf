"""The command line as people use it: every transcript of this folder, played in a new folder."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.transcript import Player, Step, parse

HERE = Path(__file__).parent
TRANSCRIPTS = sorted(HERE.glob("*.txt"))


@pytest.fixture
def known() -> Iterator[dict[str, str]]:
    """What a transcript may use without having seen it: `{taken}`, a port that another program has."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield {"taken": str(held.getsockname()[1])}


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_transcript_comes_out_as_it_is_written(
    transcript: Path, known: dict[str, str], root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, files = parse(transcript.read_text(encoding="utf-8"))
    assert steps
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        (tmp_path / name).chmod(0o600)
    (tmp_path / "examples").symlink_to(root / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMITY_PASSPHRASE_FILE", "passphrase")
    player = Player(transcript.name, known)
    for step in steps:
        player.play(step)


@pytest.mark.parametrize(
    ("expected", "is_right"),
    [
        (Step(1, "echo one two; echo three >&2; exit 3", ["one two"], ["three"], 3), True),
        (Step(1, "echo one two; exit 3", ["one [...]"], [], 3), True),
        (Step(1, "echo one; echo two; echo three", ["[...]", "three"]), True),
        (Step(1, "echo one", ["{same}"]), True),
        (Step(1, "echo one; echo two", ["{same}", "{same}"]), False),
        (Step(1, "echo one", ["two"]), False),
        (Step(1, "echo one; echo two", ["one"]), False),
        (Step(1, "echo one >&2", []), False),
        (Step(1, "exit 1"), False),
    ],
)
def test_a_step_that_comes_out_otherwise_is_found(expected: Step, is_right: bool) -> None:
    if is_right:
        Player("here", {}).play(expected)
        return
    with pytest.raises(AssertionError, match="here, line 1"):
        Player("here", {}).play(expected)
