"""Events: every tag and every stored byte as version 1 wrote it, and strict reading."""

from typing import Final

import msgspec
import pytest

from comity.base.errors import Malformed, TooLarge
from comity.cases import events as e
from tests.simulators.case_files import samples

TAGS: Final = tuple(
    """
    drafted approved sent received order_received receipted information_asked mended information_given decided granted
    refused order_issued objected preserved answered assistance_arrived evidence_sealed evidence_released
    evidence_arrived evidence_accepted evidence_examined evidence_reissued withdrawn lapsed
    consultation_opened consultation_answered
    conditions_accepted conditions_declined postponed resumed clarification_asked clarification_given frozen unfrozen
    secrecy_extended secrecy_ended notice_given notice_withheld notice_waived order_lifted copies_released
    evidence_returned evidence_destroyed
    secrecy_lapsed exculpatory_found complaint_recorded complaint_forwarded complaint_answered disclosed_to_court
    retention_extended onward_asked onward_decided evidence_passed_on
    doubted doubt_settled
    first_approved emergency_opened emergency_admitted called_back call_back_checked authority_notified
    emergency_followed_up emergency_reviewed
    """.split()  # noqa: SIM905 - a list a person reads
)
# As stored by version 1. A line here is never changed: databases hold these bytes. What needs only some fields is
# written with the rest at its default, so that a field that is added later shows whether it may be missing.
STORED: Final = (
    b'{"event":"drafted","mode":"exercise","procedure":"preservation","peer":"XB/n",'
    b'"request":{"requesting":"XA","requested":"XB"},"at":1,"by":"a"}',
    b'{"event":"approved","request_sha256":"s","at":1,"by":"a"}',
    b'{"event":"sent","message":"m","doc_sha256":"d","at":1,"by":"a"}',
    b'{"event":"received","mode":"live","procedure":"stored_data","peer":"XB/n","their_case":"c",'
    b'"message":"m","doc_sha256":"d","request":{"requesting":"XA","requested":"XB"},"at":1,"by":"a"}',
    b'{"event":"order_received","mode":"live","procedure":"stored_data","peer":"XB/n",'
    b'"their_case":"c","message":"m","doc_sha256":"d","measure":"p","data":"x","identifiers":["i"],'
    b'"since":"2026-11-01","until":"2026-12-01","at":1,"by":"a"}',
    b'{"event":"receipted","message":"m","status":"delivered","at":1,"by":"a"}',
    b'{"event":"information_asked","missing":["x"],"message":"m","at":1,"by":"a"}',
    b'{"event":"mended","request":{"requesting":"XA","requested":"XB"},"at":1,"by":"a"}',
    b'{"event":"information_given","request":{"requesting":"XA","requested":"XB"},"message":"m",'
    b'"doc_sha256":"d","at":1,"by":"a"}',
    b'{"event":"decided","rule":"r","decision":"d","in_favour":true,"reasons":"w","role":"reviewer","at":1,"by":"a"}',
    b'{"event":"granted","reasons":"w","message":"m","at":1,"by":"a"}',
    b'{"event":"refused","ground":"g","citation":"40(21)","reasons":"w","message":"m","at":1,"by":"a"}',
    b'{"event":"order_issued","provider":"XB/p","until":"2026-12-01","legal_basis":"l","message":"m",'
    b'"doc_sha256":"d","at":1,"by":"a"}',
    b'{"event":"objected","ground":"g","reasons":"w","message":"m","at":1,"by":"a"}',
    b'{"event":"preserved","since":"2026-11-01","until":"2026-12-01","message":"m","at":1,"by":"a"}',
    b'{"event":"answered","kind":"preserved","message":"m","doc_sha256":"d","at":1,"by":"a"}',
    b'{"event":"assistance_arrived","case":"c","at":1,"by":"a"}',
    b'{"event":"evidence_sealed","package":"p","files":1,"size":2,"at":1,"by":"a"}',
    b'{"event":"evidence_released","package":"p","to":"XA/n","message":"m","doc_sha256":"d","at":1,"by":"a"}',
    b'{"event":"evidence_arrived","package":"p","sender":"XB/n","message":"m","at":1,"by":"a"}',
    b'{"event":"evidence_accepted","package":"p","holder":"XA/n","message":"m","at":1,"by":"a"}',
    b'{"event":"evidence_examined","package":"p","purpose":"w","files":1,"size":2,"at":1,"by":"a"}',
    b'{"event":"evidence_reissued","package":"p","made":"q","sealed_for":"XB/c","readers":1,"reasons":"w","at":1,"by":"a"}',
    b'{"event":"withdrawn","reasons":"w","at":1,"by":"a"}',
    b'{"event":"lapsed","due":"2026-12-01","at":1,"by":"a"}',
    b'{"event":"consultation_opened","about":"refusal","text":"t","message":"m","at":1,"by":"a"}',
    b'{"event":"consultation_answered","consultation":"n","text":"t","message":"m","at":1,"by":"a"}',
    b'{"event":"conditions_accepted","grant":"g","reasons":"w","message":"m","at":1,"by":"a"}',
    b'{"event":"conditions_declined","grant":"g","reasons":"w","message":"m","at":1,"by":"a"}',
    b'{"event":"postponed","ground":"g","citation":"40(27)","reasons":"w","look_again":"2026-12-01","message":"m",'
    b'"at":1,"by":"a"}',
    b'{"event":"resumed","reasons":"w","message":"m","at":1,"by":"a"}',
    b'{"event":"clarification_asked","text":"t","message":"m","at":1,"by":"a"}',
    b'{"event":"clarification_given","question":"q","text":"t","message":"m","at":1,"by":"a"}',
    b'{"event":"frozen","reasons":"w","role":"oversight","at":1,"by":"a"}',
    b'{"event":"unfrozen","reasons":"w","role":"oversight","at":1,"by":"a"}',
    b'{"event":"secrecy_extended","until":"2026-12-01","reasons":"w","role":"reviewer","at":1,"by":"a"}',
    b'{"event":"secrecy_ended","reasons":"w","role":"reviewer","at":1,"by":"a"}',
    b'{"event":"notice_given","to":"t","how":"h","on":"2026-12-01","role":"r","at":1,"by":"a"}',
    b'{"event":"notice_withheld","reasons":"w","role":"r","at":1,"by":"a"}',
    b'{"event":"notice_waived","reasons":"w","role":"oversight","at":1,"by":"a"}',
    b'{"event":"order_lifted","reasons":"w","message":"m","doc_sha256":"d","at":1,"by":"a"}',
    b'{"event":"copies_released","text":"t","message":"m","at":1,"by":"a"}',
    b'{"event":"evidence_returned","package":"p","to":"XB/n","reasons":"w","message":"m","doc_sha256":"d","at":1,"by":"a"}',
    b'{"event":"evidence_destroyed","package":"p","reasons":"w","copies":"c","role":"reviewer","size":2,"held":true,'
    b'"at":1,"by":"a"}',
    b'{"event":"secrecy_lapsed","due":"2027-05-01","at":1,"by":"a"}',
    b'{"event":"exculpatory_found","text":"t","role":"r","message":"m","doc_sha256":"d","at":1,"by":"a"}',
    b'{"event":"complaint_recorded","complaint":"c","kind":"erasure","text":"t","reference":"f","origin":"XA/n",'
    b'"due":"2026-12-01","at":1,"by":"a"}',
    b'{"event":"complaint_forwarded","complaint":"c","to":"XB/n","how":"h","at":1,"by":"a"}',
    b'{"event":"complaint_answered","complaint":"c","node":"XB/n","outcome":"done","text":"t","role":"r","at":1,"by":"a"}',
    b'{"event":"disclosed_to_court","order":"o","to":"t","manifest_sha256":"d","given":1,"withheld":0,"role":"r","at":1,'
    b'"by":"a"}',
    b'{"event":"retention_extended","item":"case","until":"2026-12-01","reasons":"w","role":"r","at":1,"by":"a"}',
    b'{"event":"onward_asked","to":"XC/n","reasons":"w","message":"m","at":1,"by":"a"}',
    b'{"event":"onward_decided","asked":"n","to":"XC/n","authorised":true,"reasons":"w","role":"r","message":"m",'
    b'"doc_sha256":"d","at":1,"by":"a"}',
    b'{"event":"evidence_passed_on","package":"p","to":"XC/n","token":"m","made":"d","reasons":"w","at":1,"by":"a"}',
    b'{"event":"doubted","ground":"revoked-key","node":"XB/n","messages":["m"],"since":1,"at":1,"by":"a"}',
    b'{"event":"doubt_settled","keep":true,"reasons":"w","role":"reviewer","at":1,"by":"a"}',
    b'{"event":"first_approved","request_sha256":"d","role":"reviewer","at":1,"by":"a"}',
    b'{"event":"emergency_opened","key":"k","approvers":["a","b"],"text_sha256":"d","review_due":"2026-12-12",'
    b'"at":1,"by":"a"}',
    b'{"event":"emergency_admitted","reasons":"w","role":"reviewer","at":1,"by":"a"}',
    b'{"event":"called_back","number":"+999 1","result":"denied","reached":"n","text":"t","role":"r","at":1,"by":"a"}',
    b'{"event":"call_back_checked","confirmed":false,"reasons":"w","role":"reviewer","at":1,"by":"a"}',
    b'{"event":"authority_notified","about":"received","to":"XA/n","message":"m","doc_sha256":"d","at":1,"by":"a"}',
    b'{"event":"emergency_followed_up","text":"t","message":"m","at":1,"by":"a"}',
    b'{"event":"emergency_reviewed","outcome":"unconfirmed","reasons":"w","role":"reviewer","at":1,"by":"a"}',
)


