"""The routes, in one list."""

import logging
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from comity.base.encoding import to_json
from comity.base.errors import ComityError
from comity.exchange import envelope, receipt, version
from comity.exchange.directory import Entity, Use, open_list
from comity.exchange.other_version import refuse_version
from comity.exchange.problems import ExchangeProblem
from comity.node.log import log_routes, witness_routes
from comity.node.log_exchange import exchange_routes
from comity.node.mailbox import mailbox_routes
from comity.node.parts import part_routes
from comity.node.problems import problem_response
from comity.node.requests import Nonces, caller, read_body
from comity.node.statistics import statistics_routes
from comity.workflows import answer_envelopes, credit, deliver_outbox, receive_envelope
from comity.workflows.log_state import log_state
from comity.workflows.office import Office

Handler = Callable[[Request], Awaitable[Response]]
Work = Callable[[Entity, bytes, Request], Response]
_RECEIPTS_LIMIT = receipt.LIMIT
_logger = logging.getLogger("comity.node")


def make_app(office: Office, url: str, wake: Callable[[], None], *, opens: bool = True) -> Starlette:
    """The node's application. url: its own public address; wake: called when something waits for the worker; opens:
    whether envelopes are opened before they are answered, else the worker opens all of them."""
    nonces = Nonces()

    def signed(limit: int, work: Work) -> Handler:
        """A handler for requests signed by a peer: limits, signature, then the work, off the event loop."""

        async def handle(request: Request) -> Response:
            body = await read_body(request, limit)

            def run() -> Response:
                return work(caller(office, url, nonces, request, body), body, request)

            return await run_in_threadpool(run)

        return guarded(office, handle)

    def post_envelopes(peer: Entity, body: bytes, _: Request) -> Response:
        _id, envelopes = envelope.parse_batch(body)
        try:
            if opens:
                done = answer_envelopes.answer(office, peer, envelopes)
                receipts, left, is_left = done.receipts, done.credit, done.is_left
            else:
                receipts, left, is_left = receive_envelope.accept(office, peer, envelopes), _credit_of(peer), True
        except ExchangeProblem as problem:
            return _with_credit(_credit_of(peer), problem_response(problem, office.mode))
        if is_left:
            wake()
        return _with_credit(left, Response(receipts, media_type=receipt.MEDIA_TYPE))

    def _credit_of(peer: Entity) -> tuple[int, int]:
        with office.store.transaction() as tx:
            return credit.credit_of(tx, peer.id)

    def _with_credit(left: tuple[int, int], answer: Response) -> Response:
        answer.headers[credit.HEADER] = credit.format_credit(*left)
        return answer

    def post_receipts(peer: Entity, body: bytes, _: Request) -> Response:
        deliver_outbox.enter_receipts(office, peer, body)
        return Response(status_code=204)

    def get_receipt(peer: Entity, _: bytes, request: Request) -> Response:
        receipts = receive_envelope.receipt_for(office, peer.id, request.path_params["message"])
        return Response(receipts, media_type=receipt.MEDIA_TYPE)

    async def get_health(_: Request) -> Response:
        state = await run_in_threadpool(log_state, office)
        alarms = [{"kind": one.kind, "since": one.since.seconds} for one in state.alarms]
        log = {"published": state.published.size if state.published else 0, "alarms": alarms}
        stamp = {"ok": True, "node": office.node, "mode": office.mode, "stamp": office.mode.stamp, "log": log}
        return Response(to_json(stamp), media_type="application/json")

    def say_version() -> bytes:
        with office.store.transaction() as tx:
            data = tx.directory.get(office.state)
        sequence = open_list(data).value.sequence if data else 0
        speaks = version.describe(office.node, office.mode, office.clock.now(), sequence)
        return version.sign(speaks, office.keys.signer(Use.RECEIPT))

    async def get_version(_: Request) -> Response:
        return Response(await run_in_threadpool(say_version), media_type=version.MEDIA_TYPE)

    async def get_other(request: Request) -> Response:
        said = int(request.path_params["other"])
        if said != envelope.VERSION:
            refuse_version(said, envelope.VERSION, "the address")
        raise ExchangeProblem("not-found", "no such address in this version")

    return Starlette(
        routes=[
            Route(version.PATH, guarded(office, get_version), methods=["GET"]),
            Route("/v1/envelopes", signed(envelope.BATCH_LIMIT, post_envelopes), methods=["POST"]),
            Route("/v1/receipts", signed(_RECEIPTS_LIMIT, post_receipts), methods=["POST"]),
            Route("/v1/receipts/{message}", signed(0, get_receipt), methods=["GET"]),
            *part_routes(office, url, nonces, guarded),
            *mailbox_routes(office, url, nonces, guarded),
            Route("/health", get_health, methods=["GET"]),
            *exchange_routes(office, signed),
            *log_routes(office, guarded),
            *statistics_routes(office, guarded),
            *witness_routes(office, guarded),
            Route("/v{other:int}/{rest:path}", guarded(office, get_other), methods=["GET", "HEAD", "POST", "PUT"]),
        ]
    )


def make_witness_app(office: Office) -> Starlette:
    """A witness and nothing else: for a body that watches others' logs and takes no part in any exchange."""

    async def get_health(_: Request) -> Response:
        stamp = {"ok": True, "node": office.node, "mode": office.mode, "stamp": office.mode.stamp}
        return Response(to_json(stamp), media_type="application/json")

    return Starlette(routes=[Route("/health", get_health, methods=["GET"]), *witness_routes(office, guarded)])


def guarded(office: Office, handler: Handler) -> Handler:
    """A handler whose typed errors become problems. The unforeseen is `internal`: its kind is logged, no content."""

    async def handle(request: Request) -> Response:
        try:
            return await handler(request)
        except ComityError as error:
            return problem_response(error, office.mode)
        except Exception as error:  # noqa: BLE001 - the last line of defence; nothing carries on after it
            _logger.error("unforeseen %s at %s", type(error).__name__, request.url.path)
            return problem_response(_Internal("an error of ours", hint="tell its operator"), office.mode)

    return handle


class _Internal(ComityError):
    code = "internal"
