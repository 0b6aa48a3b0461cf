"""Detached CAdES signatures (ETSI EN 319 122-1, CMS RFC 5652) that `openssl cms -verify` and any validator check.

A node's authority key is Ed25519, which OpenSSL before 3.2 does not verify in CMS. So a signature is made with a P-256
key that lives for that one act: the authority key issues a certificate for it, naming node and purpose, and the private
half is dropped. What is trusted is the authority key in the directory; the certificate of that key in the file is only
its form in X.509, and is compared with it.

    SignedData: SHA-256, one signer, two certificates: the act's (P-256), issued by the node's (Ed25519, self-signed)
    signed attributes: content-type, signing-time, message-digest, signing-certificate-v2     (CAdES-B-B)
    unsigned: signature-time-stamp, an RFC 3161 token over the signature                      (CAdES-B-T)

Reading takes exactly this form.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from asn1crypto import cms, tsp  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from comity.base.digests import same
from comity.base.errors import BadSignature, Malformed
from comity.base.instants import Instant
from comity.base.parsing import check_size
from comity.crypto.signatures import Signer
from comity.crypto.timestamps import UNREADABLE, Stamper, TimeStamp, check_token, request_stamp, token_of

LIMIT: Final = 64 * 1024
ENDLESS: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""RFC 5280 section 4.1.2.5: a certificate with no end that is known. When the key's use ends, the directory says."""
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SIGNED: Final = ("content_type", "signing_time", "message_digest", "signing_certificate_v2")


@dataclass(frozen=True, slots=True)
class Act:
    """Who signs, what for, when. `purpose`: what the certificate of the key of this one act names.

    chance: 40 unpredictable bytes for that key (FIPS 186-5 appendix A.2.1). stamper: where to have the time confirmed.
    """

    signer: Signer
    node: str
    purpose: str
    at: Instant
    chance: bytes
    stamper: Stamper | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature that holds says. `stamp`: the confirmed time, where there is one."""

    node: str
    purpose: str
    at: Instant
    stamp: TimeStamp | None


def sign_detached(content: bytes, act: Act) -> bytes:
    """A CAdES-B-T signature over `content`, in DER; CAdES-B-B without a stamper. Raises what the stamper raises."""
    key = derive_private_key(int.from_bytes(act.chance) % (_ORDER - 1) + 1, SECP256R1())
    root, leaf = _certificates(act, key.public_key())
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("signing_time", cms.Time({"utc_time": act.at.value})),
            _attribute("message_digest", sha256(content).digest()),
            _attribute("signing_certificate_v2", _named(leaf)),
        ]
    )
    r, s = decode_dss_signature(key.sign(attributes.dump(), ECDSA(SHA256(), deterministic_signing=True)))
    signature = encode_dss_signature(r, min(s, _ORDER - s))
    token = b"" if act.stamper is None else token_of(request_stamp(signature, act.stamper))
    data = _assembled(leaf, root, attributes, signature, token)
    verify_detached(data, content, act.signer.public)
    return data


def verify_detached(data: bytes, content: bytes, public: bytes) -> Signature:
    """Check a signature over `content` by the holder of the Ed25519 key `public`. Raises BadSignature or TooLarge.

    A time-stamp is checked against the signature it stands on; whether its authority is trusted, `check_token` says
    to whoever knows that authority.
    """
    check_size(data, LIMIT, "the signature")
    try:
        signed = cms.ContentInfo.load(data, strict=True)["content"]
        signer, certificates = _one_signer(signed)
        leaf, root = _certified(certificates, signer, public)
        attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
        if tuple(one["type"].native for one in signer["signed_attrs"]) != _SIGNED:
            raise _bad("its signed attributes are not those of the format")
        if not same(attributes["message_digest"][0].native, sha256(content).digest()):
            raise _bad("it was made over other bytes")
        named = attributes["signing_certificate_v2"][0]["certs"][0]
        if named["hash_algorithm"]["algorithm"].native != "sha256":
            raise _bad("it names its certificate in another way")
        if not same(named["cert_hash"].native, sha256(leaf.public_bytes(Encoding.DER)).digest()):
            raise _bad("it names another certificate")
        key = leaf.public_key()
        if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
            raise _bad("its key is not P-256")
        signature = signer["signature"].native
        attrs = signer["signed_attrs"].untag()
        key.verify(signature, attrs.dump(force=True), ECDSA(SHA256()))
        at = Instant.of(attributes["signing_time"][0].native)
        stamp = _stamp(signer)
        load = asn1_x509.Certificate.load
        parts = load(leaf.public_bytes(Encoding.DER)), _plain_form(root)
        token = stamp.token if stamp else b""
        if decode_dss_signature(signature)[1] > _ORDER // 2 or _assembled(*parts, attrs, signature, token) != data:
            raise _bad("it is not written in the one way there is")
        return Signature(_name(leaf, NameOID.COMMON_NAME), _name(leaf, NameOID.SERIAL_NUMBER), at, stamp)
    except (*UNREADABLE, Malformed):
        raise _bad("it does not belong to these bytes and this key") from None


def certificate_of(signer: Signer, node: str, not_before: Instant) -> x509.Certificate:
    """The node's authority key in the form of X.509: self-signed, and as good as the directory says the key is."""
    name = _subject(node, "")
    public = Ed25519PublicKey.from_public_bytes(signer.public)
    usage = _key_usage(certificates=True)
    builder = _builder(name, name, public, int.from_bytes(sha256(signer.public).digest()[:16]) >> 1, not_before)
    return _issued(
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), True).add_extension(usage, True), signer
    )


