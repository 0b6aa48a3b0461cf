"""One request assessed: comity with all its rules, beside twenty of them written for Cedar, a general policy engine.

Both get the same typed request, and both ways include bringing it into the shape that the engine reads. Cedar's policies
are parsed once, as a server would. The twenty are what such a language can say: required contents, scope and threshold,
whether the offence opens the measure. Cedar answers which of them forbid; comity answers all its rules and screens, each
with citation, reason and advice. So the ratio compares the cost of a decision, not the same work.
"""

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Final

import cedarpy

from bench.measure import Benchmark
from comity.base.mode import Mode
from comity.treaty import periods
from comity.treaty.assess import Assessment, Side, assess
from comity.treaty.declarations import declarations_of
from comity.treaty.measures import Scope, measure
from comity.treaty.offences import convention_offence
from comity.treaty.participation import load_register
from comity.treaty.request import Request, read_request

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


def context_of(request: Request) -> dict[str, object]:
    """The request's first measure and what the policies look at beside it, as Cedar reads them."""
    sought = request.measures[0]
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


def forbidden_by_cedar(request: Request, policies: cedarpy.PolicySet, entities: cedarpy.Entities) -> set[str]:
    """The rules whose policies forbid the request. Raises ValueError where a policy failed to run."""
    asked = {"principal": 'State::"XA"', "action": 'Action::"request"', "resource": 'Request::"bench"'}
    answer = cedarpy.is_authorized({**asked, "context": context_of(request)}, policies, entities)
    if answer.diagnostics.errors:
        raise ValueError(f"a policy failed: {answer.diagnostics.errors}")
    names = list(FORBIDDEN)
    numbers = [int(one.removeprefix("policy")) for one in answer.diagnostics.reasons]
    return {names[number - 1] for number in numbers if number}


def assessed(request: Request) -> Assessment:
    return assess(
        request,
        requesting=declarations_of(request.requesting),
        requested=declarations_of(request.requested),
        register=load_register(),
        on=DAY,
        side=Side.REQUESTING,
        mode=Mode.EXERCISE,
    )


def example(name: str) -> Request:
    return read_request((EXAMPLES / f"{name}.toml").read_bytes(), name)


def engine() -> tuple[cedarpy.PolicySet, cedarpy.Entities]:
    """Policies and entities, parsed once."""
    return cedarpy.PolicySet.from_str(POLICIES), cedarpy.Entities.from_json_str("[]")


def benchmark(_scale: float, _stack: ExitStack) -> Benchmark:
    preservation, production = example("preservation"), example("production")
    policies, entities = engine()
    return Benchmark(
        "assessment",
        f"one request assessed; Cedar with {len(FORBIDDEN)} of the rules, comity with all of them",
        {
            "cedarpy, 20 policies, preservation": lambda: forbidden_by_cedar(preservation, policies, entities),
            "comity, all rules, preservation": lambda: assessed(preservation),
            "cedarpy, 20 policies, production": lambda: forbidden_by_cedar(production, policies, entities),
            "comity, all rules, production": lambda: assessed(production),
        },
    )
