"""The node itself: the directories it trusts, and who its peers are."""

from starlette.responses import Response

from comity.base.instants import Instant
from comity.exchange.directory import spoken
from comity.web.site import Visit
from comity.workflows import keep_directory


def get_directory(visit: Visit) -> Response:
    """Every list trusted here, with its roots' fingerprint and until when it holds."""
    now = visit.office.clock.now()
    lists = [
        {
            "state": signed.value.state,
            "sequence": signed.value.sequence,
            "issued": Instant.from_seconds(signed.value.issued),
            "ends": Instant.from_seconds(signed.value.next_update),
            "is_over": signed.value.next_update < now.seconds,
            "fingerprint": spoken(signed.fingerprint),
            "threshold": signed.value.threshold,
            "roots": len(signed.value.roots),
            "entities": [
                {
                    "entity": entity,
                    "keys": [(key, key.is_valid(now)) for key in entity.keys],
                    "until": Instant.from_seconds(max((key.not_after for key in entity.keys), default=0)),
                }
                for entity in signed.value.entities
            ],
        }
        for signed in keep_directory.show(visit.office)
    ]
    return visit.page("directory.html", lists=lists)
