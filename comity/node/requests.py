"""Who is calling: layer 0, checks 1 to 3 (exchange.checks)."""

import asyncio
import threading
from urllib.parse import urlsplit

from starlette.requests import Request

from comity.base.errors import TooLarge
from comity.base.ids import NodeId, StateCode, state_of
from comity.base.instants import Instant
from comity.crypto.request_signature import LONGEST_SECONDS, SKEW_SECONDS, verify_request
from comity.exchange.directory import Entity, KeyEntry
from comity.exchange.problems import ExchangeProblem
from comity.workflows.office import Office, directory, directory_of_state
from comity.workflows.stores import Transaction
from comity.workflows.suspend_peer import check_not_suspended

BODY_SECONDS = 30
"""For a whole body: 4 MiB at 1.2 Mbit a second."""
_LENGTH_DIGITS = 12
_NONCE_SECONDS = LONGEST_SECONDS + 2 * SKEW_SECONDS
_NONCES_MOST = 100_000


class Nonces:
    """Nonces of signed requests, for as long as their signatures could be shown again. In memory: the inbox's key is
    what keeps a message from taking effect twice. `states`: whose list named a key when it was last used, to look there
    first."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()
        self.states: dict[str, StateCode] = {}

    def use(self, kid: str, nonce: str, now: Instant) -> None:
        """Raises ExchangeProblem replayed-request the second time, busy when there are too many."""
        with self._lock:
            if len(self._seen) >= _NONCES_MOST:
                self._seen = {key: until for key, until in self._seen.items() if until > now.seconds}
                if len(self._seen) >= _NONCES_MOST:
                    raise ExchangeProblem("busy", "too many requests in too short a time")
            if self._seen.get((kid, nonce), 0) > now.seconds:
                raise ExchangeProblem("replayed-request", "this signed request was seen before")
            self._seen[kid, nonce] = now.seconds + _NONCE_SECONDS


async def read_body(request: Request, limit: int, seconds: float = BODY_SECONDS) -> bytes:
    """Check 1: the body, if it is at most `limit` bytes and comes in time. Raises TooLarge before more than that is
    kept, at once where the request says that it is longer, and ExchangeProblem `too-slow`."""
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and (len(said) > _LENGTH_DIGITS or int(said) > limit):
        raise _too_large(limit)
    found = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                found += chunk
                if len(found) > limit:
                    raise _too_large(limit)
    except TimeoutError:
        raise ExchangeProblem("too-slow", f"the body did not come within {seconds} seconds") from None
    return bytes(found)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body is larger than the limit of {limit} bytes", hint="nothing was taken from it")


def _named(tx: Transaction, kid: str, states: dict[str, StateCode]) -> tuple[Entity, KeyEntry]:
    """Whose transport key this is. One State's list is read where it is still there, else all of them, which takes
    longer the more States there are. Raises ExchangeProblem unknown-peer."""
    state = states.get(kid)
    if state is not None:
        try:
            return directory_of_state(tx, state).by_transport_key(kid)
        except ExchangeProblem:
            states.pop(kid, None)
    entity, key = directory(tx).by_transport_key(kid)
    states[kid] = state_of(NodeId(entity.id))  # of keys in a trusted list only: so few are kept
    return entity, key


def caller(office: Office, url: str, nonces: Nonces, request: Request, body: bytes | None) -> Entity:
    """Checks 2 and 3: whose transport key signed this very request to us, just now, for the first time.

    url: our own public address: a signature made for another node's address does not hold here. body: None where it is
    to be read only after this, and its digest stands in the path.
    Raises BadSignature, ClockSkew or ExchangeProblem (unknown-peer, unknown-key, revoked-key, replayed-request,
    peer-suspended).
    """
    now = office.clock.now()
    found: list[Entity] = []
    suspended: list[ExchangeProblem] = []  # told only once the signature holds

    def public_of(kid: str) -> bytes:
        with office.store.transaction() as tx:
            entity, key = _named(tx, kid, nonces.states)
            try:
                check_not_suspended(tx, entity.id)
            except ExchangeProblem as problem:
                suspended.append(problem)
        entity.find(key.use, kid, now)
        found.append(entity)
        return key.public_bytes

    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}{request.url.path}"
    signed = verify_request(request.method, address, request.headers, body, public_of=public_of, now=now)
    nonces.use(signed.kid, signed.nonce, now)
    if suspended:
        raise suspended[0]
    return found[0]
