"""The inbox over many cases, in a node's real database: what a visit costs the server, first and later.

Two thirds of the cases go on (they are drafts, or wait at a central authority for a decision), one third has ended. The
reader is a case lawyer, so the rows of every open case are held against what that person may do. The pages are asked
for as the server asks for them, without a network. Beside the medians, the lines at the end say the p95 of many
visits, what the start and the first visit take, what reading all cases takes, and what they take of memory.
"""

import asyncio
import gc
import re
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.types import ASGIApp

from bench.measure import Aim, Benchmark
from comity.adapters.randomness import SystemRandomness
from comity.base.ids import CaseId, uuid7
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.cases import events
from comity.cli.init import new_config
from comity.exchange.message import Role
from comity.treaty.request import Request, read_request
from comity.web.app import make_pages
from comity.wiring import found_node, open_node
from comity.workflows import record
from comity.workflows.office import Office

FULL_CASES: Final = 10_000
VISITS: Final = 200
AIM_SECONDS: Final = 0.020
_URL: Final = "http://127.0.0.1:8400"
_EXAMPLES: Final = Path(__file__).parent.parent / "examples" / "investment-scam"
_MARK: Final = re.compile(r'hx-get="([^"]+)"')


def benchmark(scale: float, stack: ExitStack) -> Benchmark:
    """scale: 1 for 10,000 cases, made when the first way is taken."""
    count = max(30, round(FULL_CASES * scale))
    desk = cache(lambda: Desk(count, stack))
    inbox = f"the inbox of {count:,} cases"
    return Benchmark(
        "inbox",
        f"{inbox}, as one visit",
        {
            inbox: lambda: desk().reader.get("/inbox"),
            "page 100 of all open ones": lambda: desk().reader.get("/inbox?show=open&page=100"),
            "a search in all open ones": lambda: desk().reader.get("/inbox?show=open&q=investigation+0417"),
            "rows, nothing new (204)": lambda: desk().unchanged(),
            "rows, one case changed": lambda: desk().changed(),
        },
        aims=tuple(Aim(way, AIM_SECONDS) for way in (inbox, "rows, nothing new (204)", "rows, one case changed")),
        notes=lambda: desk().notes,
    )


class Desk:
    """A node with its cases, somebody at its pages, and what was seen when the pages began."""

    def __init__(self, count: int, stack: ExitStack) -> None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="comity-bench-")))
        config = new_config(
            Role.AUTHORITY, "XA", "Central Authority of XA", "XA/central-authority", _URL, Mode.EXERCISE,
            ["bo=case_lawyer", "anna=duty_officer"], ["XC/observatory"],
        )  # fmt: skip
        found_node(folder / "xa", config, b"a passphrase for this benchmark")
        node = open_node(folder / "xa" / "comity.toml", b"a passphrase for this benchmark")
        stack.callback(node.close)
        self.office = node.office
        fill(self.office, count)
        before, begun = _memory(), time.perf_counter()
        self.reader = Reader(make_pages(self.office, _URL, folder / "pages"))
        start = time.perf_counter() - begun
        stack.callback(self.reader.close)
        self.reader.sign_in("bo")
        status, first = timed(lambda: self.reader.get("/inbox"))
        while b"still being read" in self.reader.get("/inbox")[1]:
            time.sleep(0.05)
        whole = time.perf_counter() - begun
        gc.collect()
        held = _memory() - before
        beside = _p95(self.reader)
        while any(thread.name == "comity-cases" for thread in threading.enumerate()):
            time.sleep(0.05)
        alone = _p95(self.reader)
        self.notes = (
            f"the start: {start * 1e3:.0f} ms; first visit: {first * 1e3:.0f} ms ({status}), while cases are read",
            f"all {count:,} cases read {whole:.1f} s after the start; {held / 2**20:.0f} MiB of memory",
            f"p95 of {VISITS} visits: {alone * 1e3:.1f} ms; while the next day is prepared: {beside * 1e3:.1f} ms",
        )
        self._rows = self.reader.rows()
        with self.office.store.transaction() as tx:
            self._drafts = [key for number, key in enumerate(tx.cases.ids()) if number % 3 == 2]

    def changed(self) -> None:
        """Something happens to a case, then its row is asked for."""
        with self.office.store.transaction() as tx:
            case = record.load(tx, self._drafts.pop())
            now = self.office.clock.now().seconds
            record.record(self.office, tx, case, events.Withdrawn(at=now, by="anna", reasons="no longer needed"))
        status, page = self.reader.get(self._rows)
        assert status == 200
        self._rows = _again(page)

    def unchanged(self) -> None:
        status, _ = self.reader.get(self._rows)
        assert status == 204


