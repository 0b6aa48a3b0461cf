"""Progress of long work: a bar at a terminal; elsewhere one plain line at its end."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.filesize import decimal

_LEAST_SECONDS = 1.0
"""Work that took less is not worth a line."""


@contextmanager
def bytes_done(what: str, total: int = 0) -> Iterator[Callable[[int, int], None] | None]:
    """A function to call with the bytes done so far and in all: a bar with bytes, speed and time left."""
    if not sys.stderr.isatty():
        with _one_line(what) as count:
            yield count
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = ("[progress.description]{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total or None)
        yield lambda done, in_all: bar.update(task, completed=done, total=in_all)


@contextmanager
def _one_line(what: str) -> Iterator[Callable[[int, int], None]]:
    begun, bytes_so_far = monotonic(), 0

    def count(done: int, in_all: int) -> None:  # noqa: ARG001
        nonlocal bytes_so_far
        bytes_so_far = done

    yield count
    seconds = monotonic() - begun
    if seconds >= _LEAST_SECONDS:
        speed = decimal(int(bytes_so_far / seconds))
        sys.stderr.write(f"{what}: {decimal(bytes_so_far)} in {seconds:.1f} s, {speed}/s\n")
