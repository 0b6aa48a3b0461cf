"""`comity init`: make a node."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
import typer

from comity.adapters.addresses import may_call
from comity.adapters.config import Config, ExchangeTable, LogTable, NodeTable, PersonTable, ServerTable
from comity.base.errors import ComityError, Malformed
from comity.base.ids import actor_id, is_exercise_state, node_id, state_code, state_of
from comity.base.mode import Mode
from comity.cli import output
from comity.cli.database_options import DatabaseUrl, PasswordFile, database_table
from comity.cli.options import Json, PassphraseFile
from comity.cli.session import read_passphrase
from comity.exchange.message import Role
from comity.wiring import Founded, found_node
from comity.workflows.access import PersonRole
from comity.workflows.keep_directory import TRUSTERS

_EXERCISE_PUBLISH_SECONDS = 1
_LIVE_PUBLISH_SECONDS = 3600
_LIVE_PAD = 256


class ModeChoice(StrEnum):
    EXERCISE = "exercise"
    LIVE = "live"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder for the node.")],
    role: Annotated[Role, typer.Option(help="What the node is.")],
    state: Annotated[str, typer.Option(help="The State's code; XA to XZ for an exercise.")],
    name: Annotated[str, typer.Option(help="The node's name, as peers will read it.")] = "",
    node: Annotated[
        str, typer.Option("--id", help="Its id, as XA/central-authority; made from the role if not given.")
    ] = "",
    url: Annotated[str, typer.Option(help="Where peers reach it.")] = "http://127.0.0.1:8400",
    mode: Annotated[ModeChoice, typer.Option(help="Exercise or live: the two never mix.")] = ModeChoice.EXERCISE,
    person: Annotated[
        list[str] | None, typer.Option(help="A person and their roles, as anna=case_lawyer,reviewer; again for more.")
    ] = None,
    witness: Annotated[list[str] | None, typer.Option(help="A node to ask for cosignatures; again for more.")] = None,
    pull: Annotated[
        bool, typer.Option("--pull", help="Nobody reaches it from outside: it calls its peers for what waits.")
    ] = False,
    database_url: DatabaseUrl = "",
    database_password_file: PasswordFile = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make a node: keys, database, configuration, and a directory (or a provider's card) to hand to peers.

    Nothing is written unless all of it can be. The passphrase is stored nowhere.

    \b
    Example: comity init xa --role authority --state XA --person anna=duty_officer --person bo=case_lawyer,operator
    """
    config = new_config(role, state, name, node, url, Mode(mode), person or [], witness or [])
    config = msgspec.structs.replace(config, database=database_table(database_url, database_password_file))
    config = msgspec.structs.replace(config, exchange=ExchangeTable(pull=pull))
    if folder.resolve() == Path.cwd():
        raise Malformed("the folder is the one you are in", where=str(folder), hint="go up one, and name it from there")
    founded = found_node(folder, config, read_passphrase(passphrase_file, new=True))
    _tell(founded, folder, config, as_json)


def new_config(
    role: Role, state: str, name: str, node: str, url: str, mode: Mode, people: list[str], witnesses: list[str]
) -> Config:
    """The configuration of a new node. Raises Malformed for what cannot be."""
    with _of("--state"):
        code = state_code(state)
    if mode is Mode.EXERCISE and not is_exercise_state(code):
        raise Malformed(f"{code} is a real State's code", where="--state", hint="exercises are between XA, XB ... XZ")
    if mode is Mode.LIVE and is_exercise_state(code):
        raise Malformed(f"{code} is an invented State", where="--state", hint="a live node takes its ISO 3166-1 code")
    default = {"authority": "central-authority", "provider": "provider", "witness": "witness"}[role]
    with _of("--id"):
        identity = node_id(node or f"{code}/{default}")
    if state_of(identity) != code:
        raise Malformed(f"{identity} is not of {code}", where="--id", hint=f"it begins with the State: {code}/...")
    if not may_call(url, mode):
        raise Malformed(
            "peers could not call this address",
            where="--url",
            hint="https and not this machine; in an exercise also http://127.0.0.1:PORT",
        )
    for asked in witnesses:
        with _of("--witness"):
            node_id(asked)
    is_live = mode is Mode.LIVE
    return Config(
        format=1,
        node=NodeTable(identity, role, mode, name or identity, url),
        server=ServerTable(host="127.0.0.1", port=urlsplit(url).port or 8400),
        log=LogTable(
            origin=f"{'log' if is_live else 'exercise'}.comity.example/{identity}",
            publish_seconds=_LIVE_PUBLISH_SECONDS if is_live else _EXERCISE_PUBLISH_SECONDS,
            pad_to=_LIVE_PAD if is_live else 1,
            witnesses=tuple(witnesses),
            witnesses_needed=1 if witnesses else 0,
        ),
        people=tuple(_person(text) for text in people),
    )


@contextmanager
def _of(option: str) -> Iterator[None]:
    """Name the option in what is said about its value."""
    try:
        yield
    except ComityError as error:
        raise Malformed(error.what, where=option, hint=error.hint) from None


def _person(text: str) -> PersonTable:
    name, _, roles = text.partition("=")
    with _of("--person"):
        actor_id(name)
    try:
        return PersonTable(name, tuple(PersonRole(role) for role in roles.split(",")))
    except ValueError:
        raise Malformed(
            f"no such role in {text!r}", where="--person", hint=f"name=role,role of: {', '.join(PersonRole)}"
        ) from None


def _tell(founded: Founded, folder: Path, config: Config, as_json: bool) -> None:
    is_card = config.node.role is Role.PROVIDER
    if as_json:
        output.emit_json(
            {
                "ok": True,
                "node": founded.entity.id,
                "mode": config.node.mode,
                "config": str(folder / "comity.toml"),
                "file": str(founded.file),
                "compare": founded.to_compare,
            }
        )
        return
    stamp = f"{config.node.mode.stamp}: " if config.node.mode.stamp else ""
    output.result(f"{stamp}made {founded.entity.id} in {output.clean(str(folder))}")
    if is_card:
        output.result(f"hand {output.clean(str(founded.file))} to your State's authority, and read out its key:")
    else:
        output.result(
            f"hand {output.clean(str(founded.file))} to peers, and compare its roots' fingerprint out of band:"
        )
    output.result(f"  {founded.to_compare}")
    if config.node.mode is Mode.LIVE and not is_card:
        output.say("keep keys/root.jwe offline: it is needed only to sign a new directory")
    named = output.clean("[[people]] in comity.toml")
    if not config.people:
        invite = f"comity people invite ID --first --config {output.clean(str(folder / 'comity.toml'))}"
        output.say(f"nobody may act here yet: {invite}, or name people under {named}")
    elif sum(PersonRole.OPERATOR in one.roles for one in config.people) < TRUSTERS:
        output.say(f"it takes {TRUSTERS} operators to trust a State's directory: name another under {named}")
    output.say(f"next: comity serve --config {output.clean(str(folder / 'comity.toml'))}")
