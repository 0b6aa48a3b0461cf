"""Which roles a person has here: by the database, for people who sign in; else by the configuration."""

from comity.base.ids import ActorId, actor_id
from comity.workflows.office import Office
from comity.workflows.stores import Transaction


def roles_of(office: Office, person: str, tx: Transaction | None = None) -> frozenset[str] | None:
    """The roles of `person` today; None for somebody unknown here. tx: the transaction it is asked in, if in one.

    People who joined stand in the database, and what stands there counts at once: one who is suspended has no role. The
    configuration's [[people]] act at the terminal, and as personas in an exercise. Where a token acts, nobody has more
    than it gives them.
    """
    name = ActorId(actor_id(person))
    if tx is None:
        with office.store.transaction() as own:
            found = own.people.get(name)
    else:
        found = tx.people.get(name)
    if found is not None:
        return _within(office, name, found.roles if found.active else frozenset())
    configured = office.people.get(name)
    return None if configured is None else _within(office, name, configured)


def _within(office: Office, name: ActorId, roles: frozenset[str]) -> frozenset[str]:
    """The roles that are left where a token acts."""
    return roles if office.acting is None else roles & office.acting.get(name, frozenset())
