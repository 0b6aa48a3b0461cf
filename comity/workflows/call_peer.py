"""One signed HTTP request to a peer (layer 0), to the endpoint its directory names and nowhere else."""

from comity.base.errors import Malformed, Unavailable
from comity.base.parsing import read_json
from comity.crypto.request_signature import sign_request
from comity.exchange.directory import Entity, Use
from comity.exchange.problems import PROBLEMS, ExchangeProblem
from comity.workflows.office import Office
from comity.workflows.ports import Answer

_PROBLEM_LIMIT = 64 * 1024


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
        raise problem_in(answer, peer.id)
    return answer


def problem_in(answer: Answer, who: str) -> ExchangeProblem | Unavailable:
    """The typed problem of an answer that is no success."""
    try:
        said = read_json(answer.body, dict[str, object], limit=_PROBLEM_LIMIT, what="the problem document")
    except Malformed:
        said = {}
    code = said.get("code")
    if isinstance(code, str) and code in PROBLEMS:
        return ExchangeProblem(code, f"{who} answered: {PROBLEMS[code].title}")
    return Unavailable(f"{who} answered {answer.status}", hint="ask its operator; the message stays queued")
