"""Ports of this machine that a test tells a server to listen on: free now, and given to nobody by the system meanwhile.

The system gives every connection that goes out a port of its own, from `_FIRST_GIVEN` on where nobody set others.
A port from there that was free a moment ago may be some connection's by the time the server begins; one below is not.
"""

import contextlib
import random
import socket
from typing import Final

_FROM: Final = 12_000
_FIRST_GIVEN: Final = 32_768


def free_ports(count: int) -> list[int]:
    """Different ones, drawn by chance: tests that run at once seldom draw the same."""
    draw = random.Random()
    with contextlib.ExitStack() as stack:
        found: list[int] = []
        while len(found) < count:
            port = draw.randrange(_FROM, _FIRST_GIVEN)
            held = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                held.bind(("127.0.0.1", port))
                found.append(port)
        return found


def free_port() -> int:
    return free_ports(1)[0]
