"""`comity directory`: whose keys are trusted here."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited, write_whole
from comity.base.counted import counted
from comity.base.errors import ComityError, NotPermitted
from comity.base.instants import Instant
from comity.cli import directory_changes, directory_emergencies, directory_history, directory_roots, output
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import at_terminal, opened
from comity.exchange.directory import (
    CARD_LIMIT,
    LIMIT,
    Entity,
    SignedList,
    open_card,
    open_list,
    parse_spoken,
    spoken,
)
from comity.exchange.directory_collection import COLLECTION_LIMIT, format_collection, open_collection
from comity.workflows import change_directory, keep_directory
from comity.workflows.office import Office

app = typer.Typer(no_args_is_help=True, help="Which keys speak for which authority; whom this node trusts.")
app.command("rotate")(directory_changes.rotate)
app.command("prolong")(directory_changes.prolong)
app.command("revoke")(directory_changes.revoke)
app.command("create")(directory_changes.create)
app.command("adopt")(directory_changes.adopt)
app.command("amend")(directory_emergencies.amend)
app.command("history")(directory_history.history)
app.command("root")(directory_roots.root)
app.command("sign")(directory_roots.sign)
app.command("verify")(directory_roots.verify)
app.command("diff")(directory_roots.diff)


@app.command("trust")
def trust(
    file: Annotated[Path, typer.Argument(help="A State's signed directory.")],
    config: Config,
    person: Person,
    fingerprint: Annotated[
        str, typer.Option(help="The roots' fingerprint, as that State read it to you by another way.")
    ] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Trust a State's directory, once two operators have each confirmed its roots' fingerprint, here or when asked.

    Compare the fingerprint by a way that did not bring the file: a call to a number you already had, a diplomatic note.

    \b
    Example: comity directory trust xb-directory.json --config xa/comity.toml --as olga --fingerprint '1f2e 3d4c ...'
    """
    data = read_limited(file, LIMIT)
    with opened(config, passphrase_file) as node:
        typed = fingerprint
        if not typed and at_terminal() and not _is_known(node.office, open_list(data)):
            output.say(f"The roots of {open_list(data).value.state} are not trusted here yet.")
            typed = typer.prompt("Type the fingerprint that State read to you by another way")
        done = keep_directory.trust(node.office, person, data, parse_spoken(typed) if typed else None)
    if done.missing:
        _tell_awaiting(done, as_json)
        return
    _warn(done)
    _tell(done.signed, as_json)


def _warn(done: keep_directory.Trusted) -> None:
    """A node that looks like another is how a forged authority begins: somebody looks at both first."""
    for one in done.look_alikes:
        output.say(f"look twice: {output.clean(one.node)} looks like {output.clean(one.other)}; ask its State")


def _tell_awaiting(done: keep_directory.Trusted, as_json: bool) -> None:
    if as_json:
        output.emit_json({"ok": True, "trusted": False, "still_to_confirm": done.missing, **_row(done.signed)})
        return
    output.result(f"confirmed; the directory of {done.signed.value.state} is not trusted yet")
    output.say("a second operator compares the fingerprint and does the same, with their own name after --as")


