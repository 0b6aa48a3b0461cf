"""Every file of the site: pages, data, proofs, the look, and the list of their digests."""

from collections.abc import Callable, Iterator
from functools import cached_property
from importlib.resources import files
from typing import Final

from comity.base.digests import Digest
from comity.web.public_site import data, proofs
from comity.web.public_site.pages import pages_of
from comity.web.public_site.published import Published
from comity.web.public_site.tables import Table, by_period, tables_of

SUMS: Final = "SHA256SUMS"
"""Names every other file, as `sha256sum` writes it: what is not named there is not the site's."""
SIGN: Final = "assets/comity.css"
"""In every site of ours, and hardly in a folder of anything else."""
LOOK: Final = {
    SIGN: "comity.css",
    "assets/frontend.css": "vendor/frontend.css",
    "assets/frontend.rtl.css": "vendor/frontend.rtl.css",
    "assets/mark.svg": "mark.svg",
    "assets/govuk-frontend.LICENSE.txt": "vendor/govuk-frontend.LICENSE.txt",
}


class PublicSite:
    """A site, each file written when it is asked for."""

    def __init__(self, published: Published) -> None:
        self.published = published
        self._writers = dict(_writers(published))

    @property
    def paths(self) -> tuple[str, ...]:
        """All, in order; SHA256SUMS last."""
        return (*sorted(self._writers), SUMS)

    def file(self, path: str) -> bytes | None:
        """None for a path that is not the site's."""
        if path == SUMS:
            return self._sums
        writer = self._writers.get(path)
        return writer() if writer else None

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Everything: path and bytes."""
        lines = []
        for path in sorted(self._writers):
            written = self._writers[path]()
            lines.append(_line(path, written))
            yield path, written
        yield SUMS, "".join(lines).encode()

    @cached_property
    def _sums(self) -> bytes:
        return "".join(_line(path, self._writers[path]()) for path in sorted(self._writers)).encode()


def _line(path: str, written: bytes) -> str:
    return f"{Digest.of(written)}  {path}\n"


_Writer = Callable[[], bytes]


def _writers(published: Published) -> Iterator[tuple[str, _Writer]]:
    for page in pages_of(published):
        yield page.path, page.write
    tables = [table for one in published.periods for table in tables_of(one.release)]
    tables.append(by_period(one.release for one in published.periods))
    for table in tables:
        yield from _of_table(table, published)
    yield "data/index.json", lambda: data.index_json(tables, published)
    yield "data/dictionary.csv", data.dictionary_csv
    yield "data/dictionary.json", data.dictionary_json
    for path, proof in proofs.proof_files(published):
        yield path, _as_it_is(proof)
    for path, name in LOOK.items():
        yield path, _packaged(name)


def _of_table(table: Table, published: Published) -> Iterator[tuple[str, _Writer]]:
    yield data.path_of_table(table, "csv"), lambda: data.table_csv(table, published)
    yield data.path_of_table(table, "json"), lambda: data.table_json(table, published)


def _as_it_is(written: bytes) -> _Writer:
    return lambda: written


def _packaged(name: str) -> _Writer:
    return (files("comity.web") / "static" / name).read_bytes
