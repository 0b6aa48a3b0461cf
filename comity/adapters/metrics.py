"""Figures as Prometheus reads them, from values that are passed in: nothing is counted behind anyone's back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Gauge,
    ProcessCollector,
    generate_latest,
    start_http_server,
)

from comity.adapters.files import write_whole
from comity.base.errors import Unavailable

METRICS_TYPE: Final = CONTENT_TYPE_LATEST
WORDS: Final[Mapping[str, str]] = {
    "comity_log_published_entries": "Entries under the last published checkpoint.",
    "comity_log_published_age_seconds": "Seconds since a witness last cosigned the published checkpoint.",
    "comity_log_cosignatures": "Witnesses that cosigned the published checkpoint.",
    "comity_log_alarms": "Alarms about the log that stand.",
    "comity_log_unpublished": "Entries of the log that no published checkpoint covers yet.",
    "comity_failing": "Health checks that failed.",
    "comity_worrying": "Health checks that somebody should look at.",
    "comity_keys_failing": "Keys of this process that do not sign or open.",
    "comity_outbox_unsettled": "Messages without their second receipt.",
    "comity_outbox_oldest_seconds": "Age of the oldest of them.",
    "comity_outbox_due": "Messages that may be sent now and that no worker has in hand.",
    "comity_outbox_stuck": "Messages that have waited so long that a person is to know.",
    "comity_inbox_unopened": "Messages that came and are not opened.",
    "comity_inbox_oldest_seconds": "Age of the oldest of them.",
    "comity_receipts_waiting": "Second receipts that are not brought yet.",
    "comity_processes": "Processes of this node that said within 90 seconds that they live.",
    "comity_peers": "Nodes in the directories trusted here.",
    "comity_peers_failing": "Peers whose last call failed.",
    "comity_clock_skew_seconds": "The peers' clocks less ours, the median.",
    "comity_keys_days_left_least": "Days until the first of our uses has no listed key that is good.",
    "comity_directory_days_left": "Days until our State's list ends.",
    "comity_directories_days_left_least": "Days until the next of all lists trusted here ends.",
    "comity_watch_size": "Entries of the log at its last good checkpoint.",
    "comity_watch_age_seconds": "Seconds since a witness last cosigned the log's checkpoint.",
    "comity_watch_faults": "What the monitor has found against the log, by kind.",
}
_Labelled = Mapping[tuple[str, ...], float]


def metrics_text(gauges: Mapping[str, float], *, process: bool = False) -> bytes:
    """Gauges without labels, in the text format. process: with this process's memory, processor time and files."""
    registry = CollectorRegistry()
    if process:
        ProcessCollector(registry=registry)
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
