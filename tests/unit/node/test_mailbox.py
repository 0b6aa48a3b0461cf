"""An empty answer that is held back: until something comes, its time is over, or the same node asks again."""

import asyncio
from collections.abc import Awaitable, Callable

from anyio.lowlevel import checkpoint
from starlette.applications import Starlette

from comity.exchange import mailbox
from comity.node.app import guarded
from comity.node.mailbox import HELD_MOST, LOOK_SECONDS, mailbox_routes
from comity.node.requests import Nonces
from comity.workflows.ports import Answer
from tests.simulators.forge import headers_for
from tests.simulators.running import run
from tests.simulators.story import at, case_at, grant
from tests.simulators.wire import _ask as ask_in_loop
from tests.simulators.wire import ask
from tests.simulators.world import XB, SmallWorld


class Pauses:
    """Nobody waits: what happens meanwhile is told beforehand."""

    def __init__(self, *happen: Callable[[], None]) -> None:
        self.happen, self.count = list(happen), 0

    async def __call__(self, seconds: float) -> None:
        assert seconds == LOOK_SECONDS
        self.count += 1
        if self.happen:
            await asyncio.to_thread(self.happen.pop(0))


def app(world: SmallWorld, pause: Callable[[float], Awaitable[None]]) -> Starlette:
    return Starlette(routes=list(mailbox_routes(world.xb.office, world.xb.url, Nonces(), guarded, pause=pause)))


def question(world: SmallWorld, wait: int) -> tuple[dict[str, str], bytes]:
    body = mailbox.format_asked(mailbox.Asked(wait=wait))
    return headers_for(world, world.xa, XB, mailbox.PATH, body, media_type=mailbox.ASKED_TYPE), body


def post(world: SmallWorld, pause: Pauses, wait: int) -> Answer:
    headers, body = question(world, wait)
    return ask(app(world, pause), "POST", world.xb.url + mailbox.PATH, headers, body)


def test_what_comes_while_it_is_held_back_is_given_at_once() -> None:
    world = at("production asked")
    pauses = Pauses(lambda: None, lambda: void(grant(world, case_at(world, "xb", "stored_data"))))
    answer = post(world, pauses, 25)
    assert answer.status == 200 and pauses.count == 2
    assert mailbox.parse_given(answer.body).batch_bytes


def void(_: object) -> None:
    return None


def test_an_empty_answer_comes_when_its_time_is_over_and_at_once_where_none_was_asked_for() -> None:
    world = at("production asked")
    for wait in (0, 1, 25):
        pauses = Pauses()
        assert post(world, pauses, wait).status == 204
        assert pauses.count == round(wait / LOOK_SECONDS)


def test_a_later_question_ends_the_wait_of_the_one_before() -> None:
    world = at("production asked")
    steps: list[int] = []

    async def both() -> list[int]:
        asked_again = asyncio.Event()

        async def pause(_: float) -> None:
            steps.append(1)
            await checkpoint()  # others have their turn
            if len(steps) == 1:
                asked_again.set()

        one = app(world, pause)

        async def send(wait: int) -> int:
            headers, body = question(world, wait)
            return (await ask_in_loop(one, "POST", world.xb.url + mailbox.PATH, headers, body, 65536)).status

        first = asyncio.ensure_future(send(25))
        await asked_again.wait()
        second = asyncio.ensure_future(send(1))
        return [await first, await second]

    assert run(both()) == [204, 204]
    assert len(steps) < 2 * 25 / LOOK_SECONDS
    assert HELD_MOST > 1
