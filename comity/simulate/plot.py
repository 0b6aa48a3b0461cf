"""A run as a small drawing: deliveries day by day, and how long delivery took. SVG, with its text for those who cannot
see it."""

from functools import cache
from math import log10
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from comity.simulate.report import Report

WIDTH: Final = 640
_LEFT: Final = 56
_RIGHT: Final = 16
_HEIGHT: Final = 140
_SHOWN: Final = ("p50", "p90", "p99")
_DECADES: Final = (0.1, 1.0, 10.0, 60.0, 600.0, 3600.0, 86400.0)
_NAMES: Final = ("0.1 s", "1 s", "10 s", "1 min", "10 min", "1 h", "1 day")


def plot(report: Report) -> str:
    """An SVG document."""
    days, inner = report.deliveries_a_day, WIDTH - _LEFT - _RIGHT
    most = max(days, default=0) or 1
    bar = inner / max(1, len(days))
    bars = [
        {
            "x": round(_LEFT + n * bar, 2),
            "width": round(max(0.5, bar * 0.8), 2),
            "height": round(_HEIGHT * count / most, 2),
        }
        for n, count in enumerate(days)
    ]
    kinds = [
        {"name": name, "count": one.count, "marks": [{"x": _place(getattr(one, p)), "name": p} for p in _SHOWN]}
        for name, one in sorted(report.delivery_seconds.items(), key=lambda pair: -pair[1].count)
    ]
    scale = [{"x": _place(at), "name": name} for at, name in zip(_DECADES, _NAMES, strict=True)]
    return str(
        _environment().get_template("plot.svg").render(report=report, bars=bars, kinds=kinds, scale=scale, most=most)
    )


def _place(seconds: float) -> float:
    """Where on a logarithmic scale from the first of the decades to ten days."""
    low, high = log10(_DECADES[0]), log10(10 * _DECADES[-1])
    share = (log10(min(max(seconds, _DECADES[0]), 10 * _DECADES[-1])) - low) / (high - low)
    return round(150 + share * (WIDTH - 150 - _RIGHT), 2)


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("comity.simulate"), autoescape=True, undefined=StrictUndefined)
