"""Request signatures: everything that is covered, exactly that, and for exactly as long as it is said."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from http_message_signatures import HTTPMessageSigner, algorithms

from comity.base.encoding import b64u, from_b64
from comity.base.errors import BadSignature, ComityError, NotFound
from comity.base.instants import Instant
from comity.crypto.request_signature import (
    COMPONENTS,
    LABEL,
    LONGEST_SECONDS,
    SKEW_SECONDS,
    ClockSkew,
    Signed,
    sign_request,
    verify_request,
)
from comity.crypto.signatures import Ed25519Signer, verify_ed25519

SIGNER = Ed25519Signer(bytes(range(32)))
OTHER = Ed25519Signer(bytes(32))
AT = Instant.parse("2026-11-22T03:00:00Z")
URL = "https://xb.example/v1/envelopes"
TYPE = "application/comity-batch+json"
BODY = b'{"v":1}'
NONCE = bytes(range(16))


def keys(kid: str) -> bytes:
    """A directory of two keys."""
    found = {SIGNER.kid: SIGNER.public, OTHER.kid: OTHER.public}.get(kid)
    if found is None:
        raise NotFound("no such key")
    return found


def signed(body: bytes = BODY, at: Instant = AT) -> dict[str, str]:
    return sign_request("POST", URL, TYPE, body, signer=SIGNER, at=at, nonce=NONCE)


HEADERS = signed()


def verify(
    headers: Mapping[str, str] = HEADERS, *, method: str = "POST", url: str = URL, body: bytes = BODY, now: Instant = AT
) -> Signed:
    return verify_request(method, url, headers, body, public_of=keys, now=now)


@dataclass(slots=True)
class _Message:
    method: str
    url: str
    headers: dict[str, str]


def signed_otherwise(**changes: Any) -> dict[str, str]:
    """What a peer might sign instead: the signature is good, one choice is another than ours."""
    message = _Message("POST", URL, {"content-type": TYPE, "content-digest": HEADERS["content-digest"]})
    maker = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)
    choices: dict[str, Any] = {
        "key_id": SIGNER.kid,
        "created": AT.value,
        "expires": AT.plus_seconds(LONGEST_SECONDS).value,
        "nonce": b64u(NONCE),
        "label": LABEL,
        "tag": LABEL,
        "covered_component_ids": COMPONENTS,
        "body": BODY,
        "use_existing_digest": True,
        **changes,
    }
    prepared = maker.prepare(message, **choices)
    maker.apply(message, prepared, SIGNER.sign(prepared.signature_base))
    return {name.lower(): value for name, value in message.headers.items()}


def test_a_request_says_who_signed_it_and_when() -> None:
    assert verify() == Signed(kid=SIGNER.kid, nonce=b64u(NONCE), created=AT)


def test_what_is_signed_is_the_base_of_rfc_9421_to_the_byte() -> None:
    """Section 2.5, written out: what a second implementation signs and checks."""
    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    parameters = (
        '("@method" "@authority" "@path" "content-type" "content-digest")'
        f';created={AT.seconds};keyid="{SIGNER.kid}";alg="ed25519";expires={AT.seconds + 300}'
        f';nonce="{b64u(NONCE)}";tag="comity"'
    )
    base = (
        '"@method": POST\n'
        '"@authority": xb.example\n'
        '"@path": /v1/envelopes\n'
        f'"content-type": {TYPE}\n'
        f'"content-digest": sha-256=:{digest}:\n'
        f'"@signature-params": {parameters}'
    )
    assert HEADERS["content-digest"] == f"sha-256=:{digest}:"
    assert HEADERS["signature-input"] == f"comity={parameters}"
    found = re.fullmatch(r"comity=:(.*):", HEADERS["signature"])
    assert found is not None
    verify_ed25519(SIGNER.public, base.encode(), from_b64(found[1]))


def test_the_library_writes_the_same() -> None:
    assert signed_otherwise() == HEADERS


@pytest.mark.parametrize(
    "url",
    [
        "https://xb.example:443/v1/envelopes",
        "https://XB.example:8443/v1/envelopes",
        "http://[::1]:8400/v1/envelopes",
        "https://xb.example/v1/a.b",
        "https://xb.example/v1/%20",
        "https://xb.example/",
        "https://xb.example:0443/v1/envelopes",
    ],
)
def test_any_address_is_signed_as_the_library_does_and_holds_there_alone(url: str) -> None:
    message = _Message("POST", url, {"content-type": TYPE})
    maker = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)
    expires = AT.plus_seconds(LONGEST_SECONDS).value
    names: dict[str, Any] = {"label": LABEL, "tag": LABEL, "nonce": b64u(NONCE), "covered_component_ids": COMPONENTS}
    prepared = maker.prepare(message, key_id=SIGNER.kid, created=AT.value, expires=expires, body=BODY, **names)
    maker.apply(message, prepared, SIGNER.sign(prepared.signature_base))
    ours = sign_request("POST", url, TYPE, BODY, signer=SIGNER, at=AT, nonce=NONCE)
    assert ours == {name.lower(): value for name, value in message.headers.items()}
    assert verify(ours, url=url).kid == SIGNER.kid
    with pytest.raises(BadSignature):
        verify(ours, url=url.replace("8", "9").replace("xb.", "xc.").replace("v1", "v2") + "x")


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_a_header_with_any_character_changed_is_refused(name: str) -> None:
    value = HEADERS[name]
    for at, old in enumerate(value):
        with pytest.raises(ComityError):
            verify({**HEADERS, name: value[:at] + ("A" if old != "A" else "B") + value[at + 1 :]}, url=URL)


def test_a_request_without_a_body_signs_the_digest_of_no_bytes() -> None:
    empty = signed(b"")
    assert verify(empty, body=b"").kid == SIGNER.kid
    with pytest.raises(BadSignature):
        verify(empty, body=b"added on the way")


def test_names_of_headers_are_taken_in_any_case() -> None:
    assert verify({name.title(): value for name, value in HEADERS.items()}).kid == SIGNER.kid


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_refused(method: str) -> None:
    with pytest.raises(BadSignature):
        verify(method=method)


@pytest.mark.parametrize(
    "url",
    ["https://xc.example/v1/envelopes", "https://xb.example:8443/v1/envelopes", "https://sub.xb.example/v1/envelopes"],
)
def test_another_authority_is_refused(url: str) -> None:
    """A request made for one node cannot be shown to another."""
    with pytest.raises(BadSignature):
        verify(url=url)


@pytest.mark.parametrize("path", ["/v1/receipts", "/v1/envelopes/", "/v1/Envelopes", "/"])
def test_another_path_is_refused(path: str) -> None:
    with pytest.raises(BadSignature):
        verify(url=f"https://xb.example{path}")


@pytest.mark.parametrize("content_type", ["application/json", f"{TYPE}; charset=utf-8", ""])
def test_another_content_type_is_refused(content_type: str) -> None:
    with pytest.raises(BadSignature):
        verify({**HEADERS, "content-type": content_type})


@pytest.mark.parametrize("body", [b"", b'{"v":2}', BODY + b" ", BODY[:-1]])
def test_another_body_is_refused(body: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(body=body)


def test_another_body_with_its_own_digest_is_refused() -> None:
    other = signed(b'{"v":2}')["content-digest"]
    with pytest.raises(BadSignature):
        verify({**HEADERS, "content-digest": other}, body=b'{"v":2}')


def test_a_digest_of_no_known_kind_does_not_pass_for_one() -> None:
    with pytest.raises(BadSignature):
        verify({**HEADERS, "content-digest": "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:"})


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_a_request_without_one_of_its_headers_is_refused(name: str) -> None:
    with pytest.raises(BadSignature):
        verify({other: value for other, value in HEADERS.items() if other != name})


@pytest.mark.parametrize("name", ["content-digest", "signature-input", "signature"])
@pytest.mark.parametrize("value", ["", "garbage", "comity=()", "comity=(;;", "comity=1", "comity=:AA==:", "é", "\0"])
def test_headers_that_make_no_sense_are_refused_and_nothing_falls(name: str, value: str) -> None:
    with pytest.raises(BadSignature):
        verify({**HEADERS, name: value})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"@method" ', ""),
        ('"content-digest")', ")"),
        ('("@method" "@authority"', '("@authority" "@method"'),
        (f"created={AT.seconds}", f"created={AT.seconds + 1}"),
        (f"expires={AT.seconds + 300}", f"expires={AT.seconds + 600}"),
        ('nonce="', 'nonce="A'),
        (f'keyid="{SIGNER.kid}"', f'keyid="{OTHER.kid}"'),
        ('alg="ed25519"', 'alg="hmac-sha256"'),
        (';alg="ed25519"', ""),
        (';tag="comity"', ""),
        ('tag="comity"', 'tag="other"'),
        ("comity=", "other="),
    ],
)
def test_a_parameter_changed_on_the_way_is_refused(old: str, new: str) -> None:
    assert old in HEADERS["signature-input"]
    with pytest.raises(BadSignature):
        verify({**HEADERS, "signature-input": HEADERS["signature-input"].replace(old, new, 1)})


@pytest.mark.parametrize("place", range(0, 88, 8))
def test_a_changed_signature_is_refused(place: int) -> None:
    start = len("comity=:")
    value = bytearray(HEADERS["signature"].encode())
    value[start + place] = ord("A") if value[start + place] != ord("A") else ord("B")
    with pytest.raises(BadSignature):
        verify({**HEADERS, "signature": value.decode()})


def test_signing_it_otherwise_is_taken_if_nothing_is_other() -> None:
    """So that the refusals below are for what they change."""
    assert verify(signed_otherwise()) == verify()


@pytest.mark.parametrize("left_out", COMPONENTS)
def test_a_signature_that_covers_less_is_refused(left_out: str) -> None:
    fewer = tuple(name for name in COMPONENTS if name != left_out)
    headers = signed_otherwise(covered_component_ids=fewer, body=None)
    assert f'"{left_out}"' not in headers["signature-input"]
    with pytest.raises(BadSignature):
        verify(headers)


def test_a_signature_that_covers_more_or_in_another_order_is_refused() -> None:
    for components in ((*COMPONENTS, "@scheme"), tuple(reversed(COMPONENTS)), ()):
        with pytest.raises(BadSignature):
            verify(signed_otherwise(covered_component_ids=components))


@pytest.mark.parametrize("missing", ["nonce", "expires", "tag"])
def test_a_signature_without_one_of_its_parameters_is_refused(missing: str) -> None:
    with pytest.raises(BadSignature):
        verify(signed_otherwise(**{missing: None}))


def test_a_signature_without_its_algorithm_named_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify(signed_otherwise(include_alg=False))


@pytest.mark.parametrize(("seconds", "is_taken"), [(-1, False), (0, False), (1, True), (300, True), (301, False)])
def test_a_signature_is_made_for_at_most_300_seconds(seconds: int, is_taken: bool) -> None:
    headers = signed_otherwise(expires=AT.plus_seconds(seconds).value)
    if is_taken:
        assert verify(headers).created == AT
    else:
        with pytest.raises(BadSignature):
            verify(headers)


@pytest.mark.parametrize("label", ["other", "sig1"])
def test_a_signature_under_another_label_is_none_of_ours(label: str) -> None:
    with pytest.raises(BadSignature):
        verify(signed_otherwise(label=label))


def test_a_signature_with_another_tag_was_made_for_something_else() -> None:
    with pytest.raises(BadSignature):
        verify(signed_otherwise(tag="other"))


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_clocks_may_differ_by_300_seconds(seconds: int) -> None:
    assert SKEW_SECONDS == 300
    assert verify(now=AT.plus_seconds(seconds)).created == AT


@pytest.mark.parametrize("seconds", [-86400, -301, 301, 86400])
def test_and_not_by_301(seconds: int) -> None:
    with pytest.raises(ClockSkew) as refused:
        verify(now=AT.plus_seconds(seconds))
    assert refused.value.code == "clock-skew"


def test_a_bad_signature_is_told_before_a_wrong_clock() -> None:
    """Otherwise anyone could ask a node what time it is."""
    with pytest.raises(BadSignature) as refused:
        verify(body=b"other", now=AT.plus_seconds(10_000))
    assert not isinstance(refused.value, ClockSkew)


class _NotListed(ComityError):
    code = "unknown-peer"


def test_what_the_directory_says_of_an_unknown_key_passes_through() -> None:
    def nobody(_: str) -> bytes:
        raise _NotListed("not listed")

    with pytest.raises(_NotListed):
        verify_request("POST", URL, HEADERS, BODY, public_of=nobody, now=AT)


@pytest.mark.parametrize("public", [b"", b"short", bytes(33), OTHER.public])
def test_a_listed_key_that_is_another_or_none_verifies_nothing(public: bytes) -> None:
    with pytest.raises(BadSignature):
        verify_request("POST", URL, HEADERS, BODY, public_of=lambda _: public, now=AT)
