"""Run a node: the web server and the worker, until told to stop."""

import logging
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from comity.base.errors import Unavailable
from comity.node.app import make_app
from comity.node.worker import Worker
from comity.workflows.office import Office


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises Unavailable when the port is in use or not allowed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(128)
    except OSError as error:
        found.close()
        raise Unavailable(
            f"cannot listen on {host} port {port}: {error.strerror}",
            hint="another program has the port, or it is not allowed: choose another under [server]",
        ) from None
    return found


def serve(
    office: Office,
    url: str,
    listening: socket.socket,
    publish_seconds: float,
    beside: Callable[[ASGIApp], ASGIApp] = lambda app: app,
) -> None:
    """Serve until SIGINT or SIGTERM. The worker ends its round first, so nothing is half-done.

    beside: puts what else this server answers beside the node's own application.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    worker = Worker(office, publish_seconds)
    app = beside(make_app(office, url, worker.wake))
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=5)
    worker.start()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        worker.stop()
