"""Keepers of the States' lists: each is signed anew before it ends, keys are stolen, revoked and replaced."""

from functools import partial
from random import Random
from typing import Final

from comity.base.errors import ComityError
from comity.exchange.directory import LONGEST_LIFE_DAYS, Use
from comity.simulate.chance import drawn_for
from comity.simulate.hours import DAY, HOUR
from comity.simulate.nodes import OPERATORS, Node
from comity.simulate.plan import START
from comity.simulate.world import Hindered, World
from comity.workflows import change_directory, keep_directory

RENEW_DAYS: Final = LONGEST_LIFE_DAYS - 6
TAKEN_HOURS: Final = 48.0
"""Within how long other nodes' people take in a newer list that was brought to them."""
URGENT_HOURS: Final = 12.0
NOTICED_HOURS: Final = 20.0
"""How long after a theft it is noticed, at most."""
STOLEN: Final = (Use.TRANSPORT, Use.AUTHORITY, Use.RECEIPT)


class Keepers:
    """`stolen`: the thefts, as (node, use, day)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.stolen: list[tuple[str, str, int]] = []
        world.timeline.at(START.seconds + RENEW_DAYS * DAY, self._renew_all)
        for code in world.states:
            drawn = drawn_for(world.plan.seed, code, "thefts")
            if drawn.random() < world.plan.weather.stolen_keys * world.plan.days / 365:
                moment = START.seconds + drawn.random() * world.plan.days * 0.8 * DAY
                use = drawn.choice(STOLEN)
                world.timeline.at(moment, partial(self._steal, code, use, drawn))

    def _renew_all(self) -> None:
        """Every list again, within the hour: those of nodes founded since end later, and are renewed with them."""
        keepers = [*self._world.authorities(), *self._observatory()]
        for n, keeper in enumerate(keepers):
            self._world.timeline.after(n * 10.0, partial(self._renew, keeper))
        self._world.timeline.after(RENEW_DAYS * DAY, self._renew_all)

    def _observatory(self) -> list[Node]:
        return [node for node in self._world.nodes.values() if node.id.endswith("/observatory-1")]

    def _renew(self, keeper: Node) -> None:
        keep_directory.renew(keeper.office, OPERATORS[0], [keeper.keys.root])
        self._world.publish_list(keeper, TAKEN_HOURS)

    def _steal(self, code: str, use: Use, drawn: Random) -> None:
        """A key was stolen; some hours later it is noticed, revoked since the theft, and another takes its place."""
        node = self._world.authority(code)
        since = node.clock.now()
        kid = node.keys.signer(use).kid
        self.stolen.append((node.id, use, int((self._world.timeline.now - START.seconds) / DAY)))

        def replace_it() -> None:
            try:
                roots = [node.keys.root]
                change_directory.revoke(node.office, OPERATORS[0], kid, since, roots)
                public = node.keys.next_signer(use)
                change_directory.rotate(node.office, OPERATORS[0], use, public, node.clock.now(), roots)
            except ComityError as error:
                self._world.hindered.append(Hindered(node.id, "", f"replace the {use} key", error.code))
                return
            self._world.publish_list(node, URGENT_HOURS)

        self._world.timeline.after((1 + drawn.random() * NOTICED_HOURS) * HOUR, replace_it)
