"""Write docs/treaty-map.md (article, our rule, its scenarios) and the list of scenarios that comity carries with it.

`--check` only says whether they are as drawn.

Read from the law data of comity (coverage.toml, rules.toml, measures.toml) and from tests/scenarios/*.toml, where each
file has a table `expect` with a list of rule ids a verdict.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from comity.treaty.citation import Confidence, catalogue
from comity.treaty.coverage import Coverage, Operative, coverage
from comity.treaty.measures import all_measures

ROOT = Path(__file__).resolve().parent.parent
PAGE = Path("docs/treaty-map.md")
SCENARIOS = Path("tests/scenarios")
LIST = Path("comity/treaty/scenarios.toml")
_LIST_HEAD = "# Which scenarios of tests/scenarios show a rule. Written by scripts/draw_treaty_map.py; do not edit."
_SURE = {
    Confidence.TEXT: "read",
    Confidence.KNOWN_FROM_MODEL: "known by its model",
    Confidence.KNOWN: "known",
    Confidence.UNSURE: "**unsure**",
}
_HEAD = """# Treaty map

Written by `scripts/draw_treaty_map.py`; do not edit. From each operative rule of the Convention to what carries it in
comity, and to the scenarios that show it. The words are ours; the certified text decides. `comity law coverage` prints
the same, and `comity check --explain CODE` what stands behind one rule.

How sure we are of a provision: *read* in the adopted text; *known by its model*, an older provision read in full;
*known*; **unsure**: check the certified text.
"""


def scenarios_of(folder: Path) -> dict[str, tuple[str, ...]]:
    """The scenario files that name each rule, by rule id, in order of name."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.toml")):
        for rule in dict.fromkeys(rules_in(tomllib.loads(file.read_text(encoding="utf-8")))):
            found.setdefault(rule, []).append(file.name)
    return {rule: tuple(names) for rule, names in found.items()}


def rules_in(scenario: Mapping[str, object]) -> Iterator[str]:
    """Every rule id that its `expect` lists under some verdict."""
    expect = scenario.get("expect")
    for listed in expect.values() if isinstance(expect, Mapping) else ():
        for rule in listed if isinstance(listed, list) else ():
            if isinstance(rule, str):
                yield rule


def page(found: Coverage, scenarios: Mapping[str, tuple[str, ...]]) -> str:
    """The whole page."""
    parts = (_counts(found, scenarios), _articles(found, scenarios), _rules(found, scenarios))
    return "\n".join([_HEAD, *(line for part in parts for line in part)]) + "\n"


def _counts(found: Coverage, scenarios: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    shown = sum(rule in scenarios for rule in found.rules)
    counts = found.counts
    yield (
        f"{counts['operative']} operative rules: {counts['carried']} carried, {counts['excluded']} excluded with a "
        f"reason.\n{counts['rules']} rules of comity, {shown} of them shown by a scenario.\n{counts['measures']} "
        f"measures: {counts['measures_carried']} carried, the others recognised and sent where they belong."
    )
    yield ""


def _articles(found: Coverage, scenarios: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for number in sorted({one.number for one in found.operative}):
        yield f"## Article {number}: {_title(number)}"
        yield ""
        yield "| rule | provision | about | sure | carried by | scenarios |"
        yield "|---|---|---|---|---|---|"
        for one in found.operative:
            if one.number == number:
                yield _row(one, scenarios)
        yield ""


def _title(number: int) -> str:
    """Of the article itself, or of the first of its paragraphs that the catalogue has."""
    known, name = catalogue(), str(number)
    paragraphs = (one.title for key, one in known.items() if key.startswith(f"{name}("))
    return known[name].title if name in known else next(paragraphs)


def _row(one: Operative, scenarios: Mapping[str, tuple[str, ...]]) -> str:
    by = f"not carried: {one.excluded}" if one.excluded else ", ".join(f"`{name}`" for name in (*one.rules, *one.rows))
    names = dict.fromkeys(name for rule in one.rules for name in scenarios.get(rule, ()))
    sure = _SURE[one.cited.confidence]
    return f"| {one.id} | {one.article} | {one.about} | {sure} | {by} | {_links(tuple(names))} |"


def _rules(found: Coverage, scenarios: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield "## Rules of comity"
    yield ""
    yield "| code | title | cites | asked for by critics | scenarios |"
    yield "|---|---|---|---|---|"
    for name, rule in found.rules.items():
        ov, links = ", ".join(rule.ov), _links(scenarios.get(name, ()))
        yield f"| `{name}` | {rule.title} | {', '.join(rule.cites)} | {ov} | {links} |"
    yield ""
    yield "## Measures"
    yield ""
    yield "| measure | rests on | carried |"
    yield "|---|---|---|"
    for kind in all_measures():
        carried = "yes" if kind.is_carried else f"no: {kind.elsewhere} {kind.instead}"
        yield f"| `{kind.name}` | {', '.join(kind.articles)} | {carried} |"


def _links(names: tuple[str, ...]) -> str:
    """The first few, and how many more."""
    most = 4
    shown = [f"[{name.removesuffix('.toml')}](../{SCENARIOS.as_posix()}/{name})" for name in names[:most]]
    more = [f"and {len(names) - most} more"] if len(names) > most else []
    return ", ".join(shown + more)


def listed(scenarios: Mapping[str, tuple[str, ...]]) -> str:
    """The scenarios by rule, as data that is packaged for `comity law coverage`."""
    rows = (
        f"{name!r} = {[file.removesuffix('.toml') for file in files]!r}" for name, files in sorted(scenarios.items())
    )
    return "\n".join([_LIST_HEAD, "", "[scenarios]", *rows, ""]).replace("'", '"')


def drawn(root: Path) -> dict[Path, str]:
    """The page and the list as they should be."""
    scenarios = scenarios_of(root / SCENARIOS)
    return {PAGE: page(coverage(), scenarios), LIST: listed(scenarios)}


def main(arguments: list[str]) -> int:
    for path, text in drawn(ROOT).items():
        file = ROOT / path
        same = file.is_file() and file.read_text(encoding="utf-8") == text
        if same:
            continue
        if "--check" in arguments:
            print(f"{path} is not as drawn: run python -m scripts.draw_treaty_map")
            return 1
        file.write_text(text, encoding="utf-8")
    print("as drawn")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
