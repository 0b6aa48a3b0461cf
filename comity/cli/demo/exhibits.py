"""The evidence of the story: a generated access log of some 20 MB, and a list of real scam domains with its licence."""

import hashlib
from pathlib import Path
from typing import Final

from comity.adapters.files import read_limited, write_whole
from comity.base.errors import NotFound

LOG_LINES: Final = 180_000
_LIST_LIMIT: Final = 4 * 1024 * 1024
_LIST: Final = "scam-domains.txt"
_LICENCE: Final = "LICENSE-scam-domains.txt"
_PATHS: Final = ("/invest", "/login", "/deposit", "/withdraw", "/prices", "/api/balance", "/support", "/kyc")


def examples_folder() -> Path:
    """Where the story's files are: `examples/investment-scam` of the working copy. Raises NotFound."""
    for base in (Path.cwd(), Path(__file__).resolve().parents[3]):
        folder = base / "examples" / "investment-scam"
        if folder.is_dir():
            return folder
    raise NotFound("there is no folder examples/investment-scam", hint="run it in a clone of the repository")


def write_exhibits(folder: Path) -> None:
    """The provider's export: an access log, made the same each time, and the domains seen in it."""
    source = examples_folder() / "evidence"
    domains = read_limited(source / _LIST, _LIST_LIMIT)
    write_whole(folder / _LIST, domains, sync=False)
    write_whole(folder / _LICENCE, read_limited(source / _LICENCE, _LIST_LIMIT), sync=False)
    names = [line for line in domains.decode().splitlines() if line.isascii() and line and "/" not in line]
    write_whole(folder / "access.log", _access_log(names).encode("ascii"), sync=False)


def write_log_ins(folder: Path) -> None:
    """The provider's export for the emergency: the log-ins of a day, from an address of RFC 5737."""
    lines = "".join(f"2026-11-22T{hour:02d}:10:00Z 203.0.113.77 log-in\n" for hour in range(8, 22))
    write_whole(folder / "log-ins.txt", lines.encode("ascii"), sync=False)


def _access_log(names: list[str]) -> str:
    """Lines in the combined log format; addresses from the documentation ranges of RFC 5737 only."""
    numbers = hashlib.shake_128(b"comity demo").digest(LOG_LINES * 8)
    lines = []
    for n in range(LOG_LINES):
        a, b, c, d, e, f, g, h = numbers[n * 8 : n * 8 + 8]
        host = names[(a << 8 | b) % len(names)]
        path = _PATHS[c % len(_PATHS)]
        net = ("192.0.2", "198.51.100", "203.0.113")[d % 3]
        when = f"{1 + n * 28 // LOG_LINES:02d}/Oct/2026:{e % 24:02d}:{f % 60:02d}:{g % 60:02d} +0000"
        size = 200 + (g << 8 | h) % 9000
        lines.append(f'{net}.{h} - - [{when}] "GET https://{host}{path} HTTP/1.1" 200 {size} "-" "browser/{d}"\n')
    return "".join(lines)
