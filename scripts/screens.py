"""Draw docs/screens/ anew: `python -m scripts.screens`. For maintainers; needs a browser and the development tools.

The pages are those of the world that the tests play: invented States, a clock that stands, chance that repeats, so that
a page that did not change gives the same picture. Each is shown in English and in Arabic, light, as wide as a small
screen; a picture is cut where a reader would have to scroll far. `--to DIR` draws them elsewhere.
"""

import argparse
import os
import shutil
import struct
import tempfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec
from playwright.sync_api import Browser, sync_playwright

from comity.base.ids import NodeId
from comity.cases.case import Case
from tests.simulators.world import PROVIDER, XA, XB, SmallWorld
from tests.web.conftest import FLAGS, NAMES
from tests.web.desks import busy_world, served
from tests.web.test_browser import URGENT

ROOT: Final = Path(__file__).resolve().parent.parent
WIDTH: Final = 1120
TALLEST: Final = 1000
ABOVE: Final = 420
"""How much of a case is shown above the form of an action."""
LANGUAGES: Final = ("en", "ar")


TITLES: Final = {
    XA: "Central Authority of XA",
    XB: "Central Authority of XB",
    PROVIDER: "Example Hosting B",
}


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: whose page, at which address; `case`: the words of its subject, put in place of CASE."""

    name: str
    node: NodeId
    person: str
    address: str
    case: str = ""
    pasted: str = ""
    tallest: int = TALLEST


SHOTS: Final = (
    Shot("inbox", XA, "bo", "/inbox?show=open", tallest=900),
    Shot("case", XA, "anna", "/cases/CASE", "0417"),
    Shot("urgent", XA, "anna", "/requests/urgent", pasted=URGENT),
    Shot("guided", XA, "anna", "/requests/production/measures"),
    Shot("decision", XB, "rita", "/cases/CASE/grant#act", "0524"),
    Shot("evidence", PROVIDER, "lee", "/cases/CASE/seal#act", "ACCESS"),
    Shot("provider", PROVIDER, "lee", "/inbox?show=open", tallest=700),
    Shot("oversight", XB, "otto", "/oversight", tallest=800),
    Shot("register", XA, "bo", "/public/register", tallest=800),
    Shot("log", XA, "bo", "/public/log", tallest=800),
    Shot("check", XA, "bo", "/public/check", tallest=800),
)


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--to", type=Path, default=ROOT / "docs" / "screens", help="the folder to draw into")
    options.add_argument("--only", default="", help="only the picture of this name")
    chosen = options.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    path = os.environ.get("COMITY_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise SystemExit("no browser: sudo apt-get install -y chromium fonts-noto-core, or set COMITY_BROWSER")
    world = busy_world()
    for node, name in TITLES.items():
        world.nodes[node].office = replace(world.nodes[node].office, name=name)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="comity-screens-") as folder:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, "--hide-scrollbars"])
        for shot in SHOTS:
            if chosen.only in {"", shot.name}:
                with served(world, Path(folder) / shot.name, shot.node) as url:
                    for language in LANGUAGES:
                        draw(browser, world, url, shot, language, chosen.to / f"{shot.name}-{language}.png")
        browser.close()


def draw(browser: Browser, world: SmallWorld, url: str, shot: Shot, language: str, to: Path) -> None:
    context = browser.new_context(
        base_url=url, locale=language, viewport={"width": WIDTH, "height": 800}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.locator(f"form:has(input[value={shot.person}]) button").click()
    page.goto(shot.address.replace("CASE", case_of(world, shot).id) if shot.case else shot.address)
    if shot.pasted:
        page.locator("#pasted").fill(shot.pasted)
        page.locator("button[value=recognise]").click()
        page.locator("button[value=check]").click()
    top = 0
    if "#act" in shot.address:
        top = int(page.evaluate("scrollY + document.getElementById('act').getBoundingClientRect().top")) - ABOVE
    tall = min(shot.tallest, int(page.evaluate("document.documentElement.scrollHeight")) - top)
    clip = {"x": 0.0, "y": float(top), "width": float(WIDTH), "height": float(tall)}
    taken = page.screenshot(full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]
    to.write_bytes(smaller(taken))
    print(f"{to.name}: {to.stat().st_size:,} bytes")
    context.close()


def case_of(world: SmallWorld, shot: Shot) -> Case:
    """The newest case here whose request or order holds the words."""
    for case in reversed(world.nodes[shot.node].cases()):
        said = msgspec.json.encode([case.request, str(case.state)]).decode()
        if shot.case in said or (shot.case == "ACCESS" and case.procedure == "stored_data" and case.state == "ordered"):
            return case
    raise SystemExit(f"no case for {shot.name}")


def smaller(png: bytes) -> bytes:
    """The same picture without what no reader needs, its rows packed as well as zlib can."""
    kept, at = [], 8
    packed = bytearray()
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        data = png[at + 8 : at + 8 + size]
        at += size + 12
        if kind == b"IDAT":
            packed += data
        elif kind in {b"IHDR", b"PLTE"}:
            kept.append(_chunk(kind, data))
    rows = zlib.compress(zlib.decompress(packed), 9)
    return png[:8] + b"".join(kept) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    main()
