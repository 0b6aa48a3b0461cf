"""From published figures anyone reads what they hold, and is told what they do not."""

import msgspec

from comity.oversight import classes as c
from comity.oversight.release import ClassFigure, Release, TableFigures
from comity.oversight.signals.every import SIGNALS
from comity.oversight.signals.published import impossible, possible, read_releases
from tests.simulators.figures import STATES, release

NODES = STATES[:4]


def with_offences(found: Release, serious: int | None, convention: int) -> Release:
    """The release with another table of the offences it asked about."""
    classes = tuple(
        ClassFigure(name, {c.SERIOUS_CRIME: serious, c.EXPRESSION: 0, "art-13": convention}.get(name, 0))
        for name in c.dimension("offence").classes
    )
    table = TableFigures(
        direction="sent",
        by="offence",
        counted=c.REQUESTS,
        shared=True,
        classes=classes,
        total=None if serious is None else serious + convention,
    )
    kept = tuple(one for one in found.tables if (one.direction, one.by) != ("sent", "offence"))
    return msgspec.structs.replace(found, tables=(*kept, table))


def releases(serious: int | None, convention: int) -> list[Release]:
    """One node with these figures, beside honest ones."""
    found = [release(1, node, "2026-Q4") for node in NODES]
    honest = [with_offences(one, 20, 80) for one in found[1:]]
    return [with_offences(found[0], serious, convention), *honest]


def test_a_node_that_asks_mostly_about_serious_crime_stands_out_and_its_honest_twin_does_not() -> None:
    readings, _ = read_releases(releases(90, 10))
    fired = [(one.signal, one.requester) for one in readings if one.fires]
    assert ("serious-crime-share", NODES[0]) in fired
    assert not [one for one in fired if one[1] != NODES[0] and one[0] == "serious-crime-share"]
    twin, _ = read_releases(releases(20, 80))
    assert not [one for one in twin if one.fires and one.signal == "serious-crime-share"]


def test_a_figure_that_is_withheld_is_not_taken_for_nought() -> None:
    readings, unread = read_releases(releases(None, 10))
    assert not [one for one in readings if (one.signal, one.requester) == ("serious-crime-share", NODES[0])]
    why = [one.why for one in unread if (one.signal, one.node) == ("serious-crime-share", NODES[0])]
    assert why and "withheld" in why[0]


def test_every_signal_is_either_read_from_figures_or_said_not_to_be() -> None:
    assert {one.name for one in (*possible(), *impossible())} == {one.name for one in SIGNALS}
    assert {one.name for one in impossible()} >= {"identical-texts", "out-of-hours-spike", "penalty-raised"}
    for one in possible():
        assert one.figures is not None
        by, classes = one.figures
        assert set(classes) <= set(c.dimension(by).classes), one.name
    readings, unread = read_releases([release(2, node, "2026-Q4") for node in NODES])
    seen = {(one.signal, one.requester) for one in readings} | {(one.signal, one.node) for one in unread}
    assert seen == {(one.name, node) for one in possible() for node in NODES}
