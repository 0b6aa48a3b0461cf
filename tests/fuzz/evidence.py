"""Harnesses of evidence: records, manifests, age files, bags, CMS signatures, time-stamps, custody, disclosures."""

import io
from base64 import b64encode
from functools import cache
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from comity.base.digests import Digest
from comity.base.encoding import b64u, to_json
from comity.base.ids import ActorId
from comity.base.mode import Mode
from comity.crypto import age, cms, jws
from comity.crypto.age_armor import BEGIN, END, read_armor
from comity.crypto.age_header import FIRST_LINE, read_header, write_header
from comity.crypto.age_keys import read_recipient
from comity.crypto.passkey_signature import verify_passkey_signature
from comity.crypto.timestamps import check_response, check_token, token_of, verify_response
from comity.evidence import custody, custody_act, disclosure
from comity.evidence.bag import digest_lines, read_digest_lines, read_envelope
from comity.evidence.case_uco import to_case
from comity.evidence.foreign_bag import check_bag
from comity.evidence.manifest import read_head, read_items, root_of_lines
from comity.evidence.opening import read_record
from comity.evidence.outside import verify_tags
from comity.evidence.proof import prove_piece, verify_piece
from comity.evidence.record import Record, build_record, open_record
from comity.workflows import export_format
from tests.fuzz.harness import SEEDS, SIGNER, SPLIT, Harness, by_name, parts, stable, text
from tests.simulators.packages import AT, AUTHORITY, IDENTITY, PROVIDER, RECIPIENT, MemoryPackage, sealed_tree
from tests.simulators.packages import SIGNER as SEALER

FILES: Final = {"a%b.txt": b"1", "folder/c": b"22", "folder/disk.img": bytes(1_200_000)}
CLERK: Final = ActorId("clerk-1")
CHALLENGE: Final = b"challenge"
SITE: Final = "xa.example"
SIGNER_KEY: Final = Ed25519PrivateKey.from_private_bytes(b"hand" * 8)
CONTENT: Final = b"what is signed"
STAMPED: Final = b"hello"
LINE_WORDS: Final = (b'"kind":"file"', b'"kind":"folder"', b'"path":"', b"..", b"/", b"\n", b"\\u0000", b"\xe2\x80\xae")
AGE_WORDS: Final = (FIRST_LINE, b"-> X25519 ", b"-> scrypt ", b"-> mlkem768x25519 ", b"--- ", b"\n")
DER_WORDS: Final = (b"\x30\x80", b"\x30\x82", b"\x02\x01", b"\x06\x09", b"\xa0", b"\x31", b"\x04\x82", b"\x00\x00")


@cache
def package() -> MemoryPackage:
    return sealed_tree(FILES)[0]


@cache
def record() -> Record:
    return read_record(package(), verify_tags(package(), SEALER.public), IDENTITY, SEALER.public)


@cache
def small_record() -> bytes:
    """Of a package without large files: the fuzzer changes it byte by byte."""
    found = sealed_tree({"a": b"1"})[0]
    return build_record(read_record(found, verify_tags(found, SEALER.public), IDENTITY, SEALER.public))


def manifest(data: bytes) -> Any:
    """A head and lines that are what it was signed for."""
    head_bytes, lines = parts(data, 2)
    head = read_head(head_bytes)
    rows = lines.split(b"\n")[:-1]
    fits = msgspec.structs.replace(head, items=len(rows), root=str(root_of_lines(rows)))
    return stable(read_head)(to_json(fits)), read_items(lines, fits)


def age_header(data: bytes) -> Any:
    """A header, and its bytes up to the MAC."""
    return read_header(io.BytesIO(data)), data


def _age_written(found: Any) -> bytes:
    header, data = found
    written = write_header(header.stanzas, bytes(16))
    signed = written[: written.rindex(b"--- ")]
    return signed + bytes(data[len(signed) :])


def age_file(data: bytes) -> bytes:
    """A whole file for our identity."""
    opened = io.BytesIO()
    age.decrypt_stream(io.BytesIO(data), opened, IDENTITY)
    return opened.getvalue()


def foreign_bag(data: bytes) -> Any:
    """A bag of others with any declaration, manifest, bag-info and fetch list."""
    names = ("bagit.txt", "manifest-sha256.txt", "bag-info.txt", "fetch.txt", "data/a")
    return check_bag(MemoryPackage(dict(zip(names, parts(data, len(names)), strict=True))))


def custody_chain(data: bytes) -> Any:
    """Acts, one a line, each signed by whoever it says; then the chain in the words of others."""
    acts = [jws.sign_compact(line, SIGNER, custody_act.TYP) for line in data.split(b"\n")]
    found = custody.verify_chain(acts, Digest.of(CONTENT), lambda *_: SIGNER.public)
    return to_case(found, (), "0")


def disclosed(data: bytes) -> Any:
    given = disclosure.disclose(record(), ["folder/c"])
    return disclosure.verify_disclosure({**given, disclosure.ITEMS: data}, SEALER.public)


def piece_proof(data: bytes) -> Any:
    return verify_piece(data, package(), IDENTITY, package_key=SEALER.public, sealer_key=SEALER.public)


def time_stamp(data: bytes) -> Any:
    """An answer of a time-stamp authority, with and without a root that is trusted."""
    check_token(token_of(data), STAMPED)
    verify_response(data, STAMPED, [(SEEDS / "time-stamp" / "root.pem").read_bytes()])
    return check_response(data, STAMPED)


