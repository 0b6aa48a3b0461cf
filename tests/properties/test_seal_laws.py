"""Laws of sealed packages: what goes in comes out, a changed byte never opens, memory does not grow."""

import subprocess
import sys
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.base.errors import Malformed, NotVerified
from comity.evidence.opening import open_sealed, verify_outer
from comity.evidence.paths import check_tree
from tests.simulators.packages import IDENTITY, SIGNER, MemoryPackage, sealed_tree, tree

_NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
_PATHS = st.lists(_NAMES, min_size=1, max_size=4).map("/".join)


def _is_a_tree(files: dict[str, bytes], folders: frozenset[str]) -> bool:
    found = sorted((source.path, source.kind) for source in tree(files, folders))
    try:
        check_tree(found)
    except Malformed:
        return False
    return True


TREES = st.tuples(
    st.dictionaries(_PATHS, st.binary(max_size=2000), max_size=6), st.frozensets(_PATHS, max_size=3)
).filter(lambda pair: _is_a_tree(*pair))

PACKAGE, SEALED = sealed_tree({"a.txt": b"first", "b/c": bytes(1000)})
NAMES: Final = sorted(PACKAGE.files)


@given(TREES)
@settings(max_examples=40)
def test_every_tree_that_can_be_sealed_opens_to_itself(pair: tuple[dict[str, bytes], frozenset[str]]) -> None:
    files, folders = pair
    package, sealed = sealed_tree(files, folders)
    out = MemoryPackage()
    assert open_sealed(package, IDENTITY, out, signer_key=SIGNER.public) == sealed.manifest
    assert {name: data for name, data in out.files.items() if name.startswith("data/")} == {
        f"data/{path}": data for path, data in files.items()
    }
    assert out.folders == {"data"} | {f"data/{item.path}" for item in sealed.manifest.items if item.kind == "dir"}


@given(st.sampled_from(NAMES), st.integers(0, 1 << 16), st.integers(1, 255))
@settings(max_examples=150)
def test_a_changed_byte_anywhere_releases_nothing(name: str, place: int, by: int) -> None:
    data = bytearray(PACKAGE.files[name])
    data[place % len(data)] ^= by
    _refused(PACKAGE.changed({name: bytes(data)}))


@given(st.sampled_from(NAMES), st.integers(0, 1 << 16), st.binary(max_size=3))
def test_a_file_cut_or_lengthened_releases_nothing(name: str, place: int, more: bytes) -> None:
    data = PACKAGE.files[name]
    changed = data[: place % len(data)] if not more else data + more
    _refused(PACKAGE.changed({name: changed}))


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_files_put_in_each_others_place_release_nothing(one: str, other: str) -> None:
    if one != other:
        _refused(PACKAGE.changed({one: PACKAGE.files[other], other: PACKAGE.files[one]}))


def _refused(package: MemoryPackage) -> None:
    out = MemoryPackage()
    with pytest.raises((NotVerified, Malformed)):
        verify_outer(package, SIGNER.public)
    with pytest.raises((NotVerified, Malformed)):
        open_sealed(package, IDENTITY, out, signer_key=SIGNER.public)
    assert (out.is_committed, out.is_discarded, out.files) == (False, True, {})


GROWTH = """
import resource, sys
from pathlib import Path
from comity.adapters.sources_files import FolderSink, FolderSource, find_sources
from comity.evidence.opening import open_sealed
from comity.evidence.sealing import seal
from tests.simulators.packages import ABOUT, AT, IDENTITY, RECIPIENT, SIGNER, chance

folder = Path(sys.argv[1])
for size in (1, 64):
    source = folder / f"{size}.img"
    with source.open("wb") as stream:
        stream.truncate(size << 20)
    package, opened = folder / f"{size}.sealed", folder / f"{size}.opened"
    about = {"about": ABOUT, "recipients": [RECIPIENT], "signer": SIGNER, "at": AT, "chance": chance}
    seal(find_sources(source), FolderSink(package), **about)
    open_sealed(FolderSource(package), IDENTITY, FolderSink(opened), signer_key=SIGNER.public)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_sixty_four_times_the_evidence_takes_no_more_memory(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GROWTH, str(tmp_path_factory.mktemp("growth"))],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        text=True,
        check=True,
    )
    small, large = (int(line) for line in done.stdout.split())
    assert large - small < 8 * 1024, "KiB of resident memory"
