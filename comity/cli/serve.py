"""`comity serve` and `comity migrate`. The one file of the command line that knows the servers."""

from pathlib import Path

from comity.adapters.config import read_config
from comity.adapters.sql.migrate import migrate
from comity.cli import output
from comity.cli.session import Config, PassphraseFile, opened
from comity.exchange.directory import Use
from comity.node.server import listen
from comity.node.server import serve as run_server


def serve(config: Config, passphrase_file: PassphraseFile = None) -> None:
    """Run a node until Ctrl-C: it answers peers, delivers what is queued, publishes its log, cosigns its peers' logs.

    Example: comity serve --config xa/comity.toml
    """
    with opened(config, passphrase_file, unlock=tuple(Use)) as node:
        server = node.config.server
        with listen(server.host, server.port) as listening:
            output.say(f"{node.office.node} serves {output.clean(node.config.node.url)}")
            run_server(node.office, node.config.node.url, listening, node.config.log.publish_seconds)


def migrate_command(config: Config) -> None:
    """Bring a node's database to this release's tables. Take a copy of the folder first.

    Example: comity migrate --config xa/comity.toml
    """
    read_config(config)
    revision = migrate(Path(config).resolve().parent / "comity.db")
    output.result(f"the database is at step {revision}")
