"""Who looked: written down for oversight each time, and for everybody when a case is exported or printed."""

from comity.web.site import Visit
from comity.workflows.access import PersonRole
from comity.workflows.record_access import record_access


def note_access(visit: Visit, case_id: str, what: str) -> None:
    """Record that this person looked: for oversight each page, for everybody what is exported or printed."""
    with visit.office.store.transaction() as tx:
        record_access(visit.office, tx, visit.person, what, case_id, visit.request.url.path)


def note_if_oversight(visit: Visit, case_id: str) -> None:
    """Record a look at a case, if it is oversight's."""
    if PersonRole.OVERSIGHT in visit.roles:
        note_access(visit, case_id, "read")
