"""Sealing and queueing: one channel a case and peer, gapless and joined, for the recipient alone."""

import pytest

from comity.base.errors import NotFound
from comity.crypto.hpke import CannotOpen
from comity.exchange.checks import check_inside
from comity.exchange.directory import Use
from comity.exchange.document import verify
from comity.exchange.envelope import open_sealed
from tests.simulators.story import approve, at, draft
from tests.simulators.world import new_world, preservation


def test_each_message_takes_the_next_place_in_its_channel_and_names_the_one_before() -> None:
    world = at("examined")
    for node in world.nodes.values():
        ends: dict[str, tuple[int, str]] = {}
        for message in node.outbox():
            header = message.envelope.read_header()
            seq, prev = ends.get(header.channel, (0, ""))
            assert (header.seq, header.prev) == (seq + 1, prev)
            ends[header.channel] = (header.seq, str(message.envelope.digest))


def test_only_the_recipient_opens_a_message_and_finds_what_was_signed() -> None:
    world = at("examined")
    for node in world.nodes.values():
        for message in node.outbox():
            for other in world.nodes.values():
                if other.id == message.peer:
                    assert open_sealed(message.envelope, other.keys.opener()) == message.document
                    continue
                with pytest.raises(CannotOpen):
                    open_sealed(message.envelope, other.keys.opener())
            signed = verify(message.document, node.keys.signer(Use.AUTHORITY).public)
            check_inside(signed.document, message.envelope.read_header())
            assert (signed.document.from_, signed.document.to) == (node.id, message.peer)


def test_a_header_says_nothing_of_the_case() -> None:
    world = at("examined")
    for node in world.nodes.values():
        for message in node.outbox():
            for case in node.cases():
                assert case.id.encode() not in message.envelope.header_bytes


def test_two_cases_with_one_peer_have_two_channels() -> None:
    world = new_world()
    for _ in range(2):
        approve(world, draft(world, preservation()))
    channels = {message.envelope.read_header().channel for message in world.xa.outbox()}
    assert len(channels) == 2


def test_nothing_is_sealed_to_a_key_that_has_ended() -> None:
    world = new_world()
    case = draft(world, preservation())
    world.pass_days(366)
    before = world.xa.dump()
    with pytest.raises(NotFound):
        approve(world, case)
    assert world.xa.dump() == before