@app.command("export")
def export(
    config: Config,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write; it must not exist yet.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Write every directory trusted here into one file, to start or check a node without a network.

    \b
    Example: comity directory export --config xa/comity.toml -o directories.json
    """
    with opened(config, passphrase_file) as node:
        lists = keep_directory.show(node.office)
    write_whole(out, format_collection(lists), replace=False)
    if as_json:
        output.emit_json({"ok": True, "file": str(out), "lists": [_row(one) for one in lists]})
        return
    output.result(f"{counted(len(lists), 'directory is', 'directories are')} in {output.clean(str(out))}")


@app.command("import")
def import_lists(
    file: Annotated[Path, typer.Argument(help="A file of directories, written by comity directory export.")],
    config: Config,
    person: Person,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Take the newer lists of roots trusted here from one file. Roots that are new here are left, and named.

    \b
    Example: comity directory import directories.json --config xb/comity.toml --as olga
    """
    signed = open_collection(read_limited(file, COLLECTION_LIMIT))
    taken: list[str] = []
    left: dict[str, str] = {}
    with opened(config, passphrase_file) as node:
        for one in signed:
            try:
                _warn(keep_directory.trust(node.office, person, one.data, None))
                taken.append(one.value.state)
            except ComityError as error:
                left[one.value.state] = error.what
    if as_json:
        output.emit_json({"ok": not left, "taken": taken, "left": left})
    else:
        output.result(f"taken: {', '.join(taken) or 'none'}")
        for state, why in left.items():
            output.say(f"left {state}: {output.clean(why)}")


def _is_known(office: Office, signed: SignedList) -> bool:
    return any(one.fingerprint == signed.fingerprint for one in keep_directory.show(office))


@app.command("enrol")
def enrol(
    card: Annotated[Path, typer.Argument(help="A node's card, made by its comity init.")],
    config: Config,
    person: Person,
    key: Annotated[str, typer.Option(help="The card's authority key id, as its owner read it to you.")] = "",
    out: Annotated[Path | None, typer.Option(help="Where to write the new directory.")] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """List a node of your own State (a service provider, a witness) and sign the directory anew.

    \b
    Example: comity directory enrol card.jws --config xb/comity.toml --as olga --key z-MEiHeRiosrxN1...
    """
    data = read_limited(card, CARD_LIMIT)
    with opened(config, passphrase_file) as node:
        if not key:
            name = open_card(data).id
            raise NotPermitted(f"the key of {name} was not confirmed", hint="have its owner read it to you, then --key")
        roots = directory_changes.roots_of(node)
        done = change_directory.enrol(node.office, person, data, key, roots)
        directory_changes.tell_change(done, out or node.folder / "directory.json", as_json)


@app.command("renew")
def renew(
    config: Config,
    person: Person,
    out: Annotated[Path | None, typer.Option(help="Where to write the new directory.")] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Sign your own State's directory anew for another 30 days, and hand it to peers before the old one ends.

    Where its roots are kept elsewhere, this drafts it for them to sign.

    \b
    Example: comity directory renew --config xb/comity.toml --as olga
    """
    with opened(config, passphrase_file) as node:
        roots = directory_changes.roots_of(node)
        done = change_directory.amend(node.office, person, roots, lambda entity: entity)
        directory_changes.tell_change(done, out or node.folder / "directory.json", as_json)


@app.command("show")
def show(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Show every directory trusted here.

    \b
    Example: comity directory show --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        lists = keep_directory.show(node.office)
    if as_json:
        output.emit_json({"ok": True, "lists": [_row(one) for one in lists]})
        return
    rows = [
        (one.value.state, str(one.value.sequence), entity.id, entity.role, entity.endpoint)
        for one in lists
        for entity in one.value.entities
    ]
    output.table(("State", "Sequence", "Node", "Role", "Address"), rows)
    for one in lists:
        output.result(f"{one.value.state} roots: {spoken(one.fingerprint)}")
        output.result(f"{one.value.state} good until {Instant.from_seconds(one.value.next_update)}")


def _row(signed: SignedList) -> dict[str, object]:
    value = signed.value
    return {
        "state": value.state,
        "mode": value.mode,
        "sequence": value.sequence,
        "fingerprint": str(signed.fingerprint),
        "next_update": value.next_update,
        "nodes": [
            {"id": one.id, "role": one.role, "name": one.name, "url": one.endpoint, "keys": _keys(one)}
            for one in value.entities
        ],
    }


def _keys(entity: Entity) -> list[dict[str, object]]:
    return [
        {
            "use": key.use,
            "kid": key.kid,
            "not_before": key.not_before,
            "not_after": key.not_after,
            "compromised_since": key.compromised_since,
        }
        for key in entity.keys
    ]


def _tell(signed: SignedList, as_json: bool) -> None:
    if as_json:
        output.emit_json({"ok": True, **_row(signed)})
        return
    output.result(f"trusted: the directory of {signed.value.state}, sequence {signed.value.sequence}")
    for entity in signed.value.entities:
        output.result(f"  {output.clean(entity.id)}  {entity.role}  {output.clean(entity.name)}")
