"""Run a plan to its end, or to where it is stopped, and say what came of it."""

import gc
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from comity.base.ids import NodeId
from comity.simulate.behaviour import Behaviour, Post
from comity.simulate.dishonest import BEHAVIOURS, Overuses
from comity.simulate.drawing import Habit, draw_matters, draw_outages
from comity.simulate.figures import Figures
from comity.simulate.hours import DAY
from comity.simulate.keepers import Keepers
from comity.simulate.logs import Logs
from comity.simulate.nodes import Node
from comity.simulate.people import People
from comity.simulate.plan import FALSIFIERS, START, Plan
from comity.simulate.world import World, new_world

Progress = Callable[[float, World], None]


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """What lasts of a world is large and has no cycles: to look through it often takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Run:
    """A world on its way: `go` takes it to its end. What is stopped half-way keeps what happened until then."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.world = new_world(plan)
        self.logs = Logs(self.world)
        self.keepers = Keepers(self.world)
        self.people = People(self.world)
        self.figures = Figures(self.world)
        self.dishonest: dict[str, str] = {}
        self.behaviours: dict[str, list[Behaviour]] = {}
        draw_outages(self.world)
        draw_matters(self.world, self.people, self._corrupt())
        self.is_whole = False
        self._begun = (time.perf_counter(), time.process_time())

    def _corrupt(self) -> dict[str, Habit]:
        """Each name of the plan at a node of its own, from the second State on, one that falsifies its figures at a
        medium one, whose figures are soon made; the habits of those that ask too much."""
        world, habits = self.world, dict[str, Habit]()
        free = list(world.states.values())[1:]
        for name in self.plan.dishonest:
            state = next((one for one in free if name in FALSIFIERS and one.size.name == "medium"), free[0])
            free.remove(state)
            code, node = state.code, world.authority(state.code)
            self.dishonest[node.id] = name
            self.behaviours[node.id] = [kind() for kind in BEHAVIOURS[name]]
            for one in self.behaviours[node.id]:
                one.begin(self._post(node))
                if isinstance(one, Overuses):
                    shares, before = self.plan.shares, habits.get(code)
                    habit = before or Habit(1.0, shares.urgent, shares.serious_crime)
                    habits[code] = Habit(one.factor, one.urgent or habit.urgent, one.serious or habit.serious)
        return habits

    def _post(self, node: Node) -> Post:
        alone = len(self.behaviours[node.id]) == 1
        return Post(self.world, self.logs, self.figures, node, alone)

    def go(self, progress: Progress | None = None) -> "Run":
        """progress: called about once a simulated day, with the days done."""
        told = START.seconds + DAY
        with _collecting_seldom():
            while self.world.timeline.step():
                if progress is not None and self.world.timeline.now >= told:
                    progress((self.world.timeline.now - START.seconds) / DAY, self.world)
                    told = self.world.timeline.now + DAY
        self.is_whole = True
        return self

    def confess(self) -> None:
        """Have the dishonest nodes tell the ledger what they did."""
        for name, all_of in self.behaviours.items():
            for one in all_of:
                one.confess(self._post(self.world.nodes[NodeId(name)]))

    @property
    def seconds(self) -> tuple[float, float]:
        """Of the wall clock and of this process's processor time, since the world was made."""
        return time.perf_counter() - self._begun[0], time.process_time() - self._begun[1]

    @property
    def most_memory(self) -> int:
        """The largest resident size of this process so far, bytes."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
