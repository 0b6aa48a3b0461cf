"""`comity directory amend`: what our State's list says of emergencies."""

from typing import Annotated

import typer

from comity.cli.directory_changes import Out, roots_of, tell_change
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.workflows import change_directory
from comity.workflows.emergency_means import with_approver, with_means


def amend(
    config: Config,
    person: Person,
    telephone: Annotated[
        str | None, typer.Option(help="Where peers call it back, at all hours: never taken from a message.")
    ] = None,
    central: Annotated[
        bool | None, typer.Option("--central/--not-central", help="Whether it is the State's central authority.")
    ] = None,
    emergencies: Annotated[
        bool | None, typer.Option("--emergencies/--no-emergencies", help="Whether it may claim an emergency.")
    ] = None,
    approver: Annotated[
        str, typer.Option(help="List this person's passkeys: peers then take no other approval of an emergency.")
    ] = "",
    node_id: Annotated[str, typer.Option("--node", help="Another node of your State; this one if left out.")] = "",
    out: Out = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """List a node of your State with another number, right, or approvers. A passkey is taken out by: directory revoke.

    \b
    Example: comity directory amend -c xa/comity.toml --as bo --telephone "+999 1 555 0100" --central --emergencies
    """
    with opened(config, passphrase_file) as node:
        means = with_means(telephone=telephone, central=central, may_claim=emergencies)
        listing = with_approver(node.office, approver) if approver else None
        done = change_directory.amend(
            node.office,
            person,
            roots_of(node),
            lambda entity: means(listing(entity)) if listing else means(entity),
            node=node_id,
        )
        tell_change(done, out or node.folder / "directory.json", as_json)
