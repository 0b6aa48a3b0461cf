"""Sealing under way: it goes on beside the pages, and a page says how far it is.

One sealing a case. The files are taken over from the form or the uploads into a folder of the sealing's own, and are
removed from it whatever comes; those that were uploaded are dropped once they are sealed, and kept where it failed.
"""

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from comity.adapters.sources_files import find_sources
from comity.base.errors import ComityError, Conflict, Unavailable
from comity.base.instants import Instant
from comity.workflows import seal_evidence
from comity.workflows.office import Office

QUICK_SECONDS: Final = 1.5
"""How long a form waits for its sealing: a small one is done by then, and needs no page of its own."""
_logger = logging.getLogger("comity.web")


@dataclass(slots=True)
class Job:
    """One sealing. `done`, `total`: bytes; `error`: why it failed; `ended`: when it was over."""

    case: str
    person: str
    begun: Instant
    done: int = 0
    total: int = 0
    files: int = 0
    ended: Instant | None = None
    error: ComityError | None = None
    thread: threading.Thread | None = None

    def speed(self, now: Instant) -> int:
        """Bytes a second, as far as whole seconds tell."""
        return self.done // max(1, (self.ended or now).seconds - self.begun.seconds)

    def seconds_left(self, now: Instant) -> int:
        return (self.total - self.done) // max(1, self.speed(now))


@dataclass(slots=True)
class Sealing:
    """All sealings of this process, by case: the last one of each."""

    office: Office
    _jobs: dict[str, Job] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, case: str) -> Job | None:
        return self._jobs.get(case)

    def begin(self, case: str, person: str, folder: Path, *, how: str, sealed: Callable[[], None]) -> Job:
        """Seal everything in `folder`, which is removed at the end; `sealed`: called once the package is there.

        Waits a moment; the job it gives may be over by then. Raises Conflict while another one runs in the case.
        """
        with self._lock:
            before = self._jobs.get(case)
            if before is not None and before.ended is None:
                raise Conflict("files are being sealed in this case", hint="wait until that is done")
            job = self._jobs[case] = Job(case, person, self.office.clock.now())
            job.thread = threading.Thread(
                target=self._run, args=(job, folder, how, sealed), name="comity-sealing", daemon=True
            )
            job.thread.start()
        job.thread.join(QUICK_SECONDS)
        return job

    def _run(self, job: Job, folder: Path, how: str, sealed: Callable[[], None]) -> None:
        def progress(done: int, total: int) -> None:
            job.done, job.total = done, total

        try:
            sources = find_sources(folder)
            job.files = sum(one.kind == "file" for one in sources)
            seal_evidence.seal_evidence(self.office, job.person, job.case, sources, how=how, progress=progress)
            sealed()
        except ComityError as error:
            job.error = error
        except Exception as error:  # noqa: BLE001 - the last line of defence of this thread; the page says that it failed
            _logger.error("unforeseen %s while sealing", type(error).__name__)
            job.error = Unavailable("something went wrong on our side", hint="try again, and tell the operator")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            job.ended = self.office.clock.now()
