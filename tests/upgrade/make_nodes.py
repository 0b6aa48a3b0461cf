"""How `nodes-0001.tar.xz` was made: by the previous release's own code, not this one's. README.md beside it has more.

    cd FOLDER-OF-COMMIT-ab5173f && PYTHONPATH=. python THIS-FILE TARGET.tar.xz

Three nodes in a folder: XA and XB, authorities that trust each other, and XC, their witness. Their databases are at
step 0001 and hold: two requests for preservation that XB has not answered, one that is queued and was never sent, a
draft, and logs, XA's of more than 256 entries, published and cosigned.
"""

import shutil
import sys
import tarfile
import tempfile
from dataclasses import replace
from pathlib import Path

from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.cli.init import new_config
from comity.exchange.directory import Use, parse_spoken
from comity.exchange.message import Role
from comity.node.app import make_app
from comity.treaty.request import read_request
from comity.wiring import found_node, open_node
from comity.workflows import deliver_outbox, draft_request, keep_directory, receive_envelope, sequence_log
from comity.workflows.record import state_publicly
from tests.simulators.fakes import FakeClock
from tests.simulators.wire import Wire

PASSPHRASE = b"correct horse battery staple"
NODES = {
    "xa": ("XA/central-authority", Role.AUTHORITY, ["anna=duty_officer,investigator", "bo=case_lawyer,operator"]),
    "xb": ("XB/central-authority", Role.AUTHORITY, ["dan=duty_officer", "rita=reviewer", "olga=case_lawyer,operator"]),
    "xc": ("XC/observatory", Role.WITNESS, ["kim=operator"]),
}
OPERATORS = {"xa": "bo", "xb": "olga", "xc": "kim"}
LEAST_ENTRIES = 300


def main(target: Path) -> None:
    folder = Path(tempfile.mkdtemp())
    founded = {}
    for name, (node, role, people) in NODES.items():
        witnesses = ["XA/central-authority"] if name == "xc" else ["XC/observatory"]
        url = f"https://{name}.example"
        config = new_config(role, node[:2], node, node, url, Mode.EXERCISE, people, witnesses)
        founded[name] = found_node(folder / name, config, PASSPHRASE)
    wire, nodes = Wire(), {}
    clock = FakeClock(Instant.parse("2026-11-22T10:00:00Z"))
    for name in NODES:
        opened = open_node(folder / name / "comity.toml", PASSPHRASE, unlock=tuple(Use))
        clock.at = max(clock.at, opened.office.clock.now())
        nodes[name] = replace(opened, office=replace(opened.office, courier=wire, clock=clock))
        wire.apps[f"{name}.example"] = make_app(nodes[name].office, f"https://{name}.example", lambda: None)
    for name in NODES:
        for other in NODES:
            if other != name:
                data = (folder / other / "directory.json").read_bytes()
                fingerprint = parse_spoken(founded[other].to_compare)
                keep_directory.trust(nodes[name].office, OPERATORS[name], data, fingerprint)
    xa, xb = nodes["xa"].office, nodes["xb"].office
    request = read_request(Path("examples/investment-scam/preservation.toml").read_bytes(), "preservation")

    def settle() -> None:
        clock.pass_seconds(1)
        for _ in range(20):
            for one in nodes.values():
                receive_envelope.open_waiting(one.office)
                deliver_outbox.deliver(one.office)
                deliver_outbox.deliver_receipts(one.office)

    def ask() -> str:
        case = draft_request.draft(xa, "anna", request, xb.node)
        draft_request.approve(xa, "bo", case.id)
        return case.id

    ask()
    settle()
    ask()
    settle()
    while True:
        with xa.store.transaction() as tx:
            if tx.log.size() >= LEAST_ENTRIES:
                break
            state_publicly(xa, tx, "exercise", {"number": tx.log.size()})
    for one in nodes.values():
        sequence_log.publish(one.office)
    ask()  # queued; never sent
    draft_request.draft(xa, "anna", request, xb.node)  # not approved yet
    for one in nodes.values():
        one.close()
    with tarfile.open(target, "w:xz") as archive:
        for name in NODES:
            archive.add(folder / name, name)
    shutil.rmtree(folder)
    sys.stdout.write(f"{clock.at} {target.stat().st_size}\n")


main(Path(sys.argv[1]))
