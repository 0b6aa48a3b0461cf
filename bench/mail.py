"""What 24/7 points use today: a document signed and encrypted by GnuPG, mailed, decrypted and verified. No receipt.

Ed25519 and Curve25519 keys, two `gpg` processes a message as users have them, a kept-open SMTP connection a worker.
"""

import smtplib
import subprocess
import sys
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as SMTP_POLICY
from itertools import count
from os import urandom
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import peers
from bench.delivery_pair import ROOT, free_ports
from bench.exchange import SIZE, gpg_home


class Mail:
    """A mail server and two people's keys. `workers`: the connections that are open at once."""

    def __init__(self, gpg: str, workers: int, stack: ExitStack) -> None:
        home = gpg_home(gpg, stack)
        self._gpg = [gpg, "--homedir", str(home), "--batch", "--quiet", "--trust-model", "always"]
        self._folder = Path(stack.enter_context(TemporaryDirectory(prefix="cb-mail-")))
        (port,) = free_ports(1)
        command = [sys.executable, "-m", "bench.mail_server", str(self._folder), str(port)]
        server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert server.stdin and server.stdout
        stack.callback(server.stdout.close)
        stack.callback(server.wait)
        stack.callback(server.stdin.close)
        if server.stdout.readline() != b"ready\n":
            raise RuntimeError("the mail server did not start")
        self._port, self._workers = port, workers
        self._numbers = count(1)

    def send(self, documents: int) -> None:
        """So many documents, each worker its share, one after the other."""
        with ExitStack() as stack, ThreadPoolExecutor(self._workers) as pool:
            # A line is kept open for one call: the server ends one that says nothing for minutes.
            lines = [stack.enter_context(smtplib.SMTP("127.0.0.1", self._port)) for _ in range(self._workers)]
            shares = [documents // self._workers + (n < documents % self._workers) for n in range(self._workers)]
            list(pool.map(self._share, lines, shares))

    def _share(self, line: smtplib.SMTP, documents: int) -> None:
        for _ in range(documents):
            self._one(line, b64encode(urandom(SIZE))[:SIZE])

    def _one(self, line: smtplib.SMTP, document: bytes) -> None:
        seal = [*self._gpg, "--local-user", "xa@example", "--recipient", "xb@example", "--sign", "--encrypt"]
        sealed = peers.run(seal, data=document)
        name = f"m{next(self._numbers)}"
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"], message["To"], message["Subject"] = "xa@xa.example", "xb@xb.example", "request"
        message["Message-ID"] = f"<{name}@xa.example>"
        message.add_attachment(sealed, maintype="application", subtype="pgp-encrypted", filename="request.gpg")
        line.send_message(message)
        kept = self._folder / name
        came = BytesParser(policy=SMTP_POLICY).parsebytes(kept.read_bytes())
        (part,) = came.iter_attachments()
        done = subprocess.run(
            [*self._gpg, "--status-fd", "2", "--decrypt"], input=part.get_content(), capture_output=True, check=True
        )
        if done.stdout != document or b"[GNUPG:] GOODSIG" not in done.stderr:
            raise ValueError("what came is not what was signed")
        kept.unlink()
