"""For whoever keeps the node going: /health as JSON and /metrics for Prometheus, at an address of their own.

Each look tries the keys, the database and the store of objects. What it says is about the office's inside: it is served
on this machine, or in a network of the operator's own, and never beside what peers ask for.
"""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from comity.adapters.metrics import METRICS_TYPE, metrics_text
from comity.base.encoding import to_json
from comity.workflows.check_health import Standing, check_health
from comity.workflows.office import Office

_UNAVAILABLE = 503


def make_health_app(office: Office, publish_seconds: float) -> Starlette:
    """503 where something failed; what is only worrying is 200, and says so."""

    async def get_health(_: Request) -> Response:
        health = await run_in_threadpool(check_health, office, publish_seconds)
        status = _UNAVAILABLE if health.standing is Standing.FAILED else 200
        return Response(to_json(health.shown(office)), status, media_type="application/json")

    async def get_metrics(_: Request) -> Response:
        health = await run_in_threadpool(check_health, office, publish_seconds)
        return Response(metrics_text(health.figures, process=True), media_type=METRICS_TYPE)

    return Starlette(routes=[Route("/health", get_health), Route("/metrics", get_metrics)])
