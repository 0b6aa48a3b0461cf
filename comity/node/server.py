"""Run a node: the web server and the worker, until told to stop."""

import gc
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from comity.base.errors import Unavailable
from comity.node.app import make_app, make_witness_app
from comity.node.operator_log import log_to_operator
from comity.node.presence import Presence
from comity.node.worker import Worker
from comity.workflows import repair_log
from comity.workflows.office import Office


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises Unavailable when the port is in use or not allowed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Said to be TCP, because asyncio sends at once (TCP_NODELAY) only on sockets that are said to be; else a short
    # answer waits 40 ms for the caller's delayed acknowledgement.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
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
    *,
    works: bool = True,
) -> None:
    """Serve until SIGINT or SIGTERM. The worker ends its round first, so nothing is half-done.

    beside: puts what else this server answers beside the node's own application. works: whether there is a worker in
    this process too; else others do the work (`work`).
    """
    log_to_operator()
    repair_log.repair(office)
    worker, presence = Worker(office, publish_seconds) if works else None, Presence(office, "serve")
    app = beside(make_app(office, url, worker.wake if worker else lambda: None))
    config = uvicorn.Config(
        app,
        log_config=None,  # the server's own warnings go where ours go
        log_level="warning",
        access_log=False,
        lifespan="off",
        proxy_headers=False,  # who connects is who connects: the pages ask whether it is their proxy
        timeout_graceful_shutdown=5,
    )
    if worker:
        worker.start()
    presence.start()
    _keep_for_good()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        if worker:
            worker.stop()
        presence.stop()


def _keep_for_good() -> None:
    """What is here by now stays as long as the process: the collector of garbage need not look through it each time."""
    gc.collect()
    gc.freeze()


def work(office: Office, publish_seconds: float) -> None:
    """The worker alone, until SIGINT or SIGTERM raises KeyboardInterrupt; it ends its round first."""
    log_to_operator()
    worker, presence = Worker(office, publish_seconds), Presence(office, "work")
    worker.start()
    presence.start()
    _keep_for_good()
    try:
        threading.Event().wait()
    finally:
        worker.stop()
        presence.stop()


@contextmanager
def served_beside(app: ASGIApp, listening: socket.socket, *, certificate: str = "", key: str = "") -> Iterator[None]:
    """Another application on a socket of its own, in a thread, for as long as the block lasts; over TLS where the files
    of a certificate and its key are given. Raises Unavailable where they cannot be used."""
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        ssl_certfile=certificate or None,
        ssl_keyfile=key or None,
    )
    try:
        config.load()
    except OSError:  # ssl.SSLError is one
        raise Unavailable(
            "the certificate of the pages, or its key, cannot be used", hint="PEM files that this user may read"
        ) from None
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="pages", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def serve_witness(office: Office, listening: socket.socket) -> None:
    """Serve only the witness until SIGINT or SIGTERM. What it cosigned is on the disk before it answers, however it
    ends."""
    log_to_operator()
    config = uvicorn.Config(
        make_witness_app(office),
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    uvicorn.Server(config).run(sockets=[listening])
