"""One request assessed: comity with all its rules, beside twenty of them written for Cedar, a general policy engine.

Both get the same typed request. Cedar's way includes bringing each measure into the shape that it reads; its policies
are parsed once, as a server would. The twenty are what such a language can say: required contents, scope and threshold,
whether the offence opens the measure. Cedar answers which of them forbid. The same twenty are timed in comity by
themselves, so that one ratio compares the same work, though comity's answers carry citation, reason and advice; the
other way is the whole answer, with every rule and screen.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Final

from bench import peers
from bench.measure import Aim, Benchmark
from comity.base.mode import Mode
from comity.treaty import periods
from comity.treaty.assess import Assessment, Side, assess
from comity.treaty.declarations import declarations_of
from comity.treaty.findings import Effect, Finding, NotMet
from comity.treaty.measures import Contents, Scope, measure
from comity.treaty.offences import convention_offence
from comity.treaty.participation import load_register
from comity.treaty.request import Request, Sought, read_request
from comity.treaty.rules import assistance, basis, preservation, scope, use_limits
from comity.treaty.rules.matter import Item, Matter

try:
    import cedarpy
except ImportError:  # a development dependency; the benchmark says how to get it
    cedarpy = None  # type: ignore[assignment]

DAY: Final = date(2026, 11, 22)
EXAMPLES: Final = Path(__file__).resolve().parent.parent / "examples" / "investment-scam"
FORBIDDEN: Final = {
    "basis.two_states": "context.requesting == context.requested",
    "scope.offence": "!context.convention && context.years < context.serious",
    "scope.opens": "(!context.convention && context.years < context.serious) || (!context.convention && context.only)",
    "scope.specific": 'context.stage == "" || context.wildcard',
    "scope.measures": "context.unknown",
    "scope.reserved": "context.reserved.contains(context.article)",
    "scope.reach": "!context.reach.containsAll(context.categories)",
    "assistance.authority": 'context.assistance && context.authority == ""',
    "assistance.subject": 'context.assistance && (context.subject == "" || context.conducting == "")',
    "assistance.facts": 'context.assistance && context.facts == ""',
    "assistance.description": 'context.assistance && context.data == ""',
    "assistance.purpose": 'context.assistance && context.purpose == ""',
    "assistance.language": "context.assistance && !context.languages.contains(context.language)",
    "preservation.authority": 'context.preservation && context.authority == ""',
    "preservation.offence_and_facts": 'context.preservation && (context.name == "" || context.facts == "")',
    "preservation.data_and_relation": 'context.preservation && (context.data == "" || context.relation == "")',
    "preservation.custodian_or_location": 'context.preservation && context.custodian == "" && context.location == ""',
    "preservation.necessity": 'context.preservation && context.necessity == ""',
    "preservation.assistance_follows": "context.preservation && !context.follows",
    "use_limits.secrecy": "context.secret && context.days > context.cap",
}
"""By the id of the rule that asks the same in comity."""
POLICIES: Final = "\n".join(
    [
        "permit(principal, action, resource);",
        *(f'@id("{rule}") forbid(principal, action, resource) when {{ {when} }};' for rule, when in FORBIDDEN.items()),
    ]
)
NO_END: Final = 10**6

_WHOLE: Final[Mapping[str, Callable[[Matter], Finding | None]]] = {
    "basis.two_states": basis.two_states,
    "scope.offence": scope.offence,
    "scope.specific": scope.specific,
    "scope.measures": scope.asked,
    "use_limits.secrecy": use_limits.secrecy,
}
_OPENED: Final[Mapping[str, Callable[[Matter, Item], Finding]]] = {
    "scope.opens": scope.opens,
    "scope.reach": lambda _, item: scope.reach(item),
}
_ASSISTANCE: Final[Mapping[str, Callable[[Matter, Sought], Finding]]] = {
    "assistance.authority": assistance.authority,
    "assistance.subject": assistance.subject,
    "assistance.facts": assistance.facts,
    "assistance.description": assistance.description,
    "assistance.purpose": assistance.purpose,
    "assistance.language": lambda matter, _: assistance.language(matter),
}
_PRESERVATION: Final[Mapping[str, Callable[[Matter, Item], Finding]]] = {
    "preservation.authority": lambda matter, _: preservation.authority(matter),
    "preservation.offence_and_facts": lambda matter, _: preservation.offence_and_facts(matter),
    "preservation.data_and_relation": preservation.data_and_relation,
    "preservation.custodian_or_location": preservation.custodian_or_location,
    "preservation.necessity": lambda matter, _: preservation.necessity(matter),
    "preservation.assistance_follows": lambda matter, _: preservation.assistance_follows(matter),
}
TWENTY: Final = {*_WHOLE, "scope.reserved", *_OPENED, *_ASSISTANCE, *_PRESERVATION}
"""The same rules as FORBIDDEN, as comity has them."""


def forbidden_by_comity(request: Request) -> set[str]:
    """The rules of TWENTY that stop the request; every one that applies is run, once for each measure as in Cedar."""
    requesting, requested = declarations_of(request.requesting), declarations_of(request.requested)
    matter = Matter(request, requesting, requested, load_register(), DAY, Side.REQUESTING, Mode.EXERCISE)
    return {one.rule for one in _findings(matter) if isinstance(one, NotMet) and one.effect is Effect.STOP}


def _findings(matter: Matter) -> Iterator[Finding | None]:
    for sought in matter.request.measures:
        yield from (rule(matter) for rule in _WHOLE.values())
        yield from scope.reserved(matter)
        kind = measure(sought.measure)
        if kind is None:
            continue
        item = (sought, kind)
        yield from _on(_OPENED.values(), matter, item)
        if kind.is_assistance:
            yield from (rule(matter, sought) for rule in _ASSISTANCE.values())
        if kind.contents is Contents.PRESERVATION:
            yield from _on(_PRESERVATION.values(), matter, item)


def _on(rules: Iterable[Callable[[Matter, Item], Finding]], matter: Matter, item: Item) -> Iterator[Finding]:
    return (rule(matter, item) for rule in rules)


def context_of(request: Request, sought: Sought) -> dict[str, object]:
    """One measure of a request and what the policies look at beside it, as Cedar reads them."""
    kind = measure(sought.measure)
    found = convention_offence(request.offence.article)
    theirs, ours = declarations_of(request.requested), declarations_of(request.requesting)
    wish = request.confidentiality
    until = wish.until if wish is not None else None
    return {
        "requesting": request.requesting,
        "requested": request.requested,
        "convention": found is not None,
        "article": found.article if found else "",
        "years": request.offence.max_penalty_years or 0,
        "serious": periods.count("serious_crime", DAY),
        "only": kind is not None and kind.scope is Scope.CONVENTION,
        "unknown": kind is None,
        "stage": request.stage or "",
        "wildcard": any("*" in name for name in sought.identifiers),
        "reserved": [one.provision for one in (*ours.reservations, *theirs.reservations) if one.since <= DAY],
        "reach": [one.value for one in kind.reach] if kind else [],
        "categories": [one.value for one in sought.categories],
        "assistance": kind is not None and kind.is_assistance,
        "preservation": sought.measure == "expedited_preservation",
        "authority": request.authority,
        "conducting": request.conducting_authority,
        "subject": request.subject,
        "facts": request.facts,
        "name": request.offence.name,
        "purpose": request.purpose,
        "necessity": request.necessity,
        "language": request.language,
        "languages": list(theirs.languages),
        "data": sought.data,
        "relation": sought.relation,
        "custodian": sought.custodian,
        "location": sought.location,
        "follows": request.assistance_will_follow,
        "secret": wish is not None and wish.wanted,
        "days": (until - (request.made_on or DAY)).days if until else NO_END,
        "cap": ours.policy.secrecy_cap_days or NO_END,
    }


def forbidden_by_cedar(request: Request, policies: "cedarpy.PolicySet", entities: "cedarpy.Entities") -> set[str]:
    """The rules whose policies forbid the request. Raises ValueError where a policy failed to run."""
    return decided(contexts_of(request), policies, entities)


def contexts_of(request: Request) -> list[str]:
    """What is asked, measure by measure, as JSON text: Cedar takes nothing else in."""
    return [json.dumps(context_of(request, sought)) for sought in request.measures]


def decided(contexts: Iterable[str], policies: "cedarpy.PolicySet", entities: "cedarpy.Entities") -> set[str]:
    """As forbidden_by_cedar, of facts that are in its shape already."""
    asked = {"principal": 'State::"XA"', "action": 'Action::"request"', "resource": 'Request::"bench"'}
    names, found = list(FORBIDDEN), set[str]()
    for context in contexts:
        answer = cedarpy.is_authorized({**asked, "context": context}, policies, entities)
        if answer.diagnostics.errors:
            raise ValueError(f"a policy failed: {answer.diagnostics.errors}")
        numbers = [int(one.removeprefix("policy")) for one in answer.diagnostics.reasons]
        found.update(names[number - 1] for number in numbers if number)  # 0 is the permit
    return found


def assessed(request: Request, side: Side = Side.REQUESTING) -> Assessment:
    return assess(
        request,
        requesting=declarations_of(request.requesting),
        requested=declarations_of(request.requested),
        register=load_register(),
        on=DAY,
        side=side,
        mode=Mode.EXERCISE,
    )


def example(name: str) -> Request:
    return read_request((EXAMPLES / f"{name}.toml").read_bytes(), name)


def engine() -> "tuple[cedarpy.PolicySet, cedarpy.Entities]":
    """Policies and entities, parsed once."""
    return cedarpy.PolicySet.from_str(POLICIES), cedarpy.Entities.from_json_str("[]")


def benchmark(_scale: float, _stack: ExitStack) -> Benchmark:
    """The aim is held to the request that the issue names: production.toml, as the requested State sees it."""
    preservation, production = example("preservation"), example("production")
    received = "comity, all rules, production, requested side"
    ways: dict[str, Callable[[], object]] = {
        "comity, the same 20 rules, production": lambda: forbidden_by_comity(production),
        "comity, the same 20 rules, preservation": lambda: forbidden_by_comity(preservation),
        received: lambda: assessed(production, Side.REQUESTED),
        "comity, all rules, production": lambda: assessed(production),
        "comity, all rules, preservation": lambda: assessed(preservation),
    }
    absent: tuple[str, ...] = ()
    if cedarpy is None:
        absent = (peers.missing("cedarpy"),)
    else:
        policies, entities = engine()
        ready = contexts_of(production)
        ways = {
            "cedarpy, 20 policies, production": lambda: forbidden_by_cedar(production, policies, entities),
            "cedarpy, 20 policies, preservation": lambda: forbidden_by_cedar(preservation, policies, entities),
            "cedarpy, production, facts in its shape before": lambda: decided(ready, policies, entities),
            **ways,
        }
    what = f"one request assessed; the {len(FORBIDDEN)} rules in Cedar and in comity, and all of comity's"
    return Benchmark("assessment", what, ways, absent, (Aim(received, 0.001),))
