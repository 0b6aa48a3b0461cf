"""The one place that knows every adapter: an `Office` from a configuration file, and the making of a new node.

A node is a folder: comity.toml, keys/ (one passphrase-protected file a key), comity.db, log/ (published: any web server
may serve it), evidence/ and parts/.
"""

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from comity.adapters.addresses import parse_network
from comity.adapters.clock import SystemClock
from comity.adapters.config import FILE_NAME, Config, read_config, write_config
from comity.adapters.config_objects import read_credentials
from comity.adapters.courier_http import HttpCourier
from comity.adapters.files import disk_error, read_limited, write_whole
from comity.adapters.keys_file import ROOT, KeyFiles, check_passphrase, make_keys, passphrase_key
from comity.adapters.locks_files import FileLocks
from comity.adapters.objects_files import LogFiles, PackageFolders, PartFiles
from comity.adapters.randomness import SystemRandomness
from comity.adapters.signed_head import SignedHeadFile
from comity.adapters.sql.database import Database, open_database
from comity.adapters.sql.migrate import make_new, unmake
from comity.adapters.sql.server import Server
from comity.adapters.timestamps_http import http_stamper
from comity.base.errors import Conflict, NotFound
from comity.base.ids import ActorId, NodeId
from comity.base.mode import Mode
from comity.crypto.signatures import Signer
from comity.exchange.directory import OF_NODES, Entity, Use, spoken
from comity.exchange.message import Role
from comity.workflows import keep_directory, watch_directories
from comity.workflows.office import Office
from comity.workflows.people_provider import IdentityProvider
from comity.workflows.ports import Clock, Lock, LogFolder, PackageStore, PartStore, SignedHead

if TYPE_CHECKING:
    from comity.adapters.s3_bucket import Bucket

_SECRET_LIMIT: Final = 4096
PASSWORD_VARIABLE: Final = "COMITY_DATABASE_PASSWORD"  # noqa: S105 - its name, not the password


@dataclass(frozen=True, slots=True)
class Node:
    """An opened node: its office, its configuration, and its folder."""

    office: Office
    config: Config
    folder: Path
    database: Database
    keys: KeyFiles

    @property
    def log_path(self) -> Path:
        """The published log."""
        return self.folder / "log"

    def root_signer(self) -> Signer:
        """The root key of our own directory; raises NotFound where it is kept elsewhere, as it should be in earnest."""
        return self.keys.signer(ROOT)

    def close(self) -> None:
        self.database.close()
        self.office.lock.release()


def open_node(config_path: Path, passphrase: bytes, *, unlock: tuple[Use, ...] = ()) -> Node:
    """Raises what the configuration, the database and the keys raise; `unlock`: keys to open now."""
    config = read_config(config_path)
    folder = config_path.resolve().parent
    database = open_database(database_of(config, folder))
    try:
        keys = KeyFiles(folder / "keys", passphrase_key(passphrase, folder / "keys"))
        keys.unlock(unlock)
        office = _office(config, folder, database, keys)
        if any((folder / "keys").glob("*.*.jwe")):  # there are later keys, which take over once peers can know them
            watch_directories.allow_keys(office)
    except BaseException:
        database.close()
        raise
    return Node(office, config, folder, database, keys)


def database_of(config: Config, folder: Path) -> Path | Server:
    """Where the node's database is. The password is read each time: it may have been changed since. Raises NotFound,
    TooLarge or Unavailable for its file."""
    table = config.database
    if not table.url:
        return folder / table.path
    password = os.environ.get(PASSWORD_VARIABLE, "")
    if table.password_file:
        password = read_limited(folder / table.password_file, _SECRET_LIMIT).decode("utf-8", "replace").strip()
    return Server(table.url, password)


LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def pages_url(config: Config) -> str:
    """Where people open the node's pages: as configured, else beside an exercise on loopback; '' for none."""
    if config.pages is not None:
        return config.pages.url
    is_local = config.node.mode is Mode.EXERCISE and config.server.host in LOOPBACK
    return config.node.url if is_local else ""


def with_passkeys(node: Node) -> Node:
    """The node with passkeys for its pages, where it has any. They take long to import, and few commands need them."""
    url = pages_url(node.config)
    if not url:
        return node
    from comity.adapters.passkeys import SitePasskeys

    return replace(node, office=replace(node.office, passkeys=SitePasskeys(url, node.office.name)))


