"""The statistics this node has published, for anyone: what they say, what is withheld, and what proves them.

Each release is also served as the very files that the log's statement is about. No page here holds a small number.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from comity.base.errors import ComityError, NotFound
from comity.base.instants import Instant
from comity.oversight.published import ATTESTED
from comity.oversight.release import Release, TableFigures, as_csv, path_of, read_release
from comity.transparency.bundle import parse_bundle
from comity.transparency.cosignature import verify_quorum
from comity.transparency.note import parse_note
from comity.web import statistics_site
from comity.web.directory_words import STATEMENTS
from comity.web.public_pages import STATISTICS, Statement, statements, witness_keys
from comity.web.site import Visit
from comity.web.statistics_words import DIMENSIONS, DIRECTIONS, class_word
from comity.web.twins import OPEN_TO_ALL
from comity.workflows.office import Office, directory
from comity.workflows.publish_statistics import PROOF


@dataclass(frozen=True, slots=True)
class Shown:
    """A release as the page tells it. `seen`: when a witness had seen it in the log; `audits`: of it, by auditors."""

    release: Release
    index: int
    seen: Instant | None
    audits: Sequence[Statement]

    @property
    def is_late(self) -> bool:
        return self.seen is not None and self.seen > Instant.parse(self.release.deadline)

    def tables(self, direction: str) -> list[TableFigures]:
        """Those that say anything."""
        found = [one for one in self.release.tables if one.direction == direction]
        return [one for one in found if one.total != 0]

    def by_peer(self, direction: str) -> list[tuple[str, int | None]]:
        return [(one.peer, one.count) for one in self.release.peers if one.direction == direction]

    @staticmethod
    def by_class(table: TableFigures) -> list[tuple[str, int | None]]:
        return [(class_word(table.by, one.name), one.count) for one in table.classes]


def get_statistics(visit: Visit) -> Response:
    found = statements(visit.office)
    releases = releases_of(visit.office, found)
    told = {one.index for one in releases}
    others = [str(one.fields["kind"]) for one in found]
    return visit.page(
        "statistics.html",
        published=[one for one in found if one.fields["kind"] == STATISTICS],
        releases=releases,
        bare=[one for one in found if one.fields["kind"] == STATISTICS and one.index not in told],
        site=statistics_site.PLACE if statistics_site.has_site(visit.office.log_folder) else "",
        dimensions=DIMENSIONS,
        directions=DIRECTIONS,
        kinds=STATEMENTS,
        others=[(kind, others.count(kind)) for kind in sorted(set(others))],
    )


def releases_of(office: Office, found: Sequence[Statement]) -> list[Shown]:
    """The releases that the published log names, newest first."""
    stated = {one.index for one in found}
    with office.store.transaction() as tx:
        kept = [one for one in tx.statistics.all() if one.index in stated]
    audits = [one for one in found if one.fields["kind"] == ATTESTED]
    return [
        Shown(
            read_release(one.data),
            one.index,
            _seen(office, one.period),
            [audit for audit in audits if audit.fields.get("period") == one.period],
        )
        for one in reversed(kept)
    ]


def _seen(office: Office, period: str) -> Instant | None:
    data = office.log_folder.read(path_of(period, PROOF))
    if data is None:
        return None
    with office.store.transaction() as tx:
        keys = witness_keys(office, directory(tx))
    try:
        cosigned = verify_quorum(parse_note(parse_bundle(data).checkpoint_note), keys, 0)
    except ComityError:
        return None
    return max((one.at for one in cosigned), default=None)


def get_release_json(visit: Visit) -> Response:
    return Response(_kept(visit), media_type="application/json", headers=OPEN_TO_ALL)


def get_release_csv(visit: Visit) -> Response:
    name = visit.request.path_params["period"]
    headers = {"content-disposition": f'attachment; filename="statistics-{name}.csv"', **OPEN_TO_ALL}
    return Response(as_csv(read_release(_kept(visit))), media_type="text/csv; charset=utf-8", headers=headers)


def _kept(visit: Visit) -> bytes:
    """As it stands beside the published log."""
    period = visit.request.path_params["period"]
    data = visit.office.log_folder.read(path_of(period))
    if data is None:
        raise NotFound("no statistics of this period are published", hint="see the list of those that are")
    return data
