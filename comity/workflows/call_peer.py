"""One signed HTTP request to a peer (layer 0), to the endpoint its directory names and nowhere else."""

from comity.base.errors import Malformed, Unavailable
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.crypto.request_signature import ClockSkew, sign_request
from comity.exchange.directory import Entity, Use
from comity.exchange.problems import PROBLEMS, ExchangeProblem
from comity.workflows.office import Office
from comity.workflows.peer_line import refused_our_clock
from comity.workflows.ports import Answer

_PROBLEM_LIMIT = 64 * 1024
_LATEST = 1 << 32


def call(
    office: Office, peer: Entity, method: str, path: str, content_type: str, body: bytes, *, also: tuple[int, ...] = ()
) -> Answer:
    """The answer, if it is a success or a status in `also`.

    Raises Unavailable when none came, ExchangeProblem with the peer's own code.
    """
    if not peer.endpoint:
        raise Unavailable(f"{peer.id} has no address: it calls us", hint="it takes what waits for it when it calls")
    url = peer.endpoint.rstrip("/") + path
    headers = sign_request(
        method,
        url,
        content_type,
        body,
        signer=office.keys.signer(Use.TRANSPORT),
        at=office.clock.now(),
        nonce=office.randomness.bytes(16),
    )
    answer = office.courier.carry(method, url, headers, body)
    if not 200 <= answer.status < 300 and answer.status not in also:
        _note_clock(office, peer.id, answer)
        raise problem_in(answer, peer.id)
    return answer


def problem_in(answer: Answer, who: str) -> ExchangeProblem | Unavailable:
    """The typed problem of an answer that is no success."""
    code = _said(answer).get("code")
    if isinstance(code, str) and code in PROBLEMS:
        return ExchangeProblem(code, f"{who} answered: {PROBLEMS[code].title}")
    return Unavailable(f"{who} answered {answer.status}", hint="ask its operator; the message stays queued")


def _note_clock(office: Office, peer: str, answer: Answer) -> None:
    """Keep by how much a peer's clock differs that takes nothing from us because of it: no receipt of its says so."""
    said = _said(answer)
    at = said.get("at")
    if said.get("code") != ClockSkew.code or not isinstance(at, int) or not 0 <= at < _LATEST:
        return
    with office.store.transaction() as tx:
        refused_our_clock(tx, peer, office.clock.now(), Instant.from_seconds(at))


def _said(answer: Answer) -> dict[str, object]:
    try:
        return read_json(answer.body, dict[str, object], limit=_PROBLEM_LIMIT, what="the problem document")
    except Malformed:
        return {}