def _p95(reader: "Reader") -> float:
    visits = sorted(timed(lambda: reader.get("/inbox"))[1] for _ in range(VISITS))
    return visits[VISITS * 95 // 100]


def fill(office: Office, count: int) -> None:
    """Cases through the one door that writes them, some hundred to a transaction."""
    requests = [_example("preservation.toml"), _example("production.toml")]
    start = office.clock.now().seconds - count * 60
    for first in range(0, count, 200):
        with office.store.transaction() as tx:
            for number in range(first, min(count, first + 200)):
                request = requests[number % 2]
                subject = f"Investigation {number:05} into an investment scam"
                _one_case(office, tx, number, msgspec.structs.replace(request, subject=subject), start + number * 60)


def _one_case(office: Office, tx: Any, number: int, request: Request, at: int) -> None:
    procedure = "preservation" if number % 2 == 0 else "stored_data"
    key = CaseId(uuid7(Instant.from_seconds(at), SystemRandomness().bytes(10)))
    common: dict[str, Any] = {"mode": office.mode, "procedure": procedure, "peer": "XB/central-authority"}
    if number % 3 == 0:
        theirs = msgspec.structs.replace(request, requesting="XB", requested="XA")
        asked = events.Received(
            at=at, by="XB/central-authority", their_case=str(number), message=f"m{number}", doc_sha256="",
            request=theirs, **common,
        )  # fmt: skip
        record.begin(office, tx, key, asked)
        return
    drafted = events.Drafted(at=at, by="anna", request=request, **common)
    case = record.begin(office, tx, key, drafted)
    if number % 3 == 1:
        record.record(office, tx, case, events.Withdrawn(at=at + 1, by="anna", reasons="no longer needed"))


def _example(name: str) -> Request:
    return read_request((_EXAMPLES / name).read_bytes()[: 128 * 1024], name)


def timed(do: Callable[[], tuple[int, bytes]]) -> tuple[int, float]:
    begun = time.perf_counter()
    status, _ = do()
    return status, time.perf_counter() - begun


def _memory() -> int:
    """Bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
    return pages * resource.getpagesize()


def _again(page: bytes) -> str:
    found = _MARK.search(page.decode())
    assert found is not None
    return found[1].replace("&amp;", "&")


class Reader:
    """A person at the pages: asks, and keeps the cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._cookie = ""
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        self._loop.close()

    def sign_in(self, person: str) -> None:
        _, page = self.get("/sign-in")
        token = re.search(rb'name="form-token" value="([^"]+)"', page)
        assert token is not None
        self._ask("POST", "/sign-in", b"form-token=" + token[1] + b"&person=" + person.encode())

    def rows(self) -> str:
        """The address under which the rows come again when something changed."""
        return _again(self.get("/inbox")[1])

    def get(self, address: str) -> tuple[int, bytes]:
        return self._ask("GET", address, b"")

    def _ask(self, method: str, address: str, body: bytes) -> tuple[int, bytes]:
        return self._loop.run_until_complete(self._asked(method, address, body))

    async def _asked(self, method: str, address: str, body: bytes) -> tuple[int, bytes]:
        path, _, query = address.partition("?")
        headers = [(b"host", b"127.0.0.1:8400"), (b"cookie", self._cookie.encode())]
        headers += [(b"content-type", b"application/x-www-form-urlencoded")] if body else []
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": headers, "client": ("127.0.0.1", 0), "server": ("127.0.0.1", 8400),
        }  # fmt: skip
        sent: list[Any] = []
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return waiting.pop() if waiting else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        for name, value in sent[0]["headers"]:
            if name == b"set-cookie":
                self._cookie = value.decode().partition(";")[0]
        return int(sent[0]["status"]), b"".join(part.get("body", b"") for part in sent[1:])
