"""`comity log policy|rotate|retire|recover|acknowledge|close|erase`: what a log's operator does now and then."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import write_whole
from comity.adapters.log_sources import open_source
from comity.base.counted import counted
from comity.base.errors import NotPermitted
from comity.cli import output
from comity.cli.directory_changes import roots_of, write_change
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.exchange.directory import Use
from comity.exchange.directory_changes import NOTICE_DAYS
from comity.exchange.message import Role
from comity.transparency.note import VerifierKey
from comity.workflows import (
    acknowledge_alarm,
    change_directory,
    close_pairs,
    erase_case,
    read_cases,
    recover_log,
    rotate_log_key,
)
from comity.workflows.log_keys import cosigner_keys, own_keys
from comity.workflows.office import directory


def policy(
    config: Config,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The file to write, which must not exist yet; else it is printed."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Print the policy file by which others may check this log: its keys, its witnesses, how many are needed.

    \b
    Example: comity log policy --config xa/comity.toml -o xa.policy
    """
    with opened(config, passphrase_file, unlock=(Use.LOG,)) as node:
        office, now = node.office, node.office.clock.now()
        with office.store.transaction() as tx:
            keys = [one.key for one in own_keys(office, tx) if one.retired is None]
            known = directory(tx)
        witnesses = [cosigner_keys(known.entity(one), now) for one in office.witnesses]
    lines = [f"log {key.vkey} {node.config.node.url.rstrip('/')}/log" for key in keys]
    groups = [_witness_lines(number, found) for number, found in enumerate(witnesses, 1)]
    lines += [line for _, of_one in groups for line in of_one]
    names = " ".join(name for name, _ in groups)
    quorum = [f"group quorum-of-all {office.witnesses_needed} {names}", "quorum quorum-of-all"]
    text = "\n".join([*lines, *(quorum if office.witnesses_needed else ["quorum none"])]) + "\n"
    if out is not None:
        write_whole(out, text.encode(), replace=False)
    if as_json:
        output.emit_json({"ok": True, "policy": text, "file": str(out) if out else ""})
    elif out is None:
        typer.echo(text, nl=False)
    else:
        output.result(f"hand {output.clean(str(out))} to whoever checks this log")


def _witness_lines(number: int, keys: tuple[VerifierKey, ...]) -> tuple[str, list[str]]:
    """A witness's name in the policy, and its lines: its keys count as one."""
    names = [f"w{number}-{key.kind.name.lower().replace('cosignature_', '')}" for key in keys]
    lines = [f"witness {name} {key.vkey}" for name, key in zip(names, keys, strict=True)]
    return f"w{number}", [*lines, f"group w{number} any {' '.join(names)}"]


