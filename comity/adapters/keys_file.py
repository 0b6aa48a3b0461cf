"""Private keys in passphrase-protected files, one key a file: `keys/<use>.jwe`.

A file is a JWE (RFC 7516), `alg` = dir, `enc` = A256GCM, whose content-encryption key is
    scrypt(passphrase, salt, n, r, p)            (RFC 7914; parameters and salt in keys/lock.toml)
so one derivation opens all of a node's keys. The protected header names the key's use: a file put in the place of
another is refused. Only the owner may read them, and a file that others can read is refused.
"""

import stat
from pathlib import Path
from typing import Any, Final

import msgspec
import pyrage  # type: ignore[import-untyped]
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from comity.adapters.files import disk_error, read_limited, write_whole
from comity.base.encoding import b64u, from_b64u
from comity.base.errors import Conflict, Malformed, NotPermitted
from comity.base.parsing import read_toml
from comity.crypto.hpke import PRIVATE_BYTES, HybridOpener, Opener
from comity.crypto.signatures import Ed25519Signer, Signer
from comity.exchange.directory import Use
from comity.workflows.ports import Randomness

ROOT: Final = "root"
_FILE_LIMIT: Final = 16 * 1024
_SALT_BYTES: Final = 16
_REGISTRY: Final = jwe.JWERegistry(algorithms=["dir", "A256GCM"], strict_check_header=False)  # lets `use` stand in it


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
    return Scrypt(salt=salt, length=32, n=lock.n, r=lock.r, p=lock.p).derive(passphrase)


class KeyFiles:
    """A KeyRing over the files of one folder; each key is opened when it is first asked for."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder = folder
        self._key = OctKey.import_key(key)
        self._opened: dict[str, Any] = {}

    def signer(self, use: Use | str) -> Signer:
        if use not in self._opened:
            self._opened[use] = Ed25519Signer(self._read(use))
        signer: Signer = self._opened[use]
        return signer

    def opener(self) -> Opener:
        if Use.ENCRYPTION not in self._opened:
            self._opened[Use.ENCRYPTION] = HybridOpener(self._read(Use.ENCRYPTION))
        opener: Opener = self._opened[Use.ENCRYPTION]
        return opener

    def identity(self) -> str:
        return self._read(Use.EVIDENCE).decode("ascii")

    def unlock(self, uses: tuple[Use, ...]) -> None:
        """Open these keys now, so that a wrong passphrase is told before anything is begun. Raises NotPermitted."""
        for use in uses:
            match use:
                case Use.ENCRYPTION:
                    self.opener()
                case Use.EVIDENCE:
                    self.identity()
                case _:
                    self.signer(use)

    def _read(self, use: str) -> bytes:
        path = self._folder / f"{use}.jwe"
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
        if opened.headers().get("use") != use or opened.plaintext is None:
            raise Malformed("another key is in this file", where=str(path), hint="restore the file")
        return opened.plaintext


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
        header = {"alg": "dir", "enc": "A256GCM", "use": use}
        private = _new_private(use, randomness)
        token = jwe.encrypt_compact(header, private, OctKey.import_key(key), registry=_REGISTRY)
        write_whole(folder / f"{use}.jwe", token.encode("ascii"), mode=0o600, replace=False)
    return KeyFiles(folder, key)


def _new_private(use: str, randomness: Randomness) -> bytes:
    match use:
        case Use.ENCRYPTION:
            return randomness.bytes(PRIVATE_BYTES)
        case Use.EVIDENCE:
            return str(pyrage.x25519.Identity.generate()).encode("ascii")
        case _:
            return randomness.bytes(32)


def check_passphrase(passphrase: bytes) -> bytes:
    """A passphrase for new keys: at least 12 characters. Raises Malformed."""
    if len(passphrase.decode("utf-8", "replace")) < 12:
        raise Malformed("the passphrase is too short", hint="at least 12 characters; five or six words are better")
    return passphrase