def test_the_tags_are_these_and_in_this_order() -> None:
    assert [e.tag_of(kind) for kind in e.EVENTS] == list(TAGS)
    assert [e.tag_of(event) for event in samples()] == list(TAGS)


@pytest.mark.parametrize(("kind", "data"), list(zip(e.EVENTS, STORED, strict=True)), ids=TAGS)
def test_what_version_1_stored_is_read_with_the_same_meaning(kind: type[e.CaseEvent], data: bytes) -> None:
    event = e.read(data)
    assert type(event) is kind
    written = msgspec.json.decode(e.write(event))
    assert {name: written[name] for name in msgspec.json.decode(data) if name != "request"} == {
        name: value for name, value in msgspec.json.decode(data).items() if name != "request"
    }


@pytest.mark.parametrize(("kind", "data"), list(zip(e.EVENTS, STORED, strict=True)), ids=TAGS)
def test_every_field_version_1_wrote_is_needed(kind: type[e.CaseEvent], data: bytes) -> None:
    fields = msgspec.json.decode(data)
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    assert required == set(fields) - {"event"}
    for name in fields:
        without = {other: value for other, value in fields.items() if other != name}
        with pytest.raises(Malformed):
            e.read(msgspec.json.encode(without))


@pytest.mark.parametrize("event", samples(), ids=TAGS)
def test_an_event_is_written_with_its_tag_first_and_read_back(event: e.Event) -> None:
    data = e.write(event)
    assert data.startswith(b'{"event":"%s",' % e.tag_of(event).encode())
    assert e.read(data) == event


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"{}",
        b'{"at":1,"by":"a"}',
        b'{"event":"convicted","at":1,"by":"a"}',
        b'{"event":"withdrawn","at":1,"by":"a","reasons":"w","more":1}',
        b'{"event":"withdrawn","at":1,"by":"a","reasons":"w","reasons":"x"}',
        b'{"event":"withdrawn","at":1.0,"by":"a","reasons":"w"}',
        b'{"event":"withdrawn","at":"1","by":"a","reasons":"w"}',
        b'{"event":"lapsed","at":1,"by":"a","due":"2026-13-01"}',
        b'[{"event":"withdrawn","at":1,"by":"a","reasons":"w"}]',
    ],
)
def test_what_is_no_event_of_this_version_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        e.read(data)


def test_nothing_is_read_above_the_limit() -> None:
    with pytest.raises(TooLarge):
        e.read(b" " * (e.EVENT_LIMIT + 1))
