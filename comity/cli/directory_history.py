"""`comity directory history`: how the directories trusted here changed, and who confirmed it."""

from typing import Annotated

import typer

from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile
from comity.cli.session import opened
from comity.workflows import show_directories


def history(
    config: Config,
    state: Annotated[str, typer.Option(help="One State; all of them if left out.")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show how the directories trusted here changed: when, by whose hand, who compared the roots, and what changed.

    \b
    Example: comity directory history --state XB --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = show_directories.history(node.office, state)
    if as_json:
        output.emit_json({"ok": True, "lists": [show_directories.row(one) for one in found]})
        return
    for one in found:
        kind = "in force" if one.adopted else "REFUSED: another list had this number"
        compared = f", compared by {output.clean(' and '.join(one.confirmed_by))}" if one.confirmed_by else ""
        output.result(f"{one.state} {one.sequence}  {one.at}  by {output.clean(one.by)}{compared}  {kind}")
        for change in one.changes:
            said = f"{change.entity or 'the list'}: {change.what} {change.before} {change.after}"
            output.result(f"    {output.clean(' '.join(said.split()))}")