def time_stamp_token(data: bytes) -> bytes:
    """The RFC 3161 token in a signature, in DER; none if there is none. Nothing is checked."""
    unsigned = cms.ContentInfo.load(data)["content"]["signer_infos"][0]["unsigned_attrs"]
    tokens = [one["values"][0] for one in unsigned if one["type"].native == "signature_time_stamp_token"]
    return bytes(tokens[0].dump()) if tokens else b""


def _assembled(
    leaf: asn1_x509.Certificate,
    root: asn1_x509.Certificate,
    attributes: cms.CMSAttributes,
    signature: bytes,
    token: bytes,
) -> bytes:
    """The one way to write it: a reader puts what it read together again and compares."""
    signer = {
        "version": "v1",
        "sid": cms.IssuerAndSerialNumber({"issuer": leaf.issuer, "serial_number": leaf.serial_number}),
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": signature,
    }
    if token:
        signer["unsigned_attrs"] = [_attribute("signature_time_stamp_token", cms.ContentInfo.load(token))]
    made = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "data"},
        "certificates": [leaf, root],
        "signer_infos": [signer],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(made)}).dump())


def _certificates(act: Act, public: EllipticCurvePublicKey) -> tuple[asn1_x509.Certificate, asn1_x509.Certificate]:
    root = certificate_of(act.signer, act.node, act.at)
    serial = int.from_bytes(sha256(public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)).digest()[:16]) >> 1
    builder = _builder(root.subject, _subject(act.node, act.purpose), public, serial, act.at)
    leaf = _issued(
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), True).add_extension(
            _key_usage(certificates=False), True
        ),
        act.signer,
    )
    load = asn1_x509.Certificate.load
    return load(root.public_bytes(Encoding.DER)), load(leaf.public_bytes(Encoding.DER))


def _builder(
    issuer: x509.Name, subject: x509.Name, public: Any, serial: int, not_before: Instant
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(public)
        .serial_number(serial or 1)
        .not_valid_before(not_before.value - timedelta(minutes=5))  # clocks of two machines differ
        .not_valid_after(ENDLESS)
    )


