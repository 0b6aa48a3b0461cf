"""Pages in earnest: a node that serves them over its own certificate, under their own name and no other."""

import datetime
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.simulators.ports import free_port
from tests.stories.transcript import in_process

NAME = "pages.is.example"
WAIT_SECONDS = 120


def write_certificate(folder: Path) -> None:
    """A certificate for NAME that signs itself."""
    key, now = generate_private_key(SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    (folder / "pages.pem").write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    (folder / "pages.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def test_a_live_node_serves_its_pages_over_its_certificate_and_its_peers_beside_it(tmp_path: Path) -> None:
    secret, folder = tmp_path / "passphrase", tmp_path / "is"
    secret.write_text("a passphrase of this test", encoding="utf-8")
    peers, pages = free_port(), free_port()
    made = ["init", str(folder), "--role", "authority", "--state", "IS", "--mode", "live"]
    assert in_process([*made, "--url", "https://node.is.example", "--passphrase-file", str(secret)]).code == 0
    write_certificate(folder)
    config = folder / "comity.toml"
    table = f'[pages]\nurl = "https://{NAME}:{pages}"\nport = {pages}\ncertificate = "pages.pem"\nkey = "pages.key"\n'
    text = config.read_text(encoding="utf-8").replace("port = 8400", f"port = {peers}")
    config.write_text(f"{text}\n{table}", encoding="utf-8")
    arguments = ["serve", "--config", str(config), "--passphrase-file", str(secret)]
    log = tmp_path / "serve.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "comity.cli.main", *arguments]
        node = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        wait_for_port(pages, node)
        pool = urllib3.HTTPSConnectionPool(
            "127.0.0.1", pages, ca_certs=str(folder / "pages.pem"), server_hostname=NAME, assert_hostname=NAME
        )
        page = pool.request("GET", "/sign-in", headers={"Host": f"{NAME}:{pages}"})
        assert page.status == 200
        assert "comity people invite ID --first --config FILE" in page.data.decode()
        assert page.headers["set-cookie"].startswith("__Host-comity-is-central-authority=")
        assert "max-age" in page.headers["strict-transport-security"]
        assert pool.request("GET", "/sign-in", headers={"Host": "evil.example"}).status == 421
        plain = urllib3.HTTPConnectionPool("127.0.0.1", peers)
        assert plain.request("GET", "/health").status == 200
        assert plain.request("GET", "/sign-in", headers={"Host": NAME}).status == 404
    finally:
        node.send_signal(signal.SIGTERM)
        code = node.wait(WAIT_SECONDS)
    assert code == 0, log.read_text(encoding="utf-8")


def wait_for_port(port: int, node: "subprocess.Popen[bytes]") -> None:
    """Until something listens there, but not for ever."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end and node.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the pages were not served")