def identity_provider(node: Node) -> IdentityProvider | None:
    """The authority's own identity provider, if it is configured. Raises NotFound or TooLarge for its secret."""
    table = node.config.oidc
    if table is None:
        return None
    from comity.adapters.oidc import OpenIdProvider

    secret = read_limited(node.folder / table.secret_file, _SECRET_LIMIT).decode("utf-8", "replace").strip()
    return OpenIdProvider(
        issuer=table.issuer,
        client_id=table.client_id,
        secret=secret,
        back=f"{pages_url(node.config)}/sign-in/back",
        name=table.name,
        group_claim=table.group_claim,
        person_claim=table.person_claim,
        roles_of_group={group: frozenset(roles) for group, roles in table.groups.items()},
        clock=node.office.clock,
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where evidence, the published log and the head it was signed at last are kept."""

    parts: PartStore
    packages: PackageStore
    log: LogFolder
    head: SignedHead


def _kept(config: Config, folder: Path) -> _Kept:
    """In the node's folder, or in the object store."""
    head = SignedHeadFile(folder / "signed-head", config.log.origin)
    if config.objects is None:
        parts = PartFiles(folder / "parts", least_free=config.evidence.least_free_bytes)
        return _Kept(parts, PackageFolders(folder / "evidence"), LogFiles(folder / "log"), head)
    from comity.adapters.objects_s3 import S3Log, S3Packages, S3Parts, S3SignedHead, carry_over

    bucket = bucket_of(config, folder)
    shared = S3SignedHead(bucket, config.log.origin)
    carry_over(head, shared)
    return _Kept(S3Parts(bucket), S3Packages(bucket, SystemRandomness(), SystemClock()), S3Log(bucket), shared)


def bucket_of(config: Config, folder: Path) -> "Bucket":
    """The object store of [objects]. Raises NotFound where there is none, and what its credentials' file raises."""
    from comity.adapters.s3_bucket import Bucket

    table = config.objects
    if table is None:
        raise NotFound("the configuration names no object store", hint="add [objects]: docs/operations.md")
    return Bucket(table, read_credentials(folder / table.credentials_file) if table.credentials_file else None)


def check_objects(config: Config, folder: Path) -> None:
    """Before a node serves or works: raise Unavailable where its object store does not keep the conditions under which
    things are written once."""
    if config.objects is not None:
        bucket_of(config, folder).probe(SystemRandomness())


def _locks(config: Config, folder: Path) -> Lock:
    """On one machine by files; over a server, that processes of several machines share, by its rows."""
    where = database_of(config, folder)
    if not isinstance(where, Server):
        return FileLocks(folder)
    from comity.adapters.sql.locks import RowLocks

    return RowLocks(where)


def _office(config: Config, folder: Path, database: Database, keys: KeyFiles, clock: Clock | None = None) -> Office:
    kept = _kept(config, folder)
    return Office(
        node=NodeId(config.node.id),
        role=config.node.role,
        mode=config.node.mode,
        name=config.node.name,
        origin=config.log.origin,
        people={ActorId(person.id): frozenset(person.roles) for person in config.people},
        witnesses=tuple(NodeId(witness) for witness in config.log.witnesses),
        witnesses_needed=config.log.witnesses_needed,
        pad_to=config.log.pad_to,
        store=database,
        keys=keys,
        clock=clock or SystemClock(),
        randomness=SystemRandomness(),
        courier=HttpCourier(config.node.mode, [parse_network(one) for one in config.exchange.may_reach]),
        parts=kept.parts,
        packages=kept.packages,
        log_folder=kept.log,
        signed_head=kept.head,
        lock=_locks(config, folder),
        most_evidence_bytes=config.evidence.most_bytes_a_case,
        retention=config.retention,
        lease_seconds=config.exchange.lease_seconds,
        stamper=http_stamper(config.evidence.time_authority) if config.evidence.time_authority else None,
    )


@dataclass(frozen=True, slots=True)
class Founded:
    """What a new node hands out: a directory and the fingerprint of its roots, or a card and the key to read out."""

    entity: Entity
    file: Path
    to_compare: str


def found_node(folder: Path, config: Config, passphrase: bytes, clock: Clock | None = None) -> Founded:
    """Make a node in a new folder: all of it or nothing. clock: the machine's unless another is given, for exercises
    that begin in the past. Raises Conflict, Malformed or Unavailable."""
    check_passphrase(passphrase)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict("the folder is not empty", where=str(folder), hint="name a new one; nothing is written over")
    part = folder.with_name(folder.name + ".part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
        entity, name, data, to_compare = _fill(part, config, passphrase, clock)
        write_whole(part / name, data)
        if folder.is_dir():
            folder.rmdir()
        part.rename(folder)
    except OSError as error:
        raise disk_error(error, folder) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Founded(entity, folder / name, to_compare)


def _fill(folder: Path, config: Config, passphrase: bytes, clock: Clock | None) -> tuple[Entity, str, bytes, str]:
    write_whole(folder / FILE_NAME, write_config(config))
    read_config(folder / FILE_NAME)
    lists_itself = config.node.role is not Role.PROVIDER
    uses = (*OF_NODES, ROOT) if lists_itself else OF_NODES
    keys = make_keys(folder / "keys", passphrase, tuple(uses), SystemRandomness())
    for name in ("log", "evidence", "parts"):
        (folder / name).mkdir()
    where = database_of(config, folder)
    make_new(where)
    try:
        return _list_itself(folder, config, keys, where, lists_itself, clock)
    except BaseException:
        if isinstance(where, Server):  # a file goes with the folder
            unmake(where)
        raise


def _list_itself(
    folder: Path, config: Config, keys: KeyFiles, where: Path | Server, lists_itself: bool, clock: Clock | None
) -> tuple[Entity, str, bytes, str]:
    database = open_database(where)
    try:
        office = _office(config, folder, database, keys, clock)
        entity = keep_directory.describe(
            keys,
            node=office.node,
            role=office.role,
            name=office.name,
            endpoint="" if config.exchange.pull else config.node.url,
            origin=office.origin,
            now=office.clock.now(),
        )
        if lists_itself:
            signed = keep_directory.found_list(office, entity, [keys.signer(ROOT)])
            return entity, "directory.json", signed.data, spoken(signed.fingerprint)
        return entity, "card.jws", keep_directory.card(entity, keys), keys.signer(Use.AUTHORITY).kid
    finally:
        database.close()
