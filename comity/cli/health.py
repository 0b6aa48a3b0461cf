"""`comity health`: whether this node can do what it is there for."""

from comity.base.errors import Unavailable
from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile
from comity.cli.session import opened
from comity.exchange.directory import OF_NODES
from comity.workflows.check_health import Standing, check_health


def health(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Try every key, the database and the store of evidence, and look at what waits.

    The exit code is not 0 where something failed. What is only worrying is shown, with what to do. A running node says
    the same at /health, and as figures at /metrics, of its --health-port.

    \b
    Example: comity health --config xa/comity.toml
    """
    with opened(config, passphrase_file, unlock=OF_NODES) as node:
        found = check_health(node.office, node.config.log.publish_seconds)
    if as_json:
        output.emit_json({"ok": found.standing is not Standing.FAILED, **found.shown(node.office)})
    else:
        output.table(["check", "standing", "why"], [[one.name, one.standing, one.why] for one in found.checks])
    failed = [one.name for one in found.checks if one.standing is Standing.FAILED]
    if failed:
        raise Unavailable(f"failed: {', '.join(failed)}", hint="see docs/operations.md")
