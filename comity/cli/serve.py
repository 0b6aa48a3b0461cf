"""`comity serve` and `comity migrate`. The one file of the command line that knows the servers."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from comity.adapters.config import read_config
from comity.adapters.sql.migrate import migrate
from comity.base.mode import Mode
from comity.cli import output
from comity.cli.session import Config, PassphraseFile, opened
from comity.exchange.directory import Use
from comity.node.server import listen
from comity.node.server import serve as run_server
from comity.web.app import make_pages
from comity.wiring import Node

_FOR_PEERS: Final = ("/v1/", "/log/", "/witness/", "/health")
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def serve(config: Config, passphrase_file: PassphraseFile = None) -> None:
    """Run a node until Ctrl-C: it answers peers, delivers what is queued, publishes its log, cosigns its peers' logs.

    In an exercise on loopback it also shows its pages, at the same address, to a browser on this machine.

    Ctrl-C, or SIGTERM from a service manager, ends it: the work in hand is finished first, and the exit code is 0.

    \b
    Example: comity serve --config xa/comity.toml
    """
    with opened(config, passphrase_file, unlock=tuple(Use)) as node:
        server, url = node.config.server, node.config.node.url
        with listen(server.host, server.port) as listening:
            output.say(f"{node.office.node} serves {output.clean(url)}")
            with _until_told():
                run_server(node.office, url, listening, node.config.log.publish_seconds, _pages_beside(node))
    output.say("stopped")


def _pages_beside(node: Node) -> Callable[[ASGIApp], ASGIApp]:
    """Puts the pages beside the node's application, where they may be shown: so far an exercise on loopback only."""
    if node.office.mode is not Mode.EXERCISE or node.config.server.host not in _LOOPBACK:
        return lambda app: app
    pages = make_pages(node.office, node.config.node.url, node.folder / "pages")

    def beside(peers: ASGIApp) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            is_for_peers = scope["type"] == "http" and scope["path"].startswith(_FOR_PEERS)
            await (peers if is_for_peers else pages)(scope, receive, send)

        return app

    return beside


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
