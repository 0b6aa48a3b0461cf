"""A time-stamp authority on this machine: `openssl ts`, with a root and a certificate made for the test."""

import subprocess
from pathlib import Path
from typing import Final

CONFIGURATION: Final = """\
[t]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamping]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[req]
distinguished_name = name
[name]
"""
KEY: Final = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class TimeStampAuthority:
    """`root`: its root certificate, in PEM. Stamps with the machine's time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        (folder / "tsa.cnf").write_text(CONFIGURATION)
        (folder / "serial").write_text("01\n")
        name = ["-config", "tsa.cnf", "-subj", "/CN=An invented time-stamp authority"]
        self._run(["req", "-x509", *KEY, *name, "-extensions", "root", "-keyout", "ca.key", "-out", "ca.pem"])
        self._run(["req", *KEY, *name, "-keyout", "tsa.key", "-out", "tsa.csr"])
        signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "2", "-extfile", "tsa.cnf"]
        self._run(["x509", "-req", "-in", "tsa.csr", *signed, "-extensions", "stamping", "-out", "tsa.pem"])
        self.root = (folder / "ca.pem").read_bytes()

    def stamp(self, request: bytes) -> bytes:
        """A TimeStampResp to a TimeStampReq, both in DER."""
        (self._folder / "request").write_bytes(request)
        self._run(["ts", "-reply", "-queryfile", "request", "-config", "tsa.cnf", "-section", "t", "-out", "answer"])
        return (self._folder / "answer").read_bytes()

    def _run(self, arguments: list[str]) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, capture_output=True, check=True)
