"""Key files: opened by their passphrase alone, each in its own place, readable by nobody else."""

import shutil
import stat
from pathlib import Path

import pytest

from comity.adapters.keys_file import ROOT, KeyFiles, check_passphrase, make_keys, passphrase_key
from comity.adapters.randomness import SystemRandomness
from comity.base.errors import ComityError, Conflict, Malformed, NotFound, NotPermitted, TooLarge
from comity.base.instants import Instant
from comity.crypto.signatures import thumbprint, verify_ed25519
from comity.exchange.directory import Use
from tests.simulators.fakes import FakeClock

PASSPHRASE = b"correct horse battery staple"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("node") / "keys"
    make_keys(folder, PASSPHRASE, (*Use, ROOT), SystemRandomness())
    return folder


@pytest.fixture(scope="module")
def key(made: Path) -> bytes:
    return passphrase_key(PASSPHRASE, made)


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "keys"))


def test_the_passphrase_opens_every_key_and_they_sign_and_open(made: Path, key: bytes) -> None:
    keys = KeyFiles(made, key)
    keys.unlock(tuple(Use))
    signer = keys.signer(Use.AUTHORITY)
    verify_ed25519(signer.public, b"text", signer.sign(b"text"))
    assert keys.identity().startswith("AGE-SECRET-KEY-1")
    assert len({keys.signer(use).public for use in (Use.TRANSPORT, Use.AUTHORITY, Use.LOG, Use.WITNESS, ROOT)}) == 5


def test_no_key_can_be_read_in_its_file_and_only_the_owner_reads_the_file(made: Path, key: bytes) -> None:
    identity = KeyFiles(made, key).identity().encode()
    for file in made.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert identity not in file.read_bytes()
        assert PASSPHRASE not in file.read_bytes()
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_wrong_passphrase_is_not_permitted_and_names_the_file(made: Path) -> None:
    keys = KeyFiles(made, passphrase_key(PASSPHRASE + b"s", made))
    with pytest.raises(NotPermitted, match="passphrase does not open") as refused:
        keys.unlock((Use.TRANSPORT,))
    assert refused.value.where == str(made / "transport.jwe")
    assert refused.value.exit_code == 77


@pytest.mark.parametrize(
    ("put", "in_place_of"), [("log", "witness"), ("evidence", "encryption"), ("root", "authority")]
)
def test_a_key_file_in_the_place_of_another_is_refused(folder: Path, key: bytes, put: str, in_place_of: str) -> None:
    shutil.copy(folder / f"{put}.jwe", folder / f"{in_place_of}.jwe")
    with pytest.raises(Malformed, match="another key is in this file"):
        KeyFiles(folder, key).unlock((Use(in_place_of),))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_a_key_file_that_others_can_reach_is_refused_with_what_to_do(folder: Path, key: bytes, mode: int) -> None:
    file = folder / "receipt.jwe"
    file.chmod(mode)
    with pytest.raises(NotPermitted, match="others can read") as refused:
        KeyFiles(folder, key).signer(Use.RECEIPT)
    assert refused.value.hint == f"chmod 600 {file}"
    file.chmod(0o600)
    assert KeyFiles(folder, key).signer(Use.RECEIPT).public


@pytest.mark.parametrize("spoil", [b"", b"x", b"a.b.c.d.e", b"\xff" * 40])
def test_a_file_that_is_no_key_is_a_typed_refusal(folder: Path, key: bytes, spoil: bytes) -> None:
    (folder / "log.jwe").write_bytes(spoil)
    with pytest.raises(ComityError) as refused:
        KeyFiles(folder, key).signer(Use.LOG)
    assert refused.value.where == str(folder / "log.jwe")


def test_any_changed_byte_of_a_key_file_is_refused(folder: Path, key: bytes) -> None:
    file = folder / "log.jwe"
    good = file.read_bytes()
    for place in range(0, len(good), 7):
        if good[place : place + 1] == b".":
            continue
        other = b"B" if good[place : place + 1] == b"A" else b"A"
        file.write_bytes(good[:place] + other + good[place + 1 :])
        with pytest.raises((NotPermitted, Malformed)):
            KeyFiles(folder, key).signer(Use.LOG)
    file.write_bytes(good)
    assert KeyFiles(folder, key).signer(Use.LOG).public


