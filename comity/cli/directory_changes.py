"""`comity directory rotate|prolong|revoke|create|adopt`: changes of our own State's list."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from comity.adapters.files import read_limited, write_whole
from comity.adapters.keys_file import ROOT
from comity.base.errors import NotFound
from comity.base.instants import Instant
from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import ask_for_yes, opened
from comity.crypto.signatures import Signer
from comity.exchange.directory import LIMIT, Use, parse_spoken, spoken
from comity.exchange.directory_changes import NOTICE_DAYS
from comity.exchange.message import Role
from comity.wiring import Node
from comity.workflows import change_directory, keep_directory

Out = Annotated[Path | None, typer.Option("--out", "-o", help="Where to write the list, or the card, to hand on.")]


class Kept(StrEnum):
    """The keys that are listed for longer (`change_directory.KEPT`); the others are rotated."""

    LOG = Use.LOG
    WITNESS = Use.WITNESS
    EVIDENCE = Use.EVIDENCE
    LOG_MLDSA44 = Use.LOG_MLDSA44
    WITNESS_MLDSA44 = Use.WITNESS_MLDSA44


def rotate(
    use: Annotated[Literal["transport", "authority", "encryption", "receipt"], typer.Argument(help="Which key it is.")],
    config: Config,
    person: Person,
    since: Annotated[str, typer.Option("--from", help="When it is first used; in a week if left out.")] = "",
    out: Out = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make this node's next key of a use and list it. It takes over by itself; the one before stays good for a month.

    A provider or a witness gets a new card, for its State to enrol.

    \b
    Example: comity directory rotate encryption --config xb/comity.toml --as olga
    """
    wanted = Use(use)
    with opened(config, passphrase_file) as node:
        now = node.office.clock.now()
        start = Instant.parse(since) if since else now.plus_days(NOTICE_DAYS).plus_seconds(60)
        change_directory.check_next(node.office, wanted, start)
        public = node.keys.add(wanted, start, node.office.randomness)
        if node.office.role is Role.AUTHORITY:
            done = change_directory.rotate(node.office, person, wanted, public, start, roots_of(node))
            tell_change(done, out or node.folder / "directory.json", as_json)
            return
        entity = change_directory.with_next(node.office, wanted, public, start)
        target = out or node.folder / "card.jws"
        write_whole(target, keep_directory.card(entity, node.keys))
    if as_json:
        output.emit_json({"ok": True, "card": str(target)})
    else:
        output.result(f"hand {output.clean(str(target))} to your State: comity directory enrol")


def prolong(
    config: Config,
    person: Person,
    uses: Annotated[
        list[Kept] | None,
        typer.Argument(help="Which keys; all of these that the node has if none is named."),
    ] = None,
    node_id: Annotated[str, typer.Option("--node", help="Another node of your State; this one if left out.")] = "",
    out: Out = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """List keys for another year that do not change: evidence is sealed to one, and others hold a log and a witness to
    theirs. The keys of a provider or a witness are prolonged by its State, with --node.

    The other keys change instead: comity directory rotate. A passkey of an approver is listed by: directory amend.

    \b
    Example: comity directory prolong evidence witness --config xb/comity.toml --as olga
    """
    with opened(config, passphrase_file) as node:
        done = change_directory.prolong(node.office, person, tuple(map(Use, uses or ())), roots_of(node), node=node_id)
        tell_change(done, out or node.folder / "directory.json", as_json)


def revoke(
    key: Annotated[str, typer.Argument(help="The id of the key, as comity directory show --json has it.")],
    config: Config,
    person: Person,
    since: Annotated[
        str, typer.Option(help="Since when it is not to be believed: the earliest doubt. Now if left out.")
    ] = "",
    node_id: Annotated[str, typer.Option("--node", help="Another node of your State; this one if left out.")] = "",
    out: Out = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Say that a key is lost or stolen. It can never be taken back, and what it signed since is to be looked at again.

    \b
    Example: comity directory revoke z-MEiHeRiosrxN1 --since 2026-11-20T00:00:00Z --config xb/comity.toml --as olga
    """
    if not yes:
        ask_for_yes(f"A revoked key stays revoked for ever. Revoke {key}?", look_first="comity directory show --json")
    with opened(config, passphrase_file) as node:
        moment = Instant.parse(since) if since else node.office.clock.now()
        done = change_directory.revoke(node.office, person, key, moment, roots_of(node), node=node_id)
        tell_change(done, out or node.folder / "directory.json", as_json)


def create(
    config: Config,
    person: Person,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The draft to carry to the roots' keepers; it must not exist yet.")
    ],
    root: Annotated[
        list[str] | None, typer.Option(help="A root's public key, as comity directory root printed it; repeat.")
    ] = None,
    threshold: Annotated[int, typer.Option(help="How many roots must sign.", min=1, max=16)] = 2,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Draft your State's next directory, to be signed away from the network: under its roots, or under new ones.

    \b
    Example: comity directory create --config xb/comity.toml --as olga --root K1 --root K2 --root K3 -o next.json
    """
    with opened(config, passphrase_file) as node:
        data = change_directory.propose(node.office, person, roots=tuple(root or ()), threshold=threshold)
    write_whole(out, data, replace=False)
    if as_json:
        output.emit_json({"ok": True, "draft": str(out)})
    else:
        output.result(f"drafted: {output.clean(str(out))}; next: comity directory sign")


def adopt(
    file: Annotated[Path, typer.Argument(help="Your State's directory with its roots' signatures.")],
    config: Config,
    person: Person,
    fingerprint: Annotated[str, typer.Option(help="The fingerprint of the roots, where they are new.")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Put your State's newly signed directory in force at its own node.

    \b
    Example: comity directory adopt next.json --config xb/comity.toml --as olga
    """
    data = read_limited(file, LIMIT)
    with opened(config, passphrase_file) as node:
        confirmed = parse_spoken(fingerprint) if fingerprint else None
        signed = change_directory.adopt(node.office, person, data, confirmed)
        write_whole(node.folder / "directory.json", signed.data)
    if as_json:
        output.emit_json({"ok": True, "sequence": signed.value.sequence, "fingerprint": str(signed.fingerprint)})
    else:
        output.result(f"in force: sequence {signed.value.sequence}, roots {spoken(signed.fingerprint)}")


def roots_of(node: Node) -> list[Signer]:
    """The root key kept at the node, if it is kept there."""
    try:
        return [node.keys.signer(ROOT)]
    except NotFound:
        return []


def write_change(done: change_directory.Changed, target: Path) -> Path:
    """Write the list, or its draft, which never takes the place of the list that is in force; where it is."""
    if done.signed is None and target.name == "directory.json":
        target = target.with_name("next.json")
    write_whole(target, done.data)
    return target


def tell_change(done: change_directory.Changed, target: Path, as_json: bool) -> None:
    target = write_change(done, target)
    sequence = done.value.sequence
    if as_json:
        output.emit_json({"ok": True, "file": str(target), "sequence": sequence, "in_force": done.signed is not None})
    elif done.signed is not None:
        output.result(
            f"in force: sequence {sequence}; hand {output.clean(str(target))} to peers, who need no new fingerprint"
        )
    else:
        output.result(f"drafted: {output.clean(str(target))}; next: comity directory sign, then comity directory adopt")
