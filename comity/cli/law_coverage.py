"""`comity law coverage` and `comity check --explain`: what of the Convention is carried, what stands behind a code."""

from comity.cli import output
from comity.cli.options import Json
from comity.treaty.coverage import Coverage, Operative, scenarios
from comity.treaty.coverage import coverage as all_coverage
from comity.treaty.explain import Explanation, explain
from comity.treaty.measures import Measure, all_measures


def coverage(as_json: Json = False) -> None:
    """Show every operative rule of the Convention: what carries it, or why nothing does; then the measures.

    \b
    Example: comity law coverage --json
    """
    found = all_coverage()
    if as_json:
        output.emit_json(_as_json(found))
        return
    output.table(
        ["Rule", "Article", "About", "Carried by"],
        [(one.id, one.article, one.about, _carried_by(one)) for one in found.operative],
    )
    output.result()
    kinds = all_measures()
    output.table(["Measure", "Carried"], [(one.name, _measure_in_words(one)) for one in kinds])
    output.result()
    output.facts({name.replace("_", " ").capitalize(): str(number) for name, number in found.counts.items()})


def show_explanation(code: str, *, as_json: bool) -> None:
    """What stands behind a rule or a provision. Raises NotFound for neither."""
    told = explain(code)
    if as_json:
        output.emit_json(_explained(told))
        return
    output.result(f"[bold]{output.clean(told.title)}[/]")
    output.facts({"code": told.code, "cites": str(told.citation), "source": told.source})
    output.result()
    for reading in told.readings:
        output.result(f"  {output.clean(reading.provision)}: {output.clean(reading.title)}")
        output.result(f"    {output.clean(reading.sure)}")
    sections = {
        "It carries": told.carries,
        "Rules": told.rules,
        "In other instruments": told.elsewhere,
        "Asked for by critics": told.ov,
    }
    for heading, lines in sections.items():
        if lines:
            output.result()
            output.result(f"[bold]{heading}[/]")
            for line in lines:
                output.result(f"  {output.clean(line)}")


def _carried_by(one: Operative) -> str:
    return f"excluded: {one.excluded}" if one.excluded else ", ".join((*one.rules, *one.rows))


def _measure_in_words(kind: Measure) -> str:
    return kind.contents.replace("_", " ") if kind.is_carried else f"no: {kind.elsewhere}"


def _as_json(found: Coverage) -> dict[str, object]:
    return {
        "ok": not found.mistakes(),
        "counts": found.counts,
        "mistakes": list(found.mistakes()),
        "operative": [
            {
                "id": one.id,
                "article": one.article,
                "about": one.about,
                "confidence": one.cited.confidence.value,
                "rules": list(one.rules),
                "rows": list(one.rows),
                "excluded": one.excluded,
            }
            for one in found.operative
        ],
        "rules": {
            name: {
                "title": rule.title,
                "cites": list(rule.cites),
                "ov": list(rule.ov),
                "scenarios": list(scenarios().get(name, ())),
            }
            for name, rule in found.rules.items()
        },
        "measures": {
            one.name: {"carried": one.is_carried, "articles": list(one.articles), "elsewhere": one.elsewhere}
            for one in all_measures()
        },
    }


def _explained(told: Explanation) -> dict[str, object]:
    return {
        "ok": True,
        "code": told.code,
        "title": told.title,
        "citation": str(told.citation),
        "confidence": told.confidence.value,
        "source": told.source,
        "readings": [
            {"provision": one.provision, "title": one.title, "confidence": one.confidence.value, "sure": one.sure}
            for one in told.readings
        ],
        "carries": list(told.carries),
        "rules": list(told.rules),
        "ov": list(told.ov),
        "elsewhere": list(told.elsewhere),
    }
