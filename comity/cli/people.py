"""`comity people`: who signs in at the node's pages."""

from typing import Annotated, Any

import typer

from comity.base.errors import Malformed
from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.wiring import with_passkeys
from comity.workflows import people, people_record, people_sessions
from comity.workflows.people_passkeys import passkeys_of
from comity.workflows.people_store import Person as Joined

app = typer.Typer(no_args_is_help=True, help="People who sign in at the pages: invite, list, suspend, roles, sessions.")

Who = Annotated[str, typer.Argument(metavar="ID", help="The person's id here: small letters, digits, dots, dashes.")]
Roles = Annotated[list[str] | None, typer.Option("--role", help="A role of theirs; again for each.")]
By = Annotated[str, typer.Option("--as", help="Who invites: an operator of this node.")]


@app.command("invite")
def invite(
    person: Who,
    config: Config,
    role: Roles = None,
    name: Annotated[str, typer.Option(help="Their name, as colleagues see it.")] = "",
    by: By = "",
    first: Annotated[bool, typer.Option("--first", help="The first operator, when there is nobody to invite.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make a link with which somebody joins: good once, for a quarter of an hour, shown here and kept nowhere.

    They open it in a browser and make a passkey; there are no passwords. Somebody who lost their passkeys is invited
    again under the same id, and the old ones end when they join.

    \b
    Example: comity people invite olga --first --name "Olga B." --config xa/comity.toml
    Example: comity people invite rosa --role reviewer --as olga --config xa/comity.toml
    """
    if first == bool(by):
        raise Malformed("who invites is not said", where="--as", hint="--as ID of an operator, or --first")
    with opened(config, passphrase_file) as found:
        office = with_passkeys(found).office
        port = passkeys_of(office)
        if first:
            invited = people.invite_first(office, person, name, role or ())
        else:
            invited = people.invite(office, by, person, name, role or ())
    link, until = f"{port.origin}/join?link={invited.link}", str(invited.invitation.expires)
    if as_json:
        said = {"person": person, "roles": sorted(invited.invitation.roles), "link": link, "expires": until}
        output.emit_json(said)
        return
    output.say(f"for {person}, once, until {until}; give it to them by a way on which you know them:")
    output.result(link)


@app.command("list")
def list_people(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Everybody who has joined, and who is invited; with --json also every change there was.

    \b
    Example: comity people list --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        known, invited = people.list_all(node.office)
        changes = people_record.changes(node.office)
    if as_json:
        output.emit_json(
            {
                "people": [
                    {**_json(one.person), "passkeys": len(one.passkeys), "sessions": one.sessions} for one in known
                ],
                "invited": [
                    {"person": one.person, "roles": sorted(one.roles), "by": one.by, "expires": str(one.expires)}
                    for one in invited
                ],
                "changes": changes,
            }
        )
        return
    rows = []
    for one in known:
        stands = "provider" if one.person.subject else "active"
        passkeys, sessions = str(len(one.passkeys)), str(one.sessions)
        state = stands if one.person.active else "suspended"
        rows.append([one.person.id, one.person.name, state, ", ".join(sorted(one.person.roles)), passkeys, sessions])
    rows += [
        [one.person, one.name, f"invited until {one.expires}", ", ".join(sorted(one.roles)), "", ""] for one in invited
    ]
    output.table(["id", "name", "stands", "roles", "passkeys", "sessions"], rows)


@app.command("suspend")
def suspend(
    person: Who,
    config: Config,
    by: Person,
    again: Annotated[bool, typer.Option("--lift", help="Let them in again, with the roles they had.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Take a person's roles and end their sessions, at once. Nothing of what they did is touched.

    \b
    Example: comity people suspend rosa --as olga --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = (people.resume if again else people.suspend)(node.office, by, person)
    _tell(found, as_json)


@app.command("roles")
def roles(
    person: Who,
    config: Config,
    by: Person,
    role: Annotated[list[str], typer.Option(help="A role of theirs from now on; again for each.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Give a person these roles instead of those they have, at once.

    \b
    Example: comity people roles rosa --role reviewer --role case_lawyer --as olga --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = people.set_roles(node.office, by, person, role)
    _tell(found, as_json)


@app.command("sessions")
def sessions(
    config: Config,
    end: Annotated[str, typer.Option(metavar="ID", help="End every session of this person.")] = "",
    by: By = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Who is signed in, since when and until when; or end the sessions of one person.

    \b
    Example: comity people sessions --end rosa --as olga --config xa/comity.toml
    """
    if end and not by:
        raise Malformed("who ends them is not said", where="--as", hint="--as ID of an operator")
    with opened(config, passphrase_file) as node:
        ended = people_sessions.end_all(node.office, by, end) if end else 0
        found = people_sessions.all_sessions(node.office)
    if as_json:
        shown = [
            {
                "person": one.person,
                "how": one.how,
                "begun": str(one.begun),
                "seen": str(one.seen),
                "ends": str(people_sessions.ends_at(one)),
            }
            for one in found
        ]
        output.emit_json({"ended": ended, "sessions": shown})
        return
    if end:
        output.say(f"ended {ended}")
    rows = [[one.person, one.how, str(one.begun), str(one.seen), str(people_sessions.ends_at(one))] for one in found]
    output.table(["person", "by", "begun", "last used", "until"], rows)


def _tell(person: Joined, as_json: bool) -> None:
    if as_json:
        output.emit_json(_json(person))
        return
    stands = ", ".join(sorted(person.roles)) if person.active else "suspended"
    output.result(f"{person.id}: {stands}")


def _json(person: Joined) -> dict[str, Any]:
    return {
        "person": person.id,
        "name": person.name,
        "active": person.active,
        "roles": sorted(person.roles),
        "since": str(person.since),
        "provider": bool(person.subject),
    }
