"""The order to a provider, and the provider's answer to it."""

from typing import Final

from comity.cases.case import Case
from comity.exchange.message import Role
from comity.web.actions.form import NO_REASONS, REASONS, Action, day, number, only
from comity.web.ground_words import OBJECTIONS
from comity.web.request_form.field import Choice, Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import keep_directory, order_provider


def _order_fields(visit: Visit, case: Case) -> tuple[Field, ...]:
    own = [
        entity
        for signed in keep_directory.show(visit.office)
        if signed.value.state == visit.office.state
        for entity in signed.value.entities
        if entity.role is Role.PROVIDER
    ]
    chosen = (Choice("", N_("Choose")), *(Choice(one.id, f"{one.name} ({one.id})") for one in own))
    fields = (
        Field("provider", "one", N_("Provider"), N_("Of this State only (art. 5(2))."), choices=chosen),
        Field("legal_basis", "line", N_("Provision of your law")),
        Field("reasons", "area", N_("Reasons"), rows=2),
    )
    days = Field("days", "number", N_("Days to preserve"), N_("From 60 to 90; it can be renewed."), "42(8), 25(2)")
    return (*fields, days) if case.procedure == "preservation" else fields


def _order(visit: Visit, case: Case) -> str:
    order_provider.order(
        visit.office,
        visit.person,
        case.id,
        provider=visit.form.text("provider"),
        legal_basis=visit.form.text("legal_basis"),
        reasons=visit.form.text("reasons"),
        days=number(visit, "days"),
    )
    return ""


def _confirm(visit: Visit, case: Case) -> str:
    order_provider.confirm_preserved(visit.office, visit.person, case.id, until=day(visit, "until"))
    return ""


def _object(visit: Visit, case: Case) -> str:
    order_provider.object_to_order(
        visit.office, visit.person, case.id, ground=visit.form.text("ground"), reasons=visit.form.text("reasons")
    )
    return ""


_HINTS: Final = {"too broad": N_("More than the matter needs, or not said exactly.")}
_OBJECTIONS: Final = tuple(Choice(one, word, _HINTS.get(one, "")) for one, word in OBJECTIONS.items())
ORDER: Final = Action(
    N_("The provider gets a signed order with what the request says of the data, and no more."),
    N_("Order the provider"),
    _order_fields,
    {"provider": N_("Choose the provider"), "legal_basis": N_("Name the provision of your law"), "reasons": NO_REASONS},
    _order,
    weighs="request",
)
CONFIRM: Final = Action(
    N_("You say that the data are kept unaltered. Nothing is disclosed."),
    N_("Confirm preservation"),
    only(Field("until", "day", N_("Kept until"), N_("The day of the order, or a later one."), "25(2)")),
    {},
    _confirm,
    weighs="request",
)
OBJECT: Final = Action(
    N_("The authority that ordered you decides what follows. What is preserved stays preserved meanwhile."),
    N_("Send the objection"),
    only(Field("ground", "radios", N_("Why"), choices=_OBJECTIONS), REASONS),
    {"ground": N_("Choose the ground"), "reasons": NO_REASONS},
    _object,
    weighs="request",
)