def _issued(builder: x509.CertificateBuilder, signer: Signer) -> x509.Certificate:
    """The certificate, signed by a key that may lie in hardware: built with a key of no meaning, then signed anew."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    form = asn1_x509.Certificate.load(
        builder.sign(Ed25519PrivateKey.from_private_bytes(bytes(32)), None).public_bytes(Encoding.DER)
    )
    form["signature_value"] = signer.sign(form["tbs_certificate"].dump())
    return x509.load_der_x509_certificate(form.dump(force=True))


def _attribute(kind: str, value: Any) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _named(leaf: asn1_x509.Certificate) -> tsp.SigningCertificateV2:
    """The ESS attribute that binds the signature to its certificate (RFC 5035), SHA-256 by default."""
    issuer = asn1_x509.GeneralName("directory_name", leaf.issuer)
    serial = {"issuer": [issuer], "serial_number": leaf.serial_number}
    return tsp.SigningCertificateV2({"certs": [{"cert_hash": sha256(leaf.dump()).digest(), "issuer_serial": serial}]})


def _subject(node: str, purpose: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, node[:64])]
    if purpose:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, purpose))
    return x509.Name(parts)


def _key_usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _one_signer(signed: cms.SignedData) -> tuple[cms.SignerInfo, list[x509.Certificate]]:
    if len(signed["signer_infos"]) != 1 or signed["encap_content_info"]["content"].native is not None:
        raise _bad("not one signer over detached content")
    signer = signed["signer_infos"][0]
    algorithms = signer["digest_algorithm"]["algorithm"].native, signer["signature_algorithm"]["algorithm"].native
    if algorithms != ("sha256", "sha256_ecdsa"):
        raise _bad("made with algorithms that are not taken")
    certificates = [one.chosen for one in signed["certificates"]]
    if any(one.serial_number <= 0 for one in certificates):  # RFC 5280 section 4.1.2.2
        raise _bad("a certificate has a serial number that is not positive")
    return signer, [x509.load_der_x509_certificate(one.dump()) for one in certificates]


def _certified(
    certificates: list[x509.Certificate], signer: cms.SignerInfo, public: bytes
) -> tuple[x509.Certificate, x509.Certificate]:
    """The certificate of the act, if the authority key issued it and the signer names it, and the authority's own."""
    authority = Ed25519PublicKey.from_public_bytes(public)
    serial = signer["sid"].chosen["serial_number"].native
    leaf = next(one for one in [*certificates, None] if one is None or one.serial_number == serial)
    if leaf is None or len(certificates) != 2:
        raise _bad("it does not carry its two certificates")
    root = next(one for one in certificates if one is not leaf)
    if root.public_key() != authority or root.subject != leaf.issuer:
        raise _bad("it was made under another authority's key")
    for one in (root, leaf):
        authority.verify(one.signature, one.tbs_certificate_bytes)
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    if not usage.content_commitment or usage.key_cert_sign:
        raise _bad("its key is for another use")
    return leaf, root


def _plain_form(root: x509.Certificate) -> asn1_x509.Certificate:
    """The authority's certificate, with nothing in it but what its signature covers."""
    form = asn1_x509.Certificate.load(root.public_bytes(Encoding.DER))
    form["signature_algorithm"] = {"algorithm": "ed25519"}
    form["signature_value"] = root.signature
    return asn1_x509.Certificate.load(form.dump(force=True))


def _stamp(signer: cms.SignerInfo) -> TimeStamp | None:
    unsigned = signer["unsigned_attrs"]
    if not unsigned:
        return None
    if [one["type"].native for one in unsigned] != ["signature_time_stamp_token"] or len(unsigned[0]["values"]) != 1:
        raise _bad("something unsigned in it that the format does not have")
    return check_token(unsigned[0]["values"][0].dump(), signer["signature"].native)


def _name(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(kind)
    return str(found[0].value) if found else ""


def _bad(what: str) -> BadSignature:
    return BadSignature(f"the signature does not hold: {what}", hint="trust none of it")
