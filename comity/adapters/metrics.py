"""Figures as Prometheus reads them, from values that are passed in: nothing is counted behind anyone's back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest, start_http_server

from comity.adapters.files import write_whole
from comity.base.errors import Unavailable

METRICS_TYPE: Final = CONTENT_TYPE_LATEST
WORDS: Final[Mapping[str, str]] = {
    "comity_log_published_entries": "Entries under the last published checkpoint.",
    "comity_log_published_age_seconds": "Seconds since a witness last cosigned the published checkpoint.",
    "comity_log_cosignatures": "Witnesses that cosigned the published checkpoint.",
    "comity_log_alarms": "Alarms about the log that stand.",
    "comity_watch_size": "Entries of the log at its last good checkpoint.",
    "comity_watch_age_seconds": "Seconds since a witness last cosigned the log's checkpoint.",
    "comity_watch_faults": "What the monitor has found against the log, by kind.",
}
_Labelled = Mapping[tuple[str, ...], float]


def metrics_text(gauges: Mapping[str, float]) -> bytes:
    """Gauges without labels, in the text format."""
    registry = CollectorRegistry()
    for name, value in gauges.items():
        Gauge(name, WORDS[name], registry=registry).set(value)
    return generate_latest(registry)


class Board:
    """Gauges with labels that a monitor keeps: for a file that node_exporter reads, or a port of its own."""

    def __init__(self, labels: Mapping[str, tuple[str, ...]]) -> None:
        self._registry = CollectorRegistry()
        self._gauges = {
            name: Gauge(name, WORDS[name], names, registry=self._registry) for name, names in labels.items()
        }

    def show(self, values: Mapping[str, _Labelled]) -> None:
        """These values and no others."""
        for name, gauge in self._gauges.items():
            gauge.clear()
            for labels, value in values.get(name, {}).items():
                gauge.labels(*labels).set(value)

    def write(self, path: Path) -> None:
        """Whole or not at all, as node_exporter's textfile collector asks."""
        write_whole(path, generate_latest(self._registry), sync=False)

    def listen(self, port: int) -> None:
        """On loopback, until the process ends. Raises Unavailable where the port is taken."""
        try:
            start_http_server(port, addr="127.0.0.1", registry=self._registry)
        except OSError as error:
            raise Unavailable(f"cannot listen on port {port}: {error.strerror}", hint="choose another") from None
