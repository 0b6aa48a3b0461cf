"""Private keys in passphrase-protected files, one key a file: `keys/<use>.jwe`, a later one `keys/<use>.<n>.jwe`.

A file is a JWE (RFC 7516), `alg` = dir, `enc` = A256GCM, whose content-encryption key is
    scrypt(passphrase, salt, n, r, p)            (RFC 7914; parameters and salt in keys/lock.toml)
so one derivation opens all of a node's keys. The protected header names the key's use and the moment from which it is
used (`from`, POSIX seconds; a node's first keys have none): a file put in the place of another is refused, and the next
key takes over by itself. Keys before it stay, to open what was sealed to them. Only the owner may read the files, and a
file that others can read is refused.
"""

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from comity.adapters.clock import SystemClock
from comity.adapters.files import disk_error, read_limited, write_whole
from comity.adapters.folder_names import FolderNames
from comity.base.encoding import b64u, from_b64u
from comity.base.errors import Conflict, Malformed, NotFound, NotPermitted
from comity.base.instants import Instant
from comity.base.parsing import read_toml
from comity.crypto.age_keys import new_identity
from comity.crypto.hpke import PRIVATE_BYTES, HybridOpener, Opener
from comity.crypto.mldsa import Mldsa44Signer, MldsaSigner
from comity.crypto.signatures import Ed25519Signer, Signer
from comity.exchange.directory import MLDSA44, Use
from comity.workflows.ports import Clock, Randomness

ROOT: Final = "root"
_FILE_LIMIT: Final = 16 * 1024
_SALT_BYTES: Final = 16
_REGISTRY: Final = jwe.JWERegistry(algorithms=["dir", "A256GCM"], strict_check_header=False)  # lets `use` stand in it
_TAKING_OVER: Final = (Use.TRANSPORT, Use.AUTHORITY, Use.RECEIPT)
"""The keys of which a next one waits until peers can know it."""


class _Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """keys/lock.toml: how the passphrase becomes a key."""

    kdf: str
    n: int
    r: int
    p: int
    salt: str


N_DEFAULT: Final = 2**16
"""64 MiB of memory for one guess (r = 8); p = 2 as OWASP pairs with it."""
_N_ALLOWED: Final = tuple(2**power for power in range(14, 21))
_R, _P = 8, 2


def passphrase_key(passphrase: bytes, folder: Path) -> bytes:
    """32 bytes from the passphrase and the node's lock file. Raises NotFound or Malformed for the file."""
    path = folder / "lock.toml"
    lock = read_toml(read_limited(path, _FILE_LIMIT), _Lock, limit=_FILE_LIMIT, what=str(path))
    if lock.kdf != "scrypt" or lock.n not in _N_ALLOWED or lock.r != _R or not 1 <= lock.p <= 8:
        raise Malformed("not a key derivation of this version", where=str(path), hint="restore the file")
    try:
        salt = from_b64u(lock.salt)
    except Malformed as error:
        raise Malformed(f"the salt is {error.what}", where=str(path), hint="restore the file") from None
    return _derive(passphrase, salt, lock.n, lock.r, lock.p)


@lru_cache(maxsize=8)
def _derive(passphrase: bytes, salt: bytes, n: int, r: int, p: int) -> bytes:
    """Once a process and passphrase: it takes half a second on purpose, and the keys it opens are kept as well."""
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase)


@dataclass(frozen=True, slots=True)
class _Held:
    """A private key and the moment from which it is used, POSIX seconds."""

    since: int
    private: bytes


