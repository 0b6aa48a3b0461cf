"""The node itself: the directories it trusts, who its peers are, and how things stand with each of them."""

from typing import Any, Final

from starlette.responses import Response

from comity.base.instants import Instant
from comity.exchange.directory import spoken
from comity.web import directory_words
from comity.web.public_pages import log_of
from comity.web.site import Visit
from comity.web.twins import as_json
from comity.workflows import keep_directory
from comity.workflows.reading_stores import Contact
from comity.workflows.sequence_log import cosigner_name

SOON_DAYS: Final = 30
"""How long before a key or a list ends it is marked: policy of this program."""


def get_directory(visit: Visit) -> Response:
    """Every list trusted here, with its roots' fingerprint and until when it holds; each peer with its keys, the last
    message each way, what is stuck or was rejected, and whether it witnesses our log or we its."""
    return visit.page(
        "directory.html", lists=_lists(visit), soon=visit.office.clock.now().plus_days(SOON_DAYS), said=directory_words
    )


def get_directory_json(visit: Visit) -> Response:
    return as_json({"lists": [_as_data(one) for one in _lists(visit)]})


def _lists(visit: Visit) -> list[dict[str, Any]]:
    office, now = visit.office, visit.office.clock.now()
    cosigned = {one.witness: one.at for one in log_of(office).cosigned}
    signed_lists = keep_directory.show(office)
    with office.store.snapshot() as tx:
        contacts = tx.contacts.by_peer()
        confirmed = {
            one.value.state: tx.directory.confirmed_by(one.value.state, one.fingerprint) for one in signed_lists
        }
        trusted = {one.value.state: tx.directory.trust(one.value.state) for one in signed_lists}
        seen = {entity.origin: tx.witness.known(entity.origin) for one in signed_lists for entity in one.value.entities}
    return [
        {
            "state": signed.value.state,
            "sequence": signed.value.sequence,
            "issued": Instant.from_seconds(signed.value.issued),
            "ends": Instant.from_seconds(signed.value.next_update),
            "is_over": signed.value.next_update < now.seconds,
            "fingerprint": spoken(signed.fingerprint),
            "threshold": signed.value.threshold,
            "roots": len(signed.value.roots),
            "trust": trusted[signed.value.state],
            "confirmed_by": confirmed[signed.value.state],
            "entities": [
                {
                    "entity": entity,
                    "keys": [(key, key.is_valid(now), Instant.from_seconds(key.not_after)) for key in entity.keys],
                    "contact": contacts.get(entity.id, Contact()),
                    "cosigned": cosigned.get(cosigner_name(entity.origin)),
                    "is_our_witness": entity.id in office.witnesses,
                    "we_saw": (head[0].size if (head := seen[entity.origin]) else 0),
                }
                for entity in signed.value.entities
            ],
        }
        for signed in signed_lists
    ]


def _as_data(one: dict[str, Any]) -> dict[str, object]:
    return {
        "state": one["state"],
        "sequence": one["sequence"],
        "issued": str(one["issued"]),
        "ends": str(one["ends"]),
        "fingerprint": one["fingerprint"].replace(" ", ""),
        "trusted_by": one["trust"].by if one["trust"] else None,
        "confirmed_by": list(one["confirmed_by"]),
        "trusted_at": str(one["trust"].at) if one["trust"] else None,
        "entities": [
            {
                "id": each["entity"].id,
                "name": each["entity"].name,
                "role": each["entity"].role.value,
                "endpoint": each["entity"].endpoint,
                "keys": [
                    {"use": key.use.value, "kid": key.kid, "valid": valid, "ends": str(ends)}
                    for key, valid, ends in each["keys"]
                ],
                "sent": _moment(each["contact"].sent),
                "received": _moment(each["contact"].received),
                "waiting": each["contact"].waiting,
                "rejected": each["contact"].rejected,
                "refused": each["contact"].refused,
                "cosigned_our_log": str(each["cosigned"]) if each["cosigned"] else None,
                "its_log_seen_at": each["we_saw"],
            }
            for each in one["entities"]
        ],
    }


def _moment(seconds: int) -> str | None:
    return str(Instant.from_seconds(seconds)) if seconds else None
