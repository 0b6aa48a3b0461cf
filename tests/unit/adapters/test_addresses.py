"""Hostile entries of a directory: not one of them makes this node open a connection."""

import socket
from typing import Final

import pytest

from comity.adapters.addresses import may_call, may_reach, parse_network
from comity.adapters.courier_http import HttpCourier
from comity.base.errors import Malformed, Unavailable
from comity.base.mode import Mode

PUBLIC: Final = "9.9.9.9"
WRITTEN: Final = (
    "http://node.example/v1",
    "ftp://node.example/",
    "file:///etc/passwd",
    "gopher://node.example:70/",
    "//node.example/",
    "node.example",
    "https:///v1/envelopes",
    "https://user@node.example/",
    "https://user:word@node.example/",
    "https://node.example@169.254.169.254/",
    "https://node.example\\@169.254.169.254/",
    "https://node.example#@169.254.169.254/",
    "https://node.example:0/",
    "https://node.example:22/",
    "https://node.example:25/",
    "https://node.example:80/",
    "https://node.example:99999/",
    "https://node.example:-1/",
    "https://node.example: 443/",
    "https://node.example /",
    "https://node.example\t/",
    "https://node.example/\r\nHost: 127.0.0.1",
    "https://nöde.example/",
    "https://node。example/",
    "https://127.0.0.1\u3002example/",
    "https://[::1%25lo]/",
    "https://[::1",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://deep.localhost/",
    "https://0.0.0.0/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[0:0:0:0:0:ffff:7f00:1]/",
)
"""What is never looked up: in live work, refused as it is written."""
STANDS_FOR: Final = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "192.0.0.192",
    "168.63.129.16",
    "198.18.0.1",
    "192.0.2.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "fec0::1",
    "3fff::7",
    "64:ff9b:1::7f00:1",
    "::7f00:1",
    "2001:db8::7",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::7f00:1",
    "2001:0:7f00:1::80ff:fffe",
    "not an address",
)
"""What the name of a node may be made to stand for."""


class Network:
    """Says what names stand for, answer by answer, and counts the connections, of which it lets none come about."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.dialled: list[tuple[str, int]] = []

    def resolve(self, _host: str, _port: int) -> list[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]

    def dial(self, address: str, port: int, _seconds: float) -> socket.socket:
        self.dialled.append((address, port))
        raise ConnectionRefusedError

    def courier(self, mode: Mode = Mode.LIVE, *reach: str) -> HttpCourier:
        return HttpCourier(mode, [parse_network(one) for one in reach], resolve=self.resolve, dial=self.dial)


def test_there_are_at_least_sixty_hostile_endpoints() -> None:
    assert len({*WRITTEN, *STANDS_FOR}) >= 60


@pytest.mark.parametrize("url", WRITTEN)
def test_a_hostile_address_is_refused_before_its_name_is_looked_up(url: str) -> None:
    network = Network([PUBLIC])
    with pytest.raises(Malformed, match="does not call"):
        network.courier().carry("POST", url, {}, b"")
    assert (network.asked, network.dialled) == (0, [])


@pytest.mark.parametrize("address", STANDS_FOR)
@pytest.mark.parametrize("beside", [[], [PUBLIC]], ids=["alone", "beside a public one"])
def test_a_name_that_stands_for_a_place_within_is_not_connected_to(address: str, beside: list[str]) -> None:
    for answers in ([address, *beside], [*beside, address]):
        network = Network(answers)
        with pytest.raises(Malformed, match="does not call"):
            network.courier().carry("POST", "https://node.example/v1", {}, b"")
        assert network.dialled == []


def test_a_name_is_looked_up_once_and_the_connection_goes_to_that_answer() -> None:
    network = Network([PUBLIC], ["169.254.169.254"])
    with pytest.raises(Unavailable):
        network.courier().carry("POST", "https://node.example/v1", {}, b"")
    assert (network.asked, network.dialled) == (1, [(PUBLIC, 443)])


def test_a_later_answer_is_judged_anew() -> None:
    network = Network([PUBLIC], ["127.0.0.1"])
    courier = network.courier()
    with pytest.raises(Unavailable):
        courier.carry("POST", "https://node.example:8443/v1", {}, b"")
    with pytest.raises(Malformed):
        courier.carry("POST", "https://node.example:8443/v1", {}, b"")
    assert network.dialled == [(PUBLIC, 8443)]


def test_loopback_is_reached_in_an_exercise_and_other_places_within_are_not() -> None:
    assert may_reach("127.0.0.1", Mode.EXERCISE) and may_reach("::1", Mode.EXERCISE)
    for address in ("10.0.0.1", "169.254.169.254", "fd00::1", "::ffff:10.0.0.1"):
        assert not may_reach(address, Mode.EXERCISE)


def test_what_the_operator_lists_is_reached_and_nothing_beside_it() -> None:
    network = Network(["10.1.2.3"])
    with pytest.raises(Unavailable):
        network.courier(Mode.LIVE, "10.1.0.0/16").carry("GET", "https://node.example/", {}, b"")
    assert network.dialled == [("10.1.2.3", 443)]
    assert not may_reach("10.2.0.1", Mode.LIVE, [parse_network("10.1.0.0/16")])
    assert may_reach("::ffff:10.1.0.1", Mode.LIVE, [parse_network("10.1.0.0/16")])


def test_public_addresses_are_reached_in_both_families() -> None:
    for mode in Mode:
        assert may_reach(PUBLIC, mode) and may_reach("2620:fe::fe", mode)
        assert may_call("https://node.example:8443/v1", mode) and may_call("https://node.example", mode)


@pytest.mark.parametrize("text", ["", "ten", "10.0.0.1/8", "10.0.0.0/40", "fd00::/200"])
def test_a_network_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="no network"):
        parse_network(text)
