"""What the commands on packages are told: the package, the keys it is checked with, and the key it is opened with.

Keys come from PEM files, or, where a node's configuration is named, from the directory and keys of that node.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from comity.adapters.files import read_limited
from comity.adapters.sources_files import FolderSource
from comity.base.errors import BrokenSeal, Malformed
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.cli.session import opened, read_passphrase
from comity.crypto.age import decrypted
from comity.crypto.age_armor import is_armored, read_armor
from comity.crypto.age_keys import Identity, PassphraseIdentity, read_identity
from comity.evidence import bag
from comity.evidence.outside import read_tag
from comity.evidence.streams import PackageSource
from comity.exchange.directory import Directory, Use
from comity.wiring import Node
from comity.workflows.office import directory

_FILE_LIMIT: Final = 64 * 1024
_IDENTITY_HINT: Final = "a file of one line that begins with AGE-SECRET-KEY-, as age-keygen writes it, or as age -p did"

Package = Annotated[Path, typer.Argument(metavar="PACKAGE", help="The package: a folder.")]
MaybeConfig = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="COMITY_CONFIG", help="A node's comity.toml, for its directory and keys."),
]
Key = Annotated[
    Path | None, typer.Option("--key", help="PEM file: public key of the authority that signed the package.")
]
SealerKey = Annotated[
    Path | None,
    typer.Option("--sealer-key", help="PEM file: of the authority that sealed it first, where that is another."),
]
IdentityFile = Annotated[
    Path | None,
    typer.Option("--identity", "-i", help="age identity file; else the evidence key of the node. `age -p` files too."),
]


@dataclass(frozen=True, slots=True)
class Keys:
    """Ed25519 keys: of who signed the package, and of who sealed it first."""

    package: bytes
    sealer: bytes


@contextmanager
def maybe_node(config: Path | None, passphrase_file: Path | None) -> Iterator[Node | None]:
    """The node, where one was named."""
    if config is None:
        yield None
        return
    with opened(config, passphrase_file) as node:
        yield node


def keys_of(package: FolderSource, key: Path | None, sealer_key: Path | None, node: Node | None) -> Keys:
    """The keys to check `package` with. Raises Malformed where neither files nor a node name them."""
    if key is not None:
        signer = read_public(key)
        if sealer_key is not None:
            return Keys(signer, read_public(sealer_key))
        _check_one_signer(package)
        return Keys(signer, signer)
    if node is None:
        hint = "--key FILE with the public key from that State's directory, or --config of a node"
        raise Malformed("whose signature must be on the package was not said", hint=hint)
    with node.office.store.transaction() as tx:
        known = directory(tx)
    envelope = bag.read_envelope(read_tag(package, bag.ENVELOPE))
    signer = listed_key(known, envelope)
    first = first_envelope(package)
    return Keys(signer, listed_key(known, first) if first else signer)


def first_envelope(package: PackageSource) -> bag.Envelope | None:
    """The envelope of the package that this one was made of, for more readers; None where it is as it was sealed."""
    if bag.PRIOR_ENVELOPE not in set(package.names()):
        return None
    return bag.read_envelope(read_tag(package, bag.PRIOR_ENVELOPE))


def _check_one_signer(package: FolderSource) -> None:
    """Raise Malformed where another authority sealed first: nobody is to take its missing key for a forgery."""
    first = first_envelope(package)
    if first and first.from_ != bag.read_envelope(read_tag(package, bag.ENVELOPE)).from_:
        raise Malformed(
            f"{first.from_} sealed it first: its key is needed too",
            where="--sealer-key",
            hint="comity evidence keys writes both from the directories",
        )


def identity_of(file: Path | None, node: Node | None, passphrase_file: Path | None) -> Identity:
    """The identity in a file (plain, or under a passphrase), or the node's. Raises Malformed."""
    if file is None:
        if node is None:
            raise Malformed("no key to open it with", hint="--identity FILE, or --config of the node it is sealed for")
        return read_identity(node.office.keys.identity())
    data = read_limited(file, _FILE_LIMIT)
    if is_armored(data):
        try:
            data = read_armor(data)
        except BrokenSeal as error:  # a PEM file of another kind, most often
            raise Malformed(error.what, where=str(file), hint=_IDENTITY_HINT) from None
    if data.startswith(b"age-encryption.org/"):
        key = PassphraseIdentity(read_passphrase(passphrase_file))
        data = b"".join(bytes(piece) for piece in decrypted(io.BytesIO(data), key, where=str(file)))
    lines = [line for line in data.decode("utf-8", "replace").splitlines() if line and not line.startswith("#")]
    if len(lines) != 1:
        raise Malformed("not one age identity", where=str(file), hint=_IDENTITY_HINT)
    return read_identity(lines[0].strip())


def read_public(file: Path) -> bytes:
    """The 32 bytes of an Ed25519 public key in a PEM file. Raises NotFound or Malformed."""
    try:
        key = load_pem_public_key(read_limited(file, _FILE_LIMIT))
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Malformed("not an Ed25519 public key in PEM", where=str(file), hint="-----BEGIN PUBLIC KEY-----")
    return key.public_bytes_raw()


def listed_key(known: Directory, envelope: bag.Envelope) -> bytes:
    """The Ed25519 key that signed the package of this envelope, as the directory lists it. Raises ExchangeProblem."""
    at = Instant.from_seconds(envelope.sealed_at)
    return known.entity(NodeId(envelope.from_)).find(Use.AUTHORITY, envelope.signer, at).public_bytes
