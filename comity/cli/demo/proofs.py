"""What anyone can check: every entry of every log, against a checkpoint that another node cosigned."""

from comity.base.counted import counted
from comity.base.ids import NodeId
from comity.cli.demo.account import Account
from comity.cli.demo.world import World
from comity.exchange.directory import Use
from comity.transparency.bundle import parse_bundle, verify_bundle
from comity.transparency.checkpoint import log_key
from comity.workflows import prove_entry, sequence_log
from comity.workflows.office import Office, directory


def prove_all(world: World, account: Account) -> None:
    """Wait until each log is published up to now, then prove each entry with the witness's key as peers know it."""
    for node in world.nodes.values():
        office = node.office
        with office.store.transaction() as tx:
            size = tx.log.size()
        world.wait(lambda office=office, size=size: _published(office) >= size, f"a checkpoint of {office.node}")  # type: ignore[misc]
        entries = counted(size, "entry", "entries")
        with account.step(f"prove {entries} of {office.node} against a cosigned checkpoint", "anyone", ""):
            row = _prove(office, size)
        account.logs.append({"node": office.node, "path": str(node.log_path), **row})


def _published(office: Office) -> int:
    standing = sequence_log.published(office)
    return standing.size if standing else 0


def _prove(office: Office, size: int) -> dict[str, object]:
    with office.store.transaction() as tx:
        known = directory(tx)
    witnesses = [sequence_log.cosigner_key(office, known.entity(NodeId(one))) for one in office.witnesses]
    key = log_key(office.origin, office.keys.signer(Use.LOG).public)
    seen: set[str] = set()
    verified = tree = 0
    for index in range(size):
        leaf, data = prove_entry.prove(office, index, with_opening=True)
        found = verify_bundle(parse_bundle(data), leaf.entry, office.origin, key, witnesses, office.witnesses_needed)
        seen |= {one.witness for one in found.cosigned}
        verified += 1
        tree = found.checkpoint.size
    return {
        "origin": office.origin,
        "size": tree,
        "vkey": key.vkey,
        "proofs_verified": verified,
        "cosigned": bool(seen),
        "witnesses": sorted(seen),
    }