def test_a_missing_lock_a_missing_key_and_an_endless_file_are_named(folder: Path, key: bytes) -> None:
    (folder / "log.jwe").unlink()
    with pytest.raises(NotFound) as missing:
        KeyFiles(folder, key).signer(Use.LOG)
    assert missing.value.where == str(folder / "log.jwe")
    (folder / "witness.jwe").write_bytes(b"x" * 20_000)
    with pytest.raises(TooLarge):
        KeyFiles(folder, key).signer(Use.WITNESS)
    (folder / "lock.toml").unlink()
    with pytest.raises(NotFound) as locked_out:
        passphrase_key(PASSPHRASE, folder)
    assert locked_out.value.where == str(folder / "lock.toml")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("scrypt", "md5"),
        ("n = 65536", "n = 1024"),
        ("n = 65536", "n = 65537"),
        ("n = 65536", "n = 4294967296"),
        ("r = 8", "r = 1"),
        ("p = 2", "p = 0"),
        ('salt = "', 'salt = "!'),
        ("kdf", "kind"),
    ],
)
def test_a_weakened_or_spoilt_lock_is_refused_before_anything_is_derived(folder: Path, old: str, new: str) -> None:
    lock = folder / "lock.toml"
    text = lock.read_text(encoding="utf-8")
    assert old in text
    lock.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Malformed) as refused:
        passphrase_key(PASSPHRASE, folder)
    assert str(lock) in refused.value.where


def test_keys_are_never_written_over(folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(Conflict):
        make_keys(folder, PASSPHRASE, tuple(Use), SystemRandomness())
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_new_passphrase_has_at_least_twelve_characters_counted_as_people_do() -> None:
    assert check_passphrase("zwölf Zeichn".encode())
    with pytest.raises(Malformed, match="too short"):
        check_passphrase(b"elf Zeichen")
    with pytest.raises(Malformed, match="too short"):
        check_passphrase("ö".encode() * 11)


def test_the_next_key_takes_over_at_its_moment_and_the_one_before_still_opens(folder: Path, key: bytes) -> None:
    clock = FakeClock(Instant.parse("2026-11-22T03:00:00Z"))
    keys = KeyFiles(folder, key, clock)
    signing, opening = keys.signer(Use.AUTHORITY).public, keys.opener()
    since = clock.at.plus_days(7)
    public = keys.add(Use.AUTHORITY, since, SystemRandomness())
    opens = keys.add(Use.ENCRYPTION, since, SystemRandomness())
    assert (keys.signer(Use.AUTHORITY).public, keys.opener().public) == (signing, opening.public)
    with pytest.raises(Conflict):
        keys.add(Use.AUTHORITY, since, SystemRandomness())
    clock.pass_days(7)
    for ring in (keys, KeyFiles(folder, key, clock)):
        assert (ring.signer(Use.AUTHORITY).public, ring.opener().public) == (public, opens)
        assert ring.opener(opening.kid).public == opening.public
        with pytest.raises(NotFound):
            ring.opener("another")
    assert stat.S_IMODE((folder / "authority.2.jwe").stat().st_mode) == 0o600


def test_a_next_key_is_used_only_if_it_is_allowed_and_the_first_always_may_be(folder: Path, key: bytes) -> None:
    clock = FakeClock(Instant.parse("2026-11-22T03:00:00Z"))
    keys = KeyFiles(folder, key, clock)
    first, since = keys.signer(Use.AUTHORITY), clock.at.plus_days(7)
    public = keys.add(Use.AUTHORITY, since, SystemRandomness())
    ((kid, waits),) = keys.waiting(Use.AUTHORITY)
    assert (kid, waits, keys.waiting(Use.RECEIPT)) == (thumbprint(public), since, ())
    clock.pass_days(8)
    keys.allow(frozenset())
    assert keys.signer(Use.AUTHORITY).kid == first.kid
    keys.allow(frozenset({kid}))
    assert keys.signer(Use.AUTHORITY).public == public


def test_keys_of_a_use_follow_each_other_past_ten(folder: Path, key: bytes) -> None:
    clock = FakeClock(Instant.parse("2026-11-22T03:00:00Z"))
    keys = KeyFiles(folder, key, clock)
    made = [keys.signer(Use.TRANSPORT).public]
    for _ in range(11):
        clock.pass_days(1)
        made.append(keys.add(Use.TRANSPORT, clock.at, SystemRandomness()))
        assert keys.signer(Use.TRANSPORT).public == made[-1]
    assert len(set(made)) == 12
    assert KeyFiles(folder, key, clock).signer(Use.TRANSPORT).public == made[-1]
