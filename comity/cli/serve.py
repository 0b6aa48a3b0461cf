"""`comity serve`, `comity work` and `comity migrate`. The one file of the command line that knows the servers."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer
from starlette.types import ASGIApp, Receive, Scope, Send

from comity.adapters.config import read_config
from comity.adapters.sql.migrate import migrate
from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile
from comity.cli.session import opened
from comity.exchange.directory import OF_NODES, Use
from comity.wiring import Node, check_objects, database_of, identity_provider, pages_url, with_passkeys
from comity.workflows import people

_WARM_SECONDS: Final = 15.0
HealthPort = Annotated[
    int, typer.Option(min=0, max=65535, help="Serve /health and /metrics there, for whoever keeps the node going.")
]
HealthHost = Annotated[str, typer.Option(help="The address for that: this machine's own, or one of a closed network.")]
_FOR_PEERS: Final = re.compile(r"/v\d{1,3}/|/\.well-known/comity|/log/|/witness/|/health")


class Part(StrEnum):
    """What of a node to run."""

    NODE = "node"
    WITNESS = "witness"


def serve(
    config: Config,
    role: Annotated[Part, typer.Option(help="The whole node, or only its witness: then no other key is opened.")] = (
        Part.NODE
    ),
    work: Annotated[bool, typer.Option(help="Deliver and publish here too, or leave it to comity work.")] = True,
    health_port: HealthPort = 0,
    health_host: HealthHost = "127.0.0.1",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Run a node until Ctrl-C: it answers peers, delivers what is queued, publishes its log, cosigns its peers' logs.

    It also shows its pages where [pages] of the configuration says; in an exercise on loopback without that too, at the
    same address, to a browser on this machine.

    Ctrl-C, or SIGTERM from a service manager, ends it: the work in hand is finished first, and the exit code is 0.

    \b
    Example: comity serve --config xa/comity.toml
    """
    from comity.node import server as servers  # no other command needs it, and it takes a while to import

    uses = (Use.WITNESS, Use.WITNESS_MLDSA44) if role is Part.WITNESS else OF_NODES
    with opened(config, passphrase_file, unlock=uses) as found:
        node = with_passkeys(found)
        check_objects(node.config, node.folder)
        server, url = node.config.server, node.config.node.url
        with servers.listen(server.host, server.port) as listening:
            output.say(f"{node.office.node} serves {output.clean(url)}")
            with _until_told():
                if role is Part.WITNESS:
                    servers.serve_witness(node.office, listening)
                    return
                with _health_apart(node, health_host, health_port), _pages_apart(node) as is_apart:
                    pages = _pages(node) if pages_url(node.config) and not is_apart else None
                    beside = _interface_beside(node, _pages_beside(pages))
                    servers.serve(node.office, url, listening, node.config.log.publish_seconds, beside, works=work)
    output.say("stopped")


def work_command(
    config: Config,
    health_port: HealthPort = 0,
    health_host: HealthHost = "127.0.0.1",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Run a node's worker alone until Ctrl-C: it opens what came, delivers what waits, and publishes the log.

    Any number of these and of comity serve --no-work share the work of one node, over one PostgreSQL database and one
    store of objects. Any of them may be ended at any time: what it had in hand passes to another within a minute.

    \b
    Example: comity work --config xa/comity.toml
    """
    from comity.node import server as servers

    with opened(config, passphrase_file, unlock=OF_NODES) as node, _until_told():
        check_objects(node.config, node.folder)
        output.say(f"{node.office.node} works")
        with _health_apart(node, health_host, health_port):
            servers.work(node.office, node.config.log.publish_seconds)
    output.say("stopped")


@contextmanager
def _health_apart(node: Node, host: str, port: int) -> Iterator[None]:
    """Serves /health and /metrics while the process runs, where a port was named."""
    if not port:
        yield
        return
    from comity.node.health import make_health_app
    from comity.node.server import listen, served_beside

    app = make_health_app(node.office, node.config.log.publish_seconds)
    with listen(host, port) as listening, served_beside(app, listening):
        yield


def _pages(node: Node) -> ASGIApp:
    """The node's pages. Whoever keeps it is told when nobody can sign in yet."""
    from comity.web.app import Pages, make_pages  # no other command needs them, and they take a while to import

    table, url = node.config.pages, pages_url(node.config)
    proxies = frozenset({"127.0.0.1", "::1"}) if table and table.proxy else frozenset[str]()
    if table is not None:
        output.say(f"its pages: {output.clean(url)}")
        if not people.has_operator(node.office):
            output.say("nobody can invite others yet: comity people invite ID --first --config FILE")
    return make_pages(node.office, url, node.folder / "pages", Pages(proxies, identity_provider(node), _WARM_SECONDS))


@contextmanager
def _pages_apart(node: Node) -> Iterator[bool]:
    """Serves the pages at an address of their own while the node runs, where the configuration gives them one."""
    table = node.config.pages
    if table is None or table.port is None:
        yield False
        return
    from comity.node.server import listen, served_beside

    certificate, key = (str(node.folder / name) if name else "" for name in (table.certificate, table.key))
    with (
        listen(table.host, table.port) as listening,
        served_beside(_pages(node), listening, certificate=certificate, key=key),
    ):
        yield True


def _pages_beside(pages: ASGIApp | None) -> Callable[[ASGIApp], ASGIApp]:
    """Puts the pages, if there are any, beside the node's application."""
    if pages is None:
        return lambda app: app

    def beside(peers: ASGIApp) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            is_for_peers = scope["type"] == "http" and _FOR_PEERS.match(scope["path"]) is not None
            await (peers if is_for_peers else pages)(scope, receive, send)

        return app

    return beside


def _interface_beside(node: Node, others: Callable[[ASGIApp], ASGIApp]) -> Callable[[ASGIApp], ASGIApp]:
    """Puts the JSON interface beside all the others, under /api/, where the configuration says so."""
    if not node.config.api.enabled:
        return others
    from comity.api.app import make_api  # what it is made with takes long to import, and no other command needs it

    interface = make_api(node.office, node.config.node.url)

    def beside(peers: ASGIApp) -> ASGIApp:
        rest = others(peers)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            is_for_interface = scope["type"] == "http" and scope["path"].startswith("/api/")
            await (interface if is_for_interface else rest)(scope, receive, send)

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


def migrate_command(config: Config, as_json: Json = False) -> None:
    """Bring a node's database to this release's tables. Take a copy of the folder first.

    \b
    Example: comity migrate --config xa/comity.toml
    """
    where = database_of(read_config(config), Path(config).resolve().parent)
    revision = migrate(where)
    if as_json:
        output.emit_json({"ok": True, "step": revision})
        return
    output.result(f"the database is at step {revision}")
