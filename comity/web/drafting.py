"""What the ways to a new request have in common: what was pasted put into its fields, what stops it shown where it is
mended, and who can be asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from comity.base.errors import Mistake
from comity.base.ids import NodeId, state_of
from comity.exchange.directory import Entity
from comity.exchange.message import Role
from comity.treaty.assess import Assessment
from comity.web import paste
from comity.web.case_pages import Heard, heard
from comity.web.request_form import labelled, persons
from comity.web.request_form.field import Choice, Field, Group
from comity.web.request_form.filling import defaults
from comity.web.request_form.groups import FIELD_OF
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import keep_directory

Fields = dict[str, list[str]]


def typed(visit: Visit, groups: Sequence[Group]) -> Fields:
    """What the visit's form says in the fields of these groups; a box that is not ticked says nothing."""
    found = {one.name: list(visit.form.all(one.name)) for group in groups for one in group.fields}
    if "persons" in found:
        del found["persons"]
        found |= {name: list(texts) for name, texts in visit.form.fields.items() if persons.is_part(name)}
        for row in persons.rows(found):
            found |= {one.name: list(visit.form.all(one.name)) for one in row}
    return found


def with_pasted(visit: Visit, fields: Mapping[str, Sequence[str]], groups: Sequence[Group]) -> Fields:
    """The fields with what stands in the pasted text added to them: its labelled lines, and the identifiers and days
    recognised anywhere in it. Nothing that somebody put into a field is changed."""
    text, before = visit.form.text("pasted"), defaults(visit.office.state, [peer.id for peer in peers(visit)])
    result = {name: list(said) for name, said in fields.items()}
    for name, said in labelled.read(text, with_peers(visit, groups)).items():
        if not any(result.get(name, ())) or result[name] == before.get(name):
            result[name] = said
    found = paste.recognise(text)
    listed = [line.strip() for line in (result.get("identifiers") or [""])[-1].splitlines() if line.strip()]
    result["identifiers"] = ["\n".join(dict.fromkeys([*listed, *paste.identifiers(found)]))]
    for name, day in zip(("period_from", "period_to"), paste.days(found) or (), strict=False):
        if not any(result.get(name, ())):
            result[name] = [day.isoformat()]
    return result


def heard_of(assessment: Assessment | None) -> tuple[Heard, ...]:
    return heard(assessment.findings) if assessment else ()


def to_mend(assessment: Assessment, groups: Sequence[Group]) -> list[Mistake]:
    """What stops the request, each at the field where it is mended, in the order of the form."""
    order = [one.name for group in groups for one in group.fields]
    found = []
    for stop in (*assessment.stops, *assessment.asks):
        name = FIELD_OF.get(stop.rule, "")
        text = f"{stop.why} {stop.todo} ({stop.citation})"
        found.append(Mistake(name if name in order else "", text))
    return sorted(dict.fromkeys(found), key=lambda one: order.index(one.field) if one.field else len(order))


def peers(visit: Visit) -> list[Entity]:
    """Authorities of other States, as the directories trusted here have them."""
    return [
        entity
        for signed in keep_directory.show(visit.office)
        for entity in signed.value.entities
        if entity.role is Role.AUTHORITY and state_of(NodeId(entity.id)) != visit.office.state
    ]


def with_peers(visit: Visit, groups: Sequence[Group]) -> tuple[Group, ...]:
    """The groups with the authorities that can be asked in the field `to`."""
    choices = (Choice("", N_("Choose")), *(Choice(one.id, f"{one.name} ({one.id})") for one in peers(visit)))

    def filled(one: Field) -> Field:
        return replace(one, choices=choices) if one.name == "to" else one

    return tuple(replace(one, fields=tuple(map(filled, one.fields))) for one in groups)
