"""Ask a peer what it speaks, at the address its directory names."""

from comity.base.ids import NodeId
from comity.exchange import version
from comity.exchange.directory import Use
from comity.workflows.call_peer import call
from comity.workflows.office import Office, directory


def ask_version(office: Office, peer: str) -> version.Speaks:
    """Raises Unavailable where it does not answer, BadSignature where another answers in its place."""
    with office.store.transaction() as tx:
        entity = directory(tx).entity(NodeId(peer))
    answer = call(office, entity, "GET", version.PATH, version.MEDIA_TYPE, b"")
    public = entity.key(Use.RECEIPT, office.clock.now()).public_bytes
    return version.open_version(answer.body, public, entity.id)
