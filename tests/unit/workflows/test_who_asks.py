"""Who is asking: each check holds for what came as it should, and the one that does not is told by its name."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from comity.cases.case import Case
from comity.exchange import document as documents
from comity.exchange.directory import Use, open_list, sign_list
from comity.exchange.document import Document
from comity.workflows.who_asks import Asker, who_asks
from tests.simulators import story
from tests.simulators.world import SmallWorld


def asked(world: SmallWorld) -> tuple[Case, Asker]:
    case = world.xb.cases()[0]
    asker = who_asks(world.xb.office, case)
    assert asker is not None
    return case, asker


def faults(asker: Asker) -> list[str]:
    return [check.name for check in asker.checks if not check.holds]


def put_document(world: SmallWorld, change: Callable[[Document], Document], signer: Any = None) -> None:
    """Put another document in the place of the one that came, as somebody with the database could."""
    case = world.xb.cases()[0]
    came = world.xb.incoming(world.xa.id, case.request_message)
    assert came is not None
    key = world.xa.keys.signer(Use.AUTHORITY)
    document = change(documents.verify(came.document, key.public).document)
    token = documents.sign(document, signer or key).token
    with world.xb.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE inbox SET document = ? WHERE id = ?", (token, case.request_message))


def test_everything_holds_for_what_came_as_it_should() -> None:
    world = story.at("ordered")
    case, asker = asked(world)
    assert asker.holds and asker.document is not None and asker.document.id == case.request_message
    assert asker.entity == world.xb.entity(world.xa.id)
    assert asker.trust is not None and "olga" in asker.confirmed_by
    provider = world.provider.cases()[0]
    order = who_asks(world.provider.office, provider)
    assert order is not None and order.holds and order.order is not None and order.order.legal_basis == story.LAW


def test_the_requesting_side_is_not_asked() -> None:
    world = story.at("asked")
    assert who_asks(world.xa.office, world.xa.cases()[0]) is None


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"to": "XC/observatory"}, "recipient"),
        ({"from_": "XC/observatory"}, "sender"),
        ({"mode": "live"}, "mode"),
        ({"iat": 0}, "key then"),
    ],
)
def test_what_the_document_says_of_itself_is_compared(change: dict[str, Any], name: str) -> None:
    world = story.at("asked")
    put_document(world, lambda document: msgspec.structs.replace(document, **change))
    assert faults(asked(world)[1]) == [name]


def test_a_request_without_a_second_person_is_told() -> None:
    for approver in ("", "anna"):
        world = story.at("asked")

        def alone(document: Document, approver: str = approver) -> Document:
            return msgspec.structs.replace(document, actor=documents.Actor("anna", "duty_officer", approver))

        put_document(world, alone)
        assert faults(asked(world)[1]) == ["second person"]


def test_a_strangers_key_and_a_changed_document_are_told() -> None:
    world = story.at("asked")
    put_document(world, lambda document: document, signer=world.xb.keys.signer(Use.AUTHORITY))
    assert faults(asked(world)[1]) == ["key listed"]
    other = story.at("asked")
    with other.xb.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE inbox SET document = CAST(substr(document, 1, length(document) - 4) || 'AAAA' AS BLOB)"
        )
    assert faults(asked(other)[1])[0] == "signature"


def test_a_key_that_was_revoked_since_is_told() -> None:
    world = story.at("asked")
    world.pass_seconds(3600)
    now = world.xa.clock.now()
    with world.xb.office.store.transaction() as tx:
        old = open_list(tx.directory.get("XA") or b"").value
        keys = tuple(
            msgspec.structs.replace(key, compromised_since=now.seconds) if key.use is Use.AUTHORITY else key
            for key in old.entities[0].keys
        )
        entity = msgspec.structs.replace(old.entities[0], keys=keys)
        signed = sign_list(msgspec.structs.replace(old, sequence=9, entities=(entity,)), [world.xa.keys.root])
        tx.directory.put("XA", signed.data, fingerprint=signed.fingerprint, by="olga", at=now)
    assert faults(asked(world)[1]) == ["key now"]


def test_a_list_that_has_ended_is_told() -> None:
    world = story.at("asked")
    world.pass_days(40)
    assert faults(asked(world)[1]) == ["list"]
