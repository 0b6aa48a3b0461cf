"""What of the Convention is carried, and that a gap would be seen. The lists themselves: tests/architecture."""

import msgspec

from comity.treaty.coverage import Coverage, Operative, coverage
from comity.treaty.rule_catalogue import all_rules, rules_of


def gaps(one: Operative) -> tuple[str, ...]:
    rules = {"scope.offence": all_rules()["scope.offence"]}
    return Coverage((one,), rules).mistakes()


WHOLE = Operative(id="R1", article="2(h)", about="x.", rules=("scope.offence",))


def test_counts_add_up() -> None:
    counts = coverage().counts
    assert counts["carried"] + counts["excluded"] == counts["operative"] == len(coverage().operative)
    assert counts["rules"] == len(all_rules())
    assert (counts["measures"], counts["measures_carried"]) == (28, 21)


def test_a_whole_list_has_no_mistakes() -> None:
    assert gaps(WHOLE) == ()


def test_each_kind_of_gap_is_found() -> None:
    empty = msgspec.structs.replace(WHOLE, rules=())
    assert "R1 is neither carried nor excluded" in gaps(empty)
    both = msgspec.structs.replace(WHOLE, excluded="because")
    assert gaps(both) == ("R1 is carried and excluded",)
    unknown = msgspec.structs.replace(WHOLE, rules=("scope.offence", "scope.gossip"), rows=("periods.toml#x",))
    assert gaps(unknown) == ("R1 names no known rule: scope.gossip", "R1 names no known row: periods.toml#x")
    elsewhere = msgspec.structs.replace(WHOLE, rules=(), rows=("periods.toml#serious_crime",))
    assert gaps(elsewhere) == ("no operative rule names scope.offence",)
    assert Coverage((WHOLE, WHOLE), {}).mistakes()[-1] == "R1 stands twice"


def test_another_instrument_has_rules_of_its_own_with_its_own_citations() -> None:
    assert str(rules_of("budapest")["preservation.necessity"].cited) == "Budapest 29(2)(e)"
