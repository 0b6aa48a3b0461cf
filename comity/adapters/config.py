"""The node's one configuration file, `comity.toml`; every mistake in it is named with its line.

Paths are relative to the file's folder. Nothing secret stands in it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from comity.adapters.courier_http import may_call
from comity.adapters.files import read_limited
from comity.base.errors import ComityError, Malformed, Mistake
from comity.base.ids import actor_id, node_id
from comity.base.mode import Mode
from comity.base.parsing import find_line, read_toml
from comity.exchange.message import Role
from comity.transparency.checkpoint import check_origin
from comity.workflows.access import PersonRole

CONFIG_LIMIT = 256 * 1024
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


class PersonTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[people]] a pseudonym and what they may do."""

    id: str
    roles: tuple[PersonRole, ...]


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    format: Literal[1]
    node: NodeTable
    log: LogTable
    server: ServerTable = ServerTable()
    people: tuple[PersonTable, ...] = ()


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

    check("node.id", node_id, config.node.id)
    check("log.origin", check_origin, config.log.origin)
    check("log.witnesses", node_id, *config.log.witnesses)
    for n, person in enumerate(config.people):
        check(f"people[{n}].id", actor_id, person.id)
    names = [person.id for person in config.people]
    if len(set(names)) != len(names):
        found.append(Mistake("people", "a person is named twice"))
    if len(config.log.witnesses) < config.log.witnesses_needed:
        found.append(Mistake("log.witnesses_needed", "more than there are witnesses"))
    if not may_call(config.node.url, config.node.mode):
        found.append(Mistake("node.url", "https and not loopback, or in an exercise http on loopback"))
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
        "[log]",
        f"origin = {_q(log.origin)}  # never changes",
        f"publish_seconds = {log.publish_seconds}",
        f"pad_to = {log.pad_to}  # hides how much happens; 1 for none",
        f"witnesses = [{', '.join(_q(witness) for witness in log.witnesses)}]",
        f"witnesses_needed = {log.witnesses_needed}",
    ]
    for person in config.people:
        roles = ", ".join(_q(role) for role in person.roles)
        lines += ["", "[[people]]", f"id = {_q(person.id)}", f"roles = [{roles}]"]
    return ("\n".join(lines) + "\n").encode()


def _q(text: str) -> str:
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007F")  # a JSON string is a TOML one, but for DEL
