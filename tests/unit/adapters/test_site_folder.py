"""A site put into a folder: whole, over its own earlier one, and over nothing of anybody else's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.adapters.site_folder import put_site
from comity.base.digests import Digest
from comity.base.errors import Conflict, Malformed, Unavailable

SUMS, SIGN = "SHA256SUMS", "look.css"


def site(**files: bytes) -> list[tuple[str, bytes]]:
    named = {SIGN: b"look", **{name.replace("_", "/"): data for name, data in files.items()}}
    sums = "".join(f"{Digest.of(data)}  {path}\n" for path, data in named.items())
    return [*named.items(), (SUMS, sums.encode())]


def content(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_a_later_site_replaces_the_earlier_one_whole(tmp_path: Path) -> None:
    out = tmp_path / "site"
    assert put_site(out, site(index=b"1", en_page=b"2"), SUMS, SIGN) == 4
    assert put_site(out, site(index=b"3"), SUMS, SIGN) == 3
    assert content(out) == dict(site(index=b"3"))
    assert [one.name for one in tmp_path.iterdir()] == ["site"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    put_site(tmp_path / "a", site(index=b"1"), SUMS, SIGN)
    (tmp_path / "b").mkdir()
    put_site(tmp_path / "b", site(index=b"1"), SUMS, SIGN)
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_a_file_of_somebody_else_is_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "site"
    out.mkdir()
    (out / "thesis.txt").write_bytes(b"years of work")
    for _ in range(2):
        with pytest.raises(Conflict) as told:
            put_site(out, site(index=b"1"), SUMS, SIGN)
        assert told.value.where.startswith(str(out))
        assert content(out)["thesis.txt"] == b"years of work"
        (out / SUMS).write_text(f"{Digest.of(b'years of work')}  thesis.txt\n", encoding="utf-8")


@pytest.mark.parametrize("name", ["beside", "en/deep"])
def test_nor_one_that_was_put_into_an_earlier_site(tmp_path: Path, name: str) -> None:
    out = tmp_path / "site"
    put_site(out, site(index=b"1", en_page=b"2"), SUMS, SIGN)
    (out / name).write_bytes(b"mine")
    with pytest.raises(Conflict):
        put_site(out, site(index=b"3"), SUMS, SIGN)
    assert content(out)["index"] == b"1"


def test_nor_what_somebody_changed(tmp_path: Path) -> None:
    out = tmp_path / "site"
    put_site(out, site(index=b"1"), SUMS, SIGN)
    (out / "index").write_bytes(b"better")
    with pytest.raises(Conflict, match="changed by hand"):
        put_site(out, site(index=b"3"), SUMS, SIGN)


def test_a_link_is_neither_followed_nor_replaced(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "site").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Conflict):
        put_site(tmp_path / "site", site(index=b"1"), SUMS, SIGN)
    out = tmp_path / "other"
    put_site(out, site(index=b"1"), SUMS, SIGN)
    (out / "linked").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Conflict):
        put_site(out, site(index=b"1"), SUMS, SIGN)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_fails_half_way_leaves_the_earlier_site(tmp_path: Path) -> None:
    out = tmp_path / "site"
    put_site(out, site(index=b"1"), SUMS, SIGN)

    def breaks() -> Iterator[tuple[str, bytes]]:
        yield "index", b"2"
        raise Unavailable("the log does not answer")

    with pytest.raises(Unavailable):
        put_site(out, breaks(), SUMS, SIGN)
    assert content(out) == dict(site(index=b"1"))
    assert [one.name for one in tmp_path.iterdir()] == ["site"]


def test_a_crash_between_the_renames_is_mended_by_the_next_run(tmp_path: Path) -> None:
    out = tmp_path / "site"
    put_site(out, site(index=b"1"), SUMS, SIGN)
    out.rename(tmp_path / ".site.comity-before")
    put_site(out, site(index=b"2"), SUMS, SIGN)
    assert content(out) == dict(site(index=b"2"))
    assert [one.name for one in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("path", ["../out", "/etc/out", "en/../../out"])
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(Malformed):
        put_site(tmp_path / "site", [(path, b"1")], SUMS, SIGN)
    assert list(tmp_path.iterdir()) == []
