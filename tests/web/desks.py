"""Pages over a small world in which much has happened: a case in nearly every state, at every node."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from threading import Thread

import msgspec
import uvicorn
from starlette.types import ASGIApp

from comity.base.ids import NodeId
from comity.treaty.request import Screens
from comity.web.app import make_pages
from comity.workflows import draft_request, order_provider
from tests.simulators import story
from tests.simulators.world import XB, SmallWorld, preservation, production

MOST_SECONDS = 60


def busy_world() -> SmallWorld:
    """The story to its last hand-over, and beside it a draft, one that stops for a decision, and an objection."""
    world = story.at("accepted at XA")
    second = msgspec.structs.replace(preservation(), subject="Investigation 2026-0502 into ransomware at a hospital")
    story.draft(world, second)
    doubtful = msgspec.structs.replace(
        preservation(), subject="Investigation 2026-0511 into a false report", screens=Screens(expression=True)
    )
    draft_request.draft(world.xa.office, "anna", doubtful, XB)
    third = msgspec.structs.replace(preservation(), subject="Investigation 2026-0515 into phishing of customers")
    _, theirs = story.ask(world, third)
    story.order(world, theirs)
    world.settle()
    at_provider = world.provider.case_of(theirs.id)
    order_provider.object_to_order(
        world.provider.office, "lee", at_provider.id, ground="too broad", reasons="It names no account."
    )
    story.ask(world, msgspec.structs.replace(preservation(), subject="Investigation 2026-0520 into an online auction"))
    fourth = msgspec.structs.replace(production(), subject="Investigation 2026-0523 into a false charity")
    _, asked = story.ask(world, fourth)
    story.grant(world, asked)
    story.order(world, asked)
    story.ask(world, msgspec.structs.replace(production(), subject="Investigation 2026-0524 into a false lottery"))
    _, kept = story.ask(world, msgspec.structs.replace(preservation(), subject="Investigation 2026-0525 into a scam"))
    story.order(world, kept)
    world.settle()
    world.publish()
    return world


def pages_of(world: SmallWorld, folder: Path, url: str) -> dict[NodeId, ASGIApp]:
    return {node: make_pages(one.office, url, folder / node.replace("/", "-")) for node, one in world.nodes.items()}


@contextmanager
def served(world: SmallWorld, folder: Path, node: NodeId) -> Iterator[str]:
    """One node's pages on a loopback port; ends by itself."""
    listening = socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = make_pages(world.nodes[node].office, url, folder / node.replace("/", "-"))
    config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(MOST_SECONDS)
        listening.close()
