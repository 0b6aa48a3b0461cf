"""The shape of an event. `events` lists every kind and gives the rules that they keep."""

import msgspec


class CaseEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="event"):
    """What every event says: when, and by whom."""

    at: int
    by: str