def passkey(data: bytes) -> Any:
    """A passkey's approval: key, authenticator data, client data and signature."""
    key, authenticator, client, signature = parts(data, 4)
    return verify_passkey_signature(
        public_key=key,
        authenticator_data=authenticator,
        client_data=client,
        signature=signature,
        challenge=CHALLENGE,
        site=SITE,
    )


def _begun() -> list[bytes]:
    token = custody.begin(
        package=Digest.of(CONTENT),
        case="c-1",
        by=PROVIDER,
        actor=CLERK,
        at=AT,
        reason="sealed",
        mode=Mode.EXERCISE,
        signer=SIGNER,
    )
    first = jws.verify_compact(token, SIGNER.public, custody_act.TYP, limit=65536)
    second = custody.release(
        [token], by=PROVIDER, to=AUTHORITY, actor=CLERK, at=AT.plus_seconds(1), reason="handed over", signer=SIGNER
    )
    return [first, first + b"\n" + jws.verify_compact(second, SIGNER.public, custody_act.TYP, limit=65536)]


def _manifest() -> bytes:
    return record().head + SPLIT + record().items


def _headers() -> list[bytes]:
    pack = next(data for name, data in sorted(package().files.items()) if name.endswith("00000.age"))
    return [read_header(io.BytesIO(pack)).data + bytes(40)]


def _age_files() -> list[bytes]:
    return [data for name, data in package().files.items() if name.endswith(".age") and len(data) < 20_000]


def _passkey() -> bytes:
    public = SIGNER_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    client = to_json({"type": "webauthn.get", "challenge": b64u(CHALLENGE), "origin": f"https://{SITE}"})
    authenticator = Digest.of(SITE.encode()).value + b"\x05\0\0\0\1"
    signature = SIGNER_KEY.sign(authenticator + Digest.of(client).value)
    return SPLIT.join([public, authenticator, client, signature])


def _bag() -> bytes:
    line = f"{Digest.of(b'x')}  data/a\n".encode()
    declared = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    return SPLIT.join([declared, line, b"Payload-Oxum: 1.1\n", b"https://x.example/ - data/a\n", b"x"])


def _signature() -> bytes:
    return cms.sign_detached(CONTENT, cms.Act(SIGNER, "XB/provider-one", "a package", AT, bytes(40)))


def _proofs() -> list[bytes]:
    outer = verify_tags(package(), SEALER.public)
    return [
        prove_piece(record(), outer.package_digest, outer.envelope.suite, path, piece)
        for path, piece in (("folder/disk.img", 1), ("a%b.txt", 0))
    ]


def _armored() -> bytes:
    written = b64encode(_age_files()[0][:400])
    lines = [written[at : at + 64] for at in range(0, len(written), 64)]
    return b"\n".join([BEGIN, *lines, END, b""])


HARNESSES: Final = by_name(
    Harness(
        "record",
        lambda data: open_record(data, SEALER.public),
        lambda: [small_record()],
        build_record,
        most_bytes=20_480,
    ),
    Harness("manifest", manifest, lambda: [_manifest()], words=(SPLIT, *LINE_WORDS)),
    Harness("age-header", age_header, _headers, _age_written, AGE_WORDS),
    Harness("age-file", age_file, _age_files, words=AGE_WORDS, most_bytes=20_000),
    Harness("age-armor", read_armor, lambda: [_armored()]),
    Harness("age-recipient", text(read_recipient), lambda: [RECIPIENT.encode()], words=(b"age1", b"pq1")),
    Harness(
        "bag-list",
        lambda data: read_digest_lines(data, "a list"),
        lambda: [digest_lines([("data/a%\n", Digest.of(b"")), ("data/b", Digest.of(b"b"))])],
        lambda found: digest_lines(found.items()),
        (b"%25", b"%0A", b"%0D", b"  "),
    ),
    Harness("bag-envelope", stable(read_envelope), lambda: [package().files["comity/envelope.json"]]),
    Harness(
        "foreign-bag",
        foreign_bag,
        lambda: [_bag()],
        words=(SPLIT, b"UTF-16", b"utf_7", b"idna", b"BagIt-Version: 0.97", b"%0A", b"../", b"*", b"Payload-Oxum: "),
    ),
    Harness(
        "cms-signature",
        lambda data: cms.verify_detached(data, CONTENT, SIGNER.public),
        lambda: [_signature()],
        words=DER_WORDS,
    ),
    Harness("time-stamp", time_stamp, lambda: [(SEEDS / "time-stamp" / "response.tsr").read_bytes()], words=DER_WORDS),
    Harness("custody", custody_chain, _begun, words=(b'"act":"', b"release", b"accept", b"destroy", b"\n")),
    Harness(
        "disclosure",
        disclosed,
        lambda: [disclosure.disclose(record(), ["folder/c"])[disclosure.ITEMS]],
        words=(b"withheld ", *LINE_WORDS),
    ),
    Harness("piece-proof", piece_proof, _proofs),
    Harness(
        "passkey",
        passkey,
        lambda: [_passkey()],
        words=(SPLIT, b'"challenge":"Y2hhbGxlbmdl"', b'"origin":"', *DER_WORDS),
    ),
    Harness(
        "export",
        export_format.read,
        lambda: [export_format.write({"a.txt": b"1", "b/c.json": b"{}"})],
        export_format.write,
        (b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"),
    ),
)
