"""The node's one configuration file, `comity.toml`; every mistake in it is named with its line.

Paths are relative to the file's folder. Nothing secret stands in it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from comity.adapters.addresses import may_call, parse_network
from comity.adapters.config_objects import ObjectsTable, lines_of_objects, mistakes_in
from comity.adapters.files import read_limited
from comity.base.errors import ComityError, Malformed, Mistake
from comity.base.ids import actor_id, node_id
from comity.base.mode import Mode
from comity.base.parsing import find_line, read_toml
from comity.cases.retention import Policy
from comity.exchange.message import Role
from comity.transparency.checkpoint import check_origin
from comity.workflows.access import PersonRole

CONFIG_LIMIT = 256 * 1024
_LEAST_DAYS = {
    "case_days": 52,
    "open_days": 1,
    "draft_days": 1,
    "evidence_days": 1,
    "copy_days": 1,
    "access_days": 30,
    "people_days": 30,
    "question_days": 30,
    "use_days": 0,
}
"""A case stays until its last period is closed with each peer; who looked, until somebody can have asked."""
FILE_NAME = "comity.toml"

_Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
_Seconds = Annotated[int, msgspec.Meta(ge=1, le=86400)]


class NodeTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[node] who this is. `url`: where peers reach it."""

    id: str
    role: Role
    mode: Mode
    name: str
    url: str


class ServerTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[server] where it listens."""

    host: str = "127.0.0.1"
    port: _Port = 8400


class LogTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[log] `pad_to`: pad to a multiple of so many entries before each checkpoint; 1 for none."""

    origin: str
    publish_seconds: _Seconds = 3600
    pad_to: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 256
    witnesses: tuple[str, ...] = ()
    witnesses_needed: Annotated[int, msgspec.Meta(ge=0, le=32)] = 0


class DatabaseTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[database] `path`: an SQLite file; or `url`: a PostgreSQL database as libpq names it, and `password_file`: a file
    with its password, if it asks for one. COMITY_DATABASE_PASSWORD in the environment does as well."""

    path: str = "comity.db"
    url: str = ""
    password_file: str = ""


class PagesTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[pages] the pages for people. `url`: where they open them; `proxy`: the host from which the TLS proxy before them
    connects; or `certificate` and `key`, PEM files, with a `port` of their own. Without a port they are beside what
    peers ask for, at the address of [server]."""

    url: str
    host: str = "127.0.0.1"
    port: _Port | None = None
    proxy: str = ""
    certificate: str = ""
    key: str = ""


class OidcTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[oidc] the authority's own identity provider. `secret_file`: a file beside this one; `groups`: which roles each
    group of `group_claim` has: nobody else is let in, and nobody gets another role."""

    issuer: str
    client_id: str
    secret_file: str
    groups: dict[str, tuple[PersonRole, ...]]
    name: str = "your office's account"
    group_claim: str = "groups"
    person_claim: str = "preferred_username"


class PersonTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[people]] a pseudonym and what they may do."""

    id: str
    roles: tuple[PersonRole, ...]


class ApiTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[api] whether the JSON interface answers under /api/, for tokens that an operator made."""

    enabled: bool = False


class EvidenceTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[evidence] `time_authority`: address of an RFC 3161 time-stamp authority, asked at every sealing; '' for none.

    What peers bring: `most_bytes_a_case` (0 for no limit), and none while less than `least_free_bytes` of the disk are
    free.
    """

    time_authority: str = ""
    most_bytes_a_case: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)] = 0
    least_free_bytes: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)] = 64 * 1024 * 1024


class ExchangeTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[exchange] `may_reach`: networks in which peers may be called beside public addresses, as 10.1.0.0/16; `pull`:
    nobody reaches this node from outside, so it is listed without an address and calls its peers for what waits;
    `lease_seconds`: how long what one of several processes has in hand is left to it."""

    may_reach: tuple[str, ...] = ()
    pull: bool = False
    lease_seconds: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 60


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    format: Literal[1]
    node: NodeTable
    log: LogTable
    server: ServerTable = ServerTable()
    database: DatabaseTable = DatabaseTable()
    objects: ObjectsTable | None = None
    pages: PagesTable | None = None
    oidc: OidcTable | None = None
    people: tuple[PersonTable, ...] = ()
    api: ApiTable = ApiTable()
    evidence: EvidenceTable = EvidenceTable()
    exchange: ExchangeTable = ExchangeTable()
    retention: Policy = Policy()


def read_config(path: Path) -> Config:
    """Raises NotFound, TooLarge or Malformed, with every mistake and its line."""
    data = read_limited(path, CONFIG_LIMIT)
    config = read_toml(data, Config, limit=CONFIG_LIMIT, what=str(path))
    mistakes = _meaning(config)
    if mistakes:
        text = data.decode("utf-8")
        placed = [Mistake(found.field, found.what, find_line(text, found.field)) for found in mistakes]
        raise Malformed(
            f"{placed[0].field}: {placed[0].what}",
            where=f"{path}, line {placed[0].line}",
            hint="mend the lines named; the node was not started",
            mistakes=placed,
        )
    return config


def _meaning(config: Config) -> list[Mistake]:
    """What is well-formed but cannot be."""
    found: list[Mistake] = []

    def check(field: str, test: Callable[[str], object], *values: str) -> None:
        try:
            for value in values:
                test(value)
        except ComityError as error:
            found.append(Mistake(field, error.what))

    if config.database.url:
        from comity.adapters.sql.postgres import check_url  # its import takes long, and a file needs none of it

        check("database.url", check_url, config.database.url)
        if config.database.path != DatabaseTable().path:
            found.append(Mistake("database.path", "either a path or a url"))
    elif config.database.password_file:
        found.append(Mistake("database.password_file", "it is for a url: a file has no password"))
    if not config.database.path or Path(config.database.path).name in ("", "..", FILE_NAME):
        found.append(Mistake("database.path", "the name of a file"))
    check("node.id", node_id, config.node.id)
    check("log.origin", check_origin, config.log.origin)
    check("log.witnesses", node_id, *config.log.witnesses)
    check("exchange.may_reach", parse_network, *config.exchange.may_reach)
    for n, person in enumerate(config.people):
        check(f"people[{n}].id", actor_id, person.id)
    names = [person.id for person in config.people]
    if len(set(names)) != len(names):
        found.append(Mistake("people", "a person is named twice"))
    if len(config.log.witnesses) < config.log.witnesses_needed:
        found.append(Mistake("log.witnesses_needed", "more than there are witnesses"))
    if not may_call(config.node.url, config.node.mode):
        found.append(Mistake("node.url", "https and not loopback, or in an exercise http on loopback"))
    for name, least in _LEAST_DAYS.items():
        if getattr(config.retention, name) < least:
            found.append(Mistake(f"retention.{name}", f"at least {least} days"))
    if config.objects is not None:
        found += mistakes_in(config.objects, config.node.mode)
    found += _of_pages(config)
    return found


_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def _of_pages(config: Config) -> list[Mistake]:
    """Pages go over https, or in an exercise over http on loopback; what ends TLS is named, or the certificate is."""
    pages, found = config.pages, list[Mistake]()
    if config.oidc is not None:
        found += _of_oidc(config.oidc, config)
    if pages is None:
        return found
    parts = urlsplit(pages.url)
    is_local = config.node.mode is Mode.EXERCISE and parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not is_local and (parts.scheme != "https" or not parts.hostname):
        found.append(Mistake("pages.url", "https://HOST, or in an exercise http on loopback"))
    elif parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        found.append(Mistake("pages.url", "an address without a path"))
    elif not is_local and "." not in str(parts.hostname):
        found.append(Mistake("pages.url", "a full name: browsers bind passkeys to it"))
    if bool(pages.certificate) != bool(pages.key):
        found.append(Mistake("pages.key", "a certificate and its key go together"))
    if pages.certificate and pages.port is None:
        found.append(Mistake("pages.port", "pages with a certificate need a port of their own"))
    if pages.certificate and pages.proxy:
        found.append(Mistake("pages.proxy", "either a proxy ends TLS, or the certificate is here"))
    listens = config.server.host if pages.port is None else pages.host
    if not is_local and not pages.certificate and (pages.proxy not in _LOOPBACK or listens not in _LOOPBACK):
        found.append(Mistake("pages.proxy", 'without a certificate: proxy = "127.0.0.1", and listen on loopback only'))
    return found


def _of_oidc(oidc: OidcTable, config: Config) -> list[Mistake]:
    parts, found = urlsplit(oidc.issuer), list[Mistake]()
    is_exercise = config.node.mode is Mode.EXERCISE and parts.hostname in _LOOPBACK
    if not parts.hostname or (parts.scheme != "https" and not is_exercise):
        found.append(Mistake("oidc.issuer", "https://HOST..., as the provider names itself"))
    if config.pages is None:
        found.append(Mistake("oidc", "it is for the pages: [pages] is missing"))
    if not oidc.groups:
        found.append(Mistake("oidc.groups", "nobody could sign in: name a group and its roles"))
    return found


def write_config(config: Config) -> bytes:
    """The text of a new file, with a comment for each table."""
    node, server, log = config.node, config.server, config.log
    lines = [
        "# comity node. Keep a copy of this file; nothing in it is secret.",
        "format = 1",
        "",
        "[node]",
        f"id = {_q(node.id)}",
        f"role = {_q(node.role)}",
        f"mode = {_q(node.mode)}  # exercise or live; the two never mix",
        f"name = {_q(node.name)}",
        f"url = {_q(node.url)}  # where peers reach this node",
        "",
        "[server]",
        f"host = {_q(server.host)}",
        f"port = {server.port}",
        "",
        *lines_of_database(config.database),
        *lines_of_objects(config.objects),
        "[log]",
        f"origin = {_q(log.origin)}  # never changes",
        f"publish_seconds = {log.publish_seconds}",
        f"pad_to = {log.pad_to}  # hides how much happens; 1 for none",
        f"witnesses = [{', '.join(_q(witness) for witness in log.witnesses)}]",
        f"witnesses_needed = {log.witnesses_needed}",
        "",
        "[api]",
        f"enabled = {str(config.api.enabled).lower()}  # the JSON interface: comity token create",
    ]
    if config.exchange != ExchangeTable():
        lines += ["", "[exchange]"]
    if config.exchange.pull:
        lines += ["pull = true  # nobody reaches this node from outside: it calls its peers"]
    if config.exchange.lease_seconds != ExchangeTable().lease_seconds:
        lines += [f"lease_seconds = {config.exchange.lease_seconds}"]
    for person in config.people:
        roles = ", ".join(_q(role) for role in person.roles)
        lines += ["", "[[people]]", f"id = {_q(person.id)}", f"roles = [{roles}]"]
    return ("\n".join(lines) + "\n").encode()


def lines_of_database(table: DatabaseTable) -> list[str]:
    """Its lines, where it is not the file that every node has unless another is named."""
    if table == DatabaseTable():
        return []
    named = {"url": table.url, "password_file": table.password_file} if table.url else {"path": table.path}
    return ["[database]", *(f"{key} = {_q(value)}" for key, value in named.items() if value), ""]


def _q(text: str) -> str:
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007F")  # a JSON string is a TOML one, but for DEL
