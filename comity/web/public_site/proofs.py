"""The proofs beside the figures, as files that `comity verify` takes, and the commands that check them.

proofs/checkpoint, index.json, <period>.json, .csv, .tlog-proof, .audit.<auditor>.jws     as the log publishes them
proofs/<period>.statement.hex      the log entry that names the release, in hexadecimal
proofs/policy                      the keys that the files themselves name (C2SP tlog-policy)
"""

import re
import shlex
from collections.abc import Iterator
from typing import Final

from comity.base.errors import Malformed
from comity.oversight.release import FOLDER
from comity.transparency.policy import parse_policy
from comity.web.public_site.published import Period, Published

PLACE: Final = "proofs"
_SITE: Final = re.compile(r"[a-z0-9][a-z0-9.-]*(:\d+)?(/[A-Za-z0-9._~-]+)*/?", re.ASCII)
"""An origin that is an address without its scheme, as c2sp.org/tlog-checkpoint recommends."""
_HEAD: Final = """\
# The keys that the published files name themselves. A false log with false keys would look as good:
# ask the authority or its witnesses for their keys another way, and compare.
"""


def proof_files(published: Published) -> Iterator[tuple[str, bytes]]:
    """Path in the site and bytes."""
    for name, data in (("checkpoint", published.checkpoint), ("index.json", published.index)):
        if data:
            yield f"{PLACE}/{name}", data
    for one in published.periods:
        yield from files_of(one)
    policy = policy_of(published)
    if policy:
        yield f"{PLACE}/policy", policy


def files_of(one: Period) -> Iterator[tuple[str, bytes]]:
    """Those of one period."""
    for path, data in one.files.items():
        yield f"{PLACE}/{path.removeprefix(FOLDER + '/')}", data
    if one.looked.entry:
        yield f"{PLACE}/{one.name}.statement.hex", one.looked.entry.hex().encode() + b"\n"


def policy_of(published: Published) -> bytes:
    """Every key that a release names, one witness enough, as the check that needs no keys has it; none if they do not
    make a policy."""
    logs = dict.fromkeys(key for one in published.periods for key in one.release.vkeys)
    witnesses = dict.fromkeys(key for one in published.periods for key in one.release.witnesses)
    names = {key: f"w{number}" for number, key in enumerate(witnesses, 1)}
    lines = [f"log {key}" for key in logs] + [f"witness {name} {key}" for key, name in names.items()]
    lines.append(f"group witnesses any {' '.join(names.values())}\nquorum witnesses" if names else "quorum none")
    text = _HEAD + "".join(f"{line}\n" for line in lines)
    try:
        parse_policy(text.encode())
    except Malformed:
        return b""
    return text.encode()


def log_address(published: Published) -> str:
    """Where the log is, for a command line: as it was told, else as its origin says; a word to replace where that is no
    address."""
    if published.address:
        return shlex.quote(published.address)
    origin = published.periods[0].release.origin
    return f"https://{origin}" if _SITE.fullmatch(origin) else "https://LOG"


def commands(published: Published, one: Period) -> dict[str, str]:
    """Command lines, to be typed in the site's folder."""
    found = {
        "digest": f"sha256sum {PLACE}/{one.name}.json",
        "figures": f"comity verify statistics {log_address(published)} https://OTHER/log --period {one.name} --show",
        "again": f"comity statistics site --from {log_address(published)} -o again && diff -r again .",
        "every": "sha256sum -c SHA256SUMS",
    }
    if f"{FOLDER}/{one.name}.tlog-proof" in one.files and one.looked.entry:
        found["proof"] = (
            f"comity verify proof {PLACE}/{one.name}.tlog-proof "
            f'--entry "$(cat {PLACE}/{one.name}.statement.hex)" --policy {PLACE}/policy'
        )
    return found