class KeyFiles:
    """A KeyRing over the files of one folder; the keys of a use are opened when one is first asked for."""

    def __init__(self, folder: Path, key: bytes, clock: Clock | None = None) -> None:
        self._folder = folder
        self._key = OctKey.import_key(key)
        self._clock = clock or SystemClock()
        self._held: dict[str, tuple[list[int], tuple[_Held, ...]]] = {}
        self._made: dict[bytes, Any] = {}
        self._allowed: frozenset[str] | None = None
        self._later = FolderNames(folder, _numbers, SystemClock())

    def signer(self, use: Use | str) -> Signer:
        return self._signer(self._now(use))

    def _signer(self, private: bytes) -> Signer:
        if private not in self._made:
            self._made[private] = Ed25519Signer(private)
        signer: Signer = self._made[private]
        return signer

    def mldsa(self, use: Use) -> MldsaSigner:
        private = self._now(use)
        if private not in self._made:
            self._made[private] = Mldsa44Signer(private)
        signer: MldsaSigner = self._made[private]
        return signer

    def make(self, name: str, randomness: Randomness) -> Signer:
        """Raises Conflict where a key of that name is there already."""
        token = _seal(_new_private(name, randomness), {"use": name}, self._key)
        write_whole(self._folder / f"{name}.jwe", token, mode=0o600, replace=False)
        return self.signer(name)

    def opener(self, kid: str = "") -> Opener:
        if not kid:
            return self._opener(self._now(Use.ENCRYPTION))
        for held in self._keys(Use.ENCRYPTION):
            if self._opener(held.private).kid == kid:
                return self._opener(held.private)
        raise NotFound("no encryption key by that id is here", hint="its file may have been destroyed after its term")

    def _opener(self, private: bytes) -> Opener:
        if private not in self._made:
            self._made[private] = HybridOpener(private)
        opener: Opener = self._made[private]
        return opener

    def identity(self) -> str:
        return self._now(Use.EVIDENCE).decode("ascii")

    def unlock(self, uses: tuple[Use, ...]) -> None:
        """Open these keys now, so that a wrong passphrase is told before anything is begun. Raises NotPermitted."""
        for use in uses:
            if use not in MLDSA44 or (self._folder / f"{use}.jwe").exists():  # a node made before there were any
                self._keys(use)

    def add(self, use: Use, since: Instant, randomness: Randomness) -> bytes:
        """Make the next key of a use, in a file of its own; its public half. It is used from `since` on.

        Raises Conflict where a next one is waiting already.
        """
        held = self._keys(use)
        if held[-1].since > self._clock.now().seconds:
            raise Conflict(
                f"the next {use} key is made already", hint=f"it is used from {Instant.from_seconds(held[-1].since)}"
            )
        private = _new_private(use, randomness)
        token = _seal(private, {"use": str(use), "from": since.seconds}, self._key)
        write_whole(self._folder / f"{use}.{len(held) + 1}.jwe", token, mode=0o600, replace=False)
        return self._opener(private).public if use is Use.ENCRYPTION else Ed25519Signer(private).public

    def allow(self, kids: frozenset[str]) -> None:
        self._allowed = kids

    def waiting(self, use: Use) -> tuple[tuple[str, Instant], ...]:
        return tuple((self._kid(use, held), Instant.from_seconds(held.since)) for held in self._keys(use)[1:])

    def _kid(self, use: str, held: _Held) -> str:
        return self._opener(held.private).kid if use == Use.ENCRYPTION else self._signer(held.private).kid

    def _now(self, use: str) -> bytes:
        """The key in use: of those whose time has come and that may be used, the one whose time came last."""
        now = self._clock.now().seconds
        first, *later = [held for held in self._keys(use) if held.since <= now]
        if self._allowed is not None and use in _TAKING_OVER:
            later = [held for held in later if self._kid(use, held) in self._allowed]
        return [first, *later][-1].private

    def _keys(self, use: str) -> tuple[_Held, ...]:
        """The keys of a use, oldest first; read anew when another process has made one."""
        try:
            later = self._later.get().get(use, [])
        except OSError:  # reading the first key says what is wrong
            later = []
        before, held = self._held.get(use, ([], ()))
        if later != before or not held:
            names = [f"{use}.jwe", *(f"{use}.{number}.jwe" for number in later)]
            held = tuple(self._read(use, self._folder / name) for name in names)
            self._held[use] = (later, held)
        return held

    def _read(self, use: str, path: Path) -> _Held:
        token = read_limited(path, _FILE_LIMIT)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise NotPermitted("others can read this key file", where=str(path), hint=f"chmod 600 {path}")
        try:
            opened = jwe.decrypt_compact(token, self._key, registry=_REGISTRY)
        except (JoseError, ValueError, InvalidKey):
            raise NotPermitted(
                "the passphrase does not open this key",
                where=str(path),
                hint="type it again; it is not stored anywhere",
            ) from None
        header = opened.headers()
        since = header.get("from", 0)
        if header.get("use") != use or opened.plaintext is None or not isinstance(since, int):
            raise Malformed("another key is in this file", where=str(path), hint="restore the file")
        return _Held(since, opened.plaintext)


def _numbers(names: Sequence[str]) -> dict[str, list[int]]:
    """The numbers of the later keys of each use, in order: of `<use>.<n>.jwe`."""
    found: dict[str, list[int]] = {}
    for name in names:
        use, _, number = name.removesuffix(".jwe").rpartition(".")
        if number.isdecimal() and name.endswith(".jwe"):
            found.setdefault(use, []).append(int(number))
    return {use: sorted(numbers) for use, numbers in found.items()}


def _seal(private: bytes, header: dict[str, object], key: OctKey) -> bytes:
    found = {"alg": "dir", "enc": "A256GCM", **header}
    return jwe.encrypt_compact(found, private, key, registry=_REGISTRY).encode("ascii")


def make_keys(folder: Path, passphrase: bytes, uses: tuple[str, ...], randomness: Randomness) -> KeyFiles:
    """New keys for `uses`, each in its own file. Raises Conflict where one is there already."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise Conflict("there are keys already", where=str(folder), hint="keys are never written over") from None
    except OSError as error:
        raise disk_error(error, folder) from None
    salt = randomness.bytes(_SALT_BYTES)
    lock = f'kdf = "scrypt"\nn = {N_DEFAULT}\nr = {_R}\np = {_P}\nsalt = "{b64u(salt)}"\n'
    write_whole(folder / "lock.toml", lock.encode(), mode=0o600, replace=False)
    key = passphrase_key(passphrase, folder)
    for use in uses:
        token = _seal(_new_private(use, randomness), {"use": str(use)}, OctKey.import_key(key))
        write_whole(folder / f"{use}.jwe", token, mode=0o600, replace=False)
    return KeyFiles(folder, key)


def _new_private(use: str, randomness: Randomness) -> bytes:
    match use:
        case Use.ENCRYPTION:
            return randomness.bytes(PRIVATE_BYTES)
        case Use.EVIDENCE:
            return new_identity(randomness.bytes).encode("ascii")
        case _:
            return randomness.bytes(32)


def check_passphrase(passphrase: bytes) -> bytes:
    """A passphrase for new keys: at least 12 characters. Raises Malformed."""
    if len(passphrase.decode("utf-8", "replace")) < 12:
        raise Malformed("the passphrase is too short", hint="at least 12 characters; five or six words are better")
    return passphrase
