"""Hostile addresses with nothing put in the place of the network: listeners on loopback see no connection at all."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from comity.adapters.addresses import parse_network
from comity.adapters.courier_http import HttpCourier
from comity.base.errors import Malformed, Unavailable
from comity.base.mode import Mode

HOSTS = (
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0", "0.0.0.0", "127.8.8.8"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[64:ff9b::7f00:1]"),
    *("localhost", "LOCALHOST.", "deep.localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"),
)
"""Ways to say this machine; some stand in its own list of names, and are looked up there."""


class Listener:
    def __init__(self, family: socket.AddressFamily, address: str) -> None:
        self.socket = socket.socket(family)
        self.socket.bind((address, 0))
        self.socket.listen()
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]

    def was_called(self) -> bool:
        """A connection that was made stands in the queue at once."""
        try:
            self.socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@pytest.fixture
def listeners() -> Iterator[list[Listener]]:
    with ExitStack() as open_ones:
        found = [Listener(socket.AF_INET, "127.0.0.1")]
        if socket.has_ipv6:
            with suppress(OSError):  # a machine whose IPv6 is off
                found.append(Listener(socket.AF_INET6, "::1"))
        for one in found:
            open_ones.callback(one.socket.close)
        yield found


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_no_way_to_say_this_machine_is_called_in_live_work(listeners: list[Listener], scheme: str, host: str) -> None:
    for one in listeners:
        with pytest.raises((Malformed, Unavailable)):  # the latter where a name is not known on this machine
            HttpCourier(Mode.LIVE).carry("POST", f"{scheme}://{host}:{one.port}/v1/envelopes", {}, b"")
    assert [one.was_called() for one in listeners] == [False] * len(listeners)


def test_the_listeners_see_who_is_let_through(listeners: list[Listener]) -> None:
    """Else they would say nothing: a listed network, and an exercise, may call them."""
    first = listeners[0]
    listed = HttpCourier(Mode.LIVE, [parse_network("127.0.0.0/8")])
    with pytest.raises(Malformed):
        listed.carry("POST", f"https://127.0.0.1:{first.port}/", {}, b"")  # as it is written, before it is looked up
    assert not first.was_called()
    dialled = HttpCourier(Mode.EXERCISE, dial=_and_leave)
    with pytest.raises(Unavailable):
        dialled.carry("POST", f"http://127.0.0.1:{first.port}/", {}, b"")
    assert first.was_called()


def _and_leave(address: str, port: int, seconds: float) -> socket.socket:
    """Connect, and go at once: nobody answers here."""
    socket.create_connection((address, port), seconds).close()
    raise ConnectionRefusedError
