"""A way between two nodes that loses, doubles and holds back: an HTTP proxy on loopback, in a thread of its own.

It reads one whole request, decides its fate by a seeded draw, and carries it to the node behind or not. What is held
back arrives later, after newer ones, and its answer goes nowhere.
Who looks on (`told`) sees every request that arrived and every answer that was given, as an eavesdropper would.
"""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

_HEAD_LIMIT: Final = 64 * 1024
_BODY_LIMIT: Final = 8 * 1024 * 1024
_LATE_SECONDS: Final = (0.05, 1.5)
FATES: Final = ("lost", "answer lost", "doubled", "late")


@dataclass
class FaultProxy:
    """Listens on `port` and carries to `behind`. `trouble`: the share of requests that something befalls."""

    port: int
    behind: int
    trouble: float
    seed: int
    befell: Counter[str] = field(default_factory=Counter)
    told: Callable[[bytes], None] = lambda _: None

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._draw = random.Random(self.seed)
        self._ready = threading.Event()
        self._running = set[asyncio.Task[Any]]()
        self._thread = threading.Thread(target=self._run, name=f"proxy {self.port}", daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the proxy did not start")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _hold(self, task: "asyncio.Task[Any] | None") -> None:
        """Until it is done: who waits for a stream is held by nobody else, and could be cleared away meanwhile."""
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._hold(asyncio.current_task())
        try:
            while request := await _read(reader, is_request=True):
                answer = await self._befall(request)
                if answer is None:
                    return
                writer.write(answer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _befall(self, request: bytes) -> bytes | None:
        """The answer to give, or None to close the line without one."""
        fate = self._draw.choice(FATES) if self._draw.random() < self.trouble else "carried"
        self.befell[fate] += 1
        match fate:
            case "lost":
                return None
            case "answer lost":
                await self._carry(request)
                return None
            case "late":
                self._loop.call_later(self._draw.uniform(*_LATE_SECONDS), self._carry_later, request)
                return None
            case "doubled":
                first = await self._carry(request)
                await self._carry(request)
                return first
            case _:
                return await self._carry(request)

    def _carry_later(self, request: bytes) -> None:
        task = self._loop.create_task(self._carry(request))
        self._hold(task)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def _carry(self, request: bytes) -> bytes | None:
        """The node's answer; None where it is down or ends in the middle of it."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.behind)
        except OSError:
            return None
        try:
            writer.write(request)
            await writer.drain()
            self.told(request)
            answer = await _read(reader, is_request=False)
            if answer is not None:
                self.told(answer)
            return answer
        except (OSError, asyncio.IncompleteReadError):
            return None
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader, *, is_request: bool) -> bytes | None:
    """One whole HTTP/1.1 message with a Content-Length; None at the end of the line."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    lines = head.lower().split(b"\r\n")
    found = [int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")]
    size = found[0] if found else 0
    if len(head) > _HEAD_LIMIT or size > _BODY_LIMIT:
        return None
    is_empty = not is_request and lines[0].split()[1] in (b"204", b"304")
    return head + (b"" if is_empty else await reader.readexactly(size))
