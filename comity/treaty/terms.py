"""The Convention's words as types (article 2), and the words of the procedure that rules share."""

from enum import StrEnum


class DataCategory(StrEnum):
    """What kind of data is meant. A log of the addresses from which an account was used is traffic data: article 2(f)
    leaves traffic and content out of subscriber information."""

    SUBSCRIBER = "subscriber"
    """Who holds the account, the service and its period, billing: article 2(f)."""
    TRAFFIC = "traffic"
    """Origin, destination, route, time, size, duration, kind of service: article 2(c)."""
    CONTENT = "content"
    """The substance of what is transmitted: article 2(d)."""


class Stage(StrEnum):
    """What the request is made for: articles 23(1), 40(15)(b)."""

    INVESTIGATION = "investigation"
    PROSECUTION = "prosecution"
    PROCEEDING = "proceeding"


class Seeking(StrEnum):
    """What a request on proceeds asks for; each has its own contents: article 50."""

    FREEZING = "freezing"
    """That property be held for now."""
    NEW_ORDER = "new_order"
    """That the requested State obtain an order of its own courts."""
    EXECUTION = "execution"
    """That an order of the requesting State's courts be carried out."""


class Risk(StrEnum):
    """What is at risk. Only the first two make an emergency: article 2(o)."""

    LIFE = "life"
    SAFETY = "safety"
    PROPERTY = "property"
    DATA = "data"


class Side(StrEnum):
    """On whose side of the request we stand."""

    REQUESTING = "requesting"
    REQUESTED = "requested"


class Role(StrEnum):
    """Who decides what software must not."""

    DUTY_OFFICER = "duty_officer"
    CASE_LAWYER = "case_lawyer"
    REVIEWER = "reviewer"
    """Independent of the case."""
    REQUESTED_AUTHORITY = "requested_authority"
    """The central authority of the requested State (article 40(12))."""
