"""Listening: a free port is taken, a port in use is told."""

import socket

import pytest

from comity.base.errors import Unavailable
from comity.node.server import listen


def test_what_is_listened_on_says_that_it_is_tcp_so_that_short_answers_go_at_once() -> None:
    """asyncio sets TCP_NODELAY by this; without it an answer waits for a delayed acknowledgement."""
    with listen("127.0.0.1", 0) as found:
        assert found.proto == socket.IPPROTO_TCP


def test_a_free_port_of_loopback_is_listened_on() -> None:
    found = listen("127.0.0.1", 0)
    with found:
        assert found.getsockname()[1] > 0


def test_a_port_in_use_is_told_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with pytest.raises(Unavailable) as caught:
            listen("127.0.0.1", port)
    assert str(port) in caught.value.what
    assert "[server]" in caught.value.hint
