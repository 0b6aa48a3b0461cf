"""The drawing of a run."""

import defusedxml.ElementTree

from comity.simulate.plan import CLEAR, Plan
from comity.simulate.plot import plot
from comity.simulate.report import report_of, spread
from comity.simulate.run import Run

SVG = "{http://www.w3.org/2000/svg}"


def test_the_drawing_says_in_words_what_it_shows() -> None:
    report = report_of(Run(Plan(states=4, days=4, volume=8, weather=CLEAR, dishonest=())).go())
    drawn = defusedxml.ElementTree.fromstring(plot(report))
    said = drawn.findtext(f"{SVG}desc") or ""
    assert "4 States, 4 days" in (drawn.findtext(f"{SVG}title") or "")
    assert f"{report.sent} messages sent" in said
    assert all(kind in said for kind in report.delivery_seconds)
    assert set(drawn.get("aria-labelledby", "").split()) == {one.get("id") for one in drawn if one.get("id")}
    assert len(drawn.findall(f"{SVG}circle")) == len(report.delivery_seconds)


def test_a_run_in_which_nothing_was_sent_can_be_drawn() -> None:
    report = report_of(Run(Plan(states=4, days=1, volume=0.01, dishonest=())).go())
    assert report.sent == 0
    defusedxml.ElementTree.fromstring(plot(report))


def test_the_figures_of_a_spread_are_figures_that_occurred() -> None:
    found = spread([float(n) for n in range(1, 201)])
    assert (found.count, found.p50, found.p90, found.p99, found.most) == (200, 100.0, 180.0, 198.0, 200.0)
    assert spread([]).count == 0
