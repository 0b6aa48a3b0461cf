"""AS4 in Python, in a process and an environment of its own: `as4` asks for an older `cryptography` than ours.

Told over its standard input how many messages to carry, it builds, parses, answers and checks each in memory (Peppol's
profile: RSA-2048, AES-128-GCM), and says what that took of the clock and of the processor. It stores nothing.
"""

import json
import os
import resource
import sys
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from as4 import AS4LocalPrivateKey, SecurityPolicy, pinned_certificates  # type: ignore[import-not-found]
from as4.peppol import (  # type: ignore[import-not-found]
    build_peppol_message,
    create_peppol_external_party,
    create_peppol_internal_party,
    parse_peppol_message,
    parse_peppol_receipt,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

SIZE = 4096
_FRAME = "<Document>{}</Document>"


def identity(name: str) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A key and its own certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    made = made.not_valid_after(now + timedelta(days=30))
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return key, made.sign(key, hashes.SHA256())


class Pair:
    """Two access points that have pinned each other's certificate."""

    def __init__(self) -> None:
        keys = {name: identity(name) for name in ("PXA000001", "PXB000002")}
        self.inside = {
            name: create_peppol_internal_party(party_id=name, certificate=made, private_key=AS4LocalPrivateKey(key))
            for name, (key, made) in keys.items()
        }
        self.outside = {
            name: create_peppol_external_party(party_id=name, certificate=made) for name, (_, made) in keys.items()
        }
        self.policy = SecurityPolicy(signer_resolver=pinned_certificates(*(made for _, made in keys.values())))

    def carry(self, payload: bytes) -> int:
        """One message there and its receipt back; how many bytes were on the wire. Raises where anything is wrong."""
        message = build_peppol_message(
            payload=payload,
            local_party=self.inside["PXA000001"],
            remote_party=self.outside["PXB000002"],
            sender="9932:1000000001",
            recipient="9932:1000000002",
            sender_country_id="GB",
            document_type_identifier_scheme="busdox-docid-qns",
            document_type_identifier_value="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##urn:x::2.1",
            process_identifier="urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
        )
        body, boundary = message.get_request_data()
        headers = message.get_http_headers(boundary)
        received: Any = parse_peppol_message(headers, body, self.inside["PXB000002"], security_policy=self.policy)
        _, signal = received.build_signal()
        if not received.successful:
            raise ValueError(f"the message was refused: {received.errors}")
        receipt = parse_peppol_receipt(signal, self.outside["PXB000002"].credentials.certificate)
        receipt.verify_non_repudiation(message.signed_references)
        return len(body) + len(signal)


def main() -> None:
    pair = Pair()
    for line in sys.stdin:
        count, sent = json.loads(line)["count"], 0
        texts = [b64encode(os.urandom(SIZE)).decode()[: SIZE - len(_FRAME.format(""))] for _ in range(count)]
        before, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        for text in texts:
            sent += pair.carry(_FRAME.format(text).encode())
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(json.dumps({"seconds": time.perf_counter() - begun, "cpu": cpu, "bytes": sent // count}), flush=True)


if __name__ == "__main__":
    main()
