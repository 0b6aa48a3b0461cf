"""What is drawn before a run: which States drop off the net and when, which matters begin and what they are."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import exp
from random import Random

from comity.simulate.chance import drawn_for
from comity.simulate.hours import DAY, HOUR, into_office_hours
from comity.simulate.matters import Matter, draw_kind
from comity.simulate.network import Outage
from comity.simulate.people import People
from comity.simulate.plan import START, Plan
from comity.simulate.states import State
from comity.simulate.world import CALM_DAYS, World


@dataclass(frozen=True, slots=True)
class Habit:
    """How a State asks: a factor on its matters, and the shares of them that are urgent, and serious crime beside the
    Convention."""

    factor: float
    urgent: float
    serious: float


def draw_outages(world: World) -> None:
    """When States are off the net, and for how long."""
    weather, years = world.plan.weather, world.plan.days / 365
    for code in world.states:
        drawn = drawn_for(world.plan.seed, code, "outages")
        for _ in range(_poisson(weather.outages * years, drawn)):
            since = START.seconds + drawn.random() * world.plan.days * DAY
            hours = weather.outage_hours
            drawn_hours = hours.median_hours * exp(drawn.gauss(0, hours.spread))
            length = min(drawn_hours, weather.longest_outage_hours) * HOUR
            until = min(since + length, world.network.calm_from)
            if until > since:
                world.network.outages.append(Outage(code, since, until))


def draw_matters(world: World, people: People, habits: dict[str, Habit]) -> None:
    """When matters begin, and what they are. habits: of States that ask otherwise than others."""
    for moment, matter in matters_of(world.plan, world.states.values(), habits):
        world.timeline.at(moment, partial(people.begin, matter))


def matters_of(plan: Plan, states: Iterable[State], habits: Mapping[str, Habit]) -> Iterator[tuple[float, Matter]]:
    """Each matter with the moment at which it begins, State by State."""
    number = 0
    for state in states:
        drawn = drawn_for(plan.seed, state.code, "matters")
        habit = habits.get(state.code, Habit(1.0, plan.shares.urgent, plan.shares.serious_crime))
        for _ in range(_poisson(state.size.matters * habit.factor * plan.volume * plan.days / 365, drawn)):
            number += 1
            codes = [code for code, _ in state.partners]
            weights = [weight for _, weight in state.partners]
            matter = Matter(
                number,
                state.code,
                drawn.choices(codes, weights)[0],
                draw_kind(drawn, habit.serious),
                urgent=drawn.random() < habit.urgent,
                preserves=drawn.random() < plan.shares.begins_with_preservation,
                produces=drawn.random() < plan.shares.followed_by_production,
                secret=drawn.random() < 0.6,
                emergency=drawn_for(plan.seed, number, "emergency").random() < plan.shares.emergency,
            )
            moment = START.seconds + drawn.random() * (plan.days - CALM_DAYS) * DAY
            yield into_office_hours(moment, state.hour), matter


def _poisson(mean: float, drawn: Random) -> int:
    """Knuth's way, in pieces so that exp never underflows."""
    count = 0
    while mean > 0:
        piece = min(mean, 50.0)
        mean -= piece
        limit, product = exp(-piece), drawn.random()
        while product > limit:
            count += 1
            product *= drawn.random()
    return count