def rotate(
    config: Config,
    person: Person,
    out: Annotated[Path | None, typer.Option(help="Where to write the new directory.")] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make the log's next key. It signs beside the old one from now on, for 30 days at least; then: comity log retire.

    The log says so itself. An authority lists the key anew; a provider or a witness asks its State to list it.

    \b
    Example: comity log rotate --config xa/comity.toml --as bo
    """
    with opened(config, passphrase_file, unlock=(Use.LOG,)) as node:
        office = node.office
        is_authority = office.role is Role.AUTHORITY
        in_force, file = False, Path()
        made = rotate_log_key.add_key(office, person)
        if is_authority:
            since = office.clock.now().plus_days(NOTICE_DAYS).plus_seconds(60)
            listed = change_directory.rotate(office, person, Use.LOG, made.key.public, since, roots_of(node))
            in_force, file = listed.signed is not None, write_change(listed, out or node.folder / "directory.json")
    if as_json:
        output.emit_json({"ok": True, "vkey": made.key.vkey, "entry": made.added, "listed": in_force})
        return
    output.result(f"the log's next key is {output.clean(made.key.vkey)}")
    if in_force:
        output.say("hand the new directory to peers and witnesses")
    elif is_authority:
        output.say(f"have {output.clean(str(file))} signed (comity directory sign), then comity directory adopt")
    else:
        output.say("have your State list this key")


def retire(config: Config, person: Person, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """End the log's older key, once both have signed for 30 days. Old checkpoints stay good under it.

    \b
    Example: comity log retire --config xa/comity.toml --as bo
    """
    with opened(config, passphrase_file, unlock=(Use.LOG,)) as node:
        done = rotate_log_key.retire_key(node.office, person)
    if as_json:
        output.emit_json({"ok": True, "vkey": done.key.vkey, "entry": done.retired})
    else:
        output.result(f"retired by entry {done.retired}: {output.clean(done.key.vkey)}")


def recover(
    source: Annotated[str, typer.Argument(help="A copy of this log: a folder, or an address.")],
    config: Config,
    person: Person,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """After a backup was restored: take back the log entries it lacks, as the witnesses saw them. Stop the node first.

    \b
    Example: comity log recover xa-mirror --config xa/comity.toml --as bo
    """
    with opened(config, passphrase_file, unlock=(Use.LOG,)) as node:
        done = recover_log.recover(node.office, person, open_source(source))
    if as_json:
        output.emit_json({"ok": True, "from": done.start, "to": done.end, "moved": done.moved})
    else:
        output.result(f"entries {done.start} to {done.end - 1} are back; {done.moved} of our own stand after them")
        if done.moved:
            output.say(f"what stood from {done.start} on stands from {done.end} on now: letters and proofs follow it")


def acknowledge(
    kind: Annotated[str, typer.Argument(help="The kind of the alarm, as comity log show has it.")],
    config: Config,
    person: Person,
    reasons: Annotated[str, typer.Option(help="What you looked at, and what became of it. It is kept.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """End an alarm about something that happened: pair, proof, case, directory-fork, look-alike, emergency-denied.

    The others end by themselves, once what they are about is over.

    \b
    Example: comity log acknowledge proof --config xa/comity.toml --as bo --reasons "they were off the net; seen since"
    """
    with opened(config, passphrase_file) as node:
        what = acknowledge_alarm.acknowledge(node.office, person, kind, reasons=reasons)
    if as_json:
        output.emit_json({"ok": True, "kind": kind, "what": what})
    else:
        output.result(f"ended, and kept in the record: {output.clean(what)}")


def close(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Close the last month with every peer now. A node that runs does so by itself.

    \b
    Example: comity log close --config xa/comity.toml
    """
    with opened(config, passphrase_file, unlock=(Use.AUTHORITY, Use.TRANSPORT)) as node:
        closed = close_pairs.close_due(node.office)
    if as_json:
        output.emit_json({"ok": True, "closed": closed})
    else:
        output.result(f"closed with {counted(closed, 'peer')}")


def erase(
    case: Annotated[str, typer.Argument(help="The case, or the end of its id.")],
    basis: Annotated[str, typer.Option(help="The law it rests on, in words. It stands in public: no names.")],
    config: Config,
    person: Person,
    confirm: Annotated[str, typer.Option(help="The whole id of the case once more: this cannot be undone.")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Destroy a case that is over: its key, its file, its messages. Its log entries stay, as noise.

    What stays elsewhere: the counterpart's copy, proofs handed out with an opening, older backups, evidence packages.

    \b
    Example: comity log erase 4f2a --basis 'Data Act, s. 31' --confirm 01a2... --config xa/comity.toml --as rose
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case)
        if confirm != found.id:
            raise NotPermitted("an erasure is not undone", where="--confirm", hint=f"once more: {found.id}")
        done = erase_case.erase(node.office, person, found.id, basis)
    if as_json:
        output.emit_json(
            {"ok": True, "entries": done.entries, "statement": done.index, "told": done.told, "not_told": done.not_told}
        )
        return
    gone = counted(done.entries, "log entry is", "log entries are")
    output.result(f"erased: {gone} noise now; statement {done.index} says so, without a name")
    for peer in done.not_told:
        output.say(f"{output.clean(peer)} could not be told: tell it by another way")
