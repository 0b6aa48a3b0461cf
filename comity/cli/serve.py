"""`comity serve` and `comity migrate`. The one file of the command line that knows the servers."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from comity.adapters.config import read_config
from comity.adapters.sql.migrate import migrate
from comity.cli import output
from comity.cli.session import Config, PassphraseFile, opened
from comity.exchange.directory import Use
from comity.node.server import listen
from comity.node.server import serve as run_server


def serve(config: Config, passphrase_file: PassphraseFile = None) -> None:
    """Run a node until Ctrl-C: it answers peers, delivers what is queued, publishes its log, cosigns its peers' logs.

    Ctrl-C, or SIGTERM from a service manager, ends it: the work in hand is finished first, and the exit code is 0.

    \b
    Example: comity serve --config xa/comity.toml
    """
    with opened(config, passphrase_file, unlock=tuple(Use)) as node:
        server = node.config.server
        with listen(server.host, server.port) as listening:
            output.say(f"{node.office.node} serves {output.clean(node.config.node.url)}")
            with _until_told():
                run_server(node.office, node.config.node.url, listening, node.config.log.publish_seconds)
    output.say("stopped")


@contextmanager
def _until_told() -> Iterator[None]:
    """Ctrl-C and SIGTERM end what runs here. The server raises a signal again once it has closed its connections: as
    SIGTERM it would end the process before the worker's round does."""

    def told(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, told)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


def migrate_command(config: Config) -> None:
    """Bring a node's database to this release's tables. Take a copy of the folder first.

    \b
    Example: comity migrate --config xa/comity.toml
    """
    read_config(config)
    revision = migrate(Path(config).resolve().parent / "comity.db")
    output.result(f"the database is at step {revision}")
