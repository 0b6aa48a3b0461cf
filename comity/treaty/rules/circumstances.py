"""What rules on conduct look at beside the act: the day, the two States' declarations, the request if there is one."""

from dataclasses import dataclass
from datetime import date

from comity.treaty.declarations import Declarations
from comity.treaty.measures import Family, measure
from comity.treaty.offences import PARTICIPATION, convention_offence
from comity.treaty.request import Request


@dataclass(frozen=True, slots=True)
class Circumstances:
    """None: not known, and then never taken for granted."""

    on: date
    requesting: Declarations | None = None
    requested: Declarations | None = None
    request: Request | None = None

    @property
    def is_convention_offence(self) -> bool | None:
        """Whether the request is about an offence of the Convention; None without a request."""
        if self.request is None:
            return None
        named = convention_offence(self.request.offence.article)
        if named is not None and named.article == PARTICIPATION:
            named = convention_offence(self.request.offence.principal)
        return named is not None and named.article != PARTICIPATION


def family_of(name: str) -> Family:
    """The closed list of grounds of a measure; that of assistance where none is named."""
    found = measure(name)
    return Family.ASSISTANCE if found is None else found.family
