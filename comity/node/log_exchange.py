"""What the two ends of an exchange ask of each other beside messages: proofs, the close of a period, notice of an
erasure, and how far their channels have come."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from comity.exchange import channel_ends
from comity.exchange.directory import Entity
from comity.workflows import close_pairs, erase_case, resume_channels, swap_proofs
from comity.workflows.office import Office

Work = Callable[[Entity, bytes, Request], Response]


def exchange_routes(office: Office, signed: Callable[[int, Work], Callable[..., object]]) -> list[Route]:
    """GET and POST /v1/proofs/<message>, POST /v1/pairs, /v1/erasures and /v1/channels; all signed by the peer."""

    def get_proof(peer: Entity, _: bytes, request: Request) -> Response:
        data = swap_proofs.proof_for(office, peer.id, request.path_params["message"])
        return Response(data, media_type=swap_proofs.MEDIA_TYPE)

    def post_proof(peer: Entity, body: bytes, request: Request) -> Response:
        swap_proofs.enter_proof(office, peer, request.path_params["message"], body)
        return Response(status_code=204)

    def post_pair(peer: Entity, body: bytes, _: Request) -> Response:
        return Response(close_pairs.enter_statement(office, peer, body), media_type=close_pairs.MEDIA_TYPE)

    def post_erasure(peer: Entity, body: bytes, _: Request) -> Response:
        erase_case.enter_notice(office, peer, body)
        return Response(status_code=204)

    def post_channels(peer: Entity, body: bytes, _: Request) -> Response:
        return Response(resume_channels.answer(office, peer, body), media_type=channel_ends.MEDIA_TYPE)

    return [
        Route(channel_ends.PATH, signed(channel_ends.ASK_LIMIT, post_channels), methods=["POST"]),
        Route("/v1/proofs/{message}", signed(0, get_proof), methods=["GET"]),
        Route("/v1/proofs/{message}", signed(swap_proofs.PROOF_LIMIT, post_proof), methods=["POST"]),
        Route("/v1/pairs", signed(close_pairs.LIMIT, post_pair), methods=["POST"]),
        Route("/v1/erasures", signed(erase_case.LIMIT, post_erasure), methods=["POST"]),
    ]
