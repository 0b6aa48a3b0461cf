"""Where a package that is made outside a case is put: a folder named by its id, and its custody beside it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from comity.adapters.files import disk_error, write_whole
from comity.base.counted import counted
from comity.base.errors import Conflict
from comity.cli import output
from comity.evidence import custody
from comity.evidence.custody_act import ACT_LIMIT
from comity.evidence.sealing import Sealed
from comity.wiring import Node
from comity.workflows import seal_apart

CHAIN_LIMIT: Final = custody.MOST_ACTS * ACT_LIMIT


def custody_file(package: Path) -> Path:
    """Where the acts of a package outside a case stand: beside it, one a line."""
    return package.with_name(package.name + ".custody.jsonl")


@contextmanager
def working_folder(out: Path, node: Node) -> Iterator[Path]:
    """Where in `out` to make a package, until `keep` gives it its name. Left by an error, nothing stays there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise Conflict("a file, not a folder", where=str(out), hint="name a folder to put the package in") from None
    except OSError as error:
        raise disk_error(error, out) from None
    working = out / f"sealing-{node.office.randomness.bytes(8).hex()}"
    try:
        yield working
    except BaseException:
        for left in (working, working.with_name(working.name + ".part")):
            shutil.rmtree(left, ignore_errors=True)
        raise


def keep(working: Path, apart: seal_apart.Apart, as_json: bool) -> None:
    """Give a new package its own name, its id, and put its custody beside it."""
    sealed: Sealed = apart.sealed
    final = working.with_name(sealed.envelope.package)
    if final.exists():
        raise Conflict("a package of that name is there", where=str(final), hint="the new one stays as it is named")
    write_whole(custody_file(final), custody.to_lines(apart.acts), replace=False)
    working.rename(final)
    if as_json:
        output.emit_json(
            {
                "ok": True,
                "package": str(sealed.package_digest),
                "folder": str(final),
                "items": len(sealed.manifest.items),
                "bytes": sealed.manifest.content_bytes,
            }
        )
        return
    items = counted(len(sealed.manifest.items), "item")
    output.result(f"{output.clean(str(final))}: package {sealed.package_digest}, {items}")
