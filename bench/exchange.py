"""One document between two authorities, in memory: sign, encrypt, decrypt, verify.

comity signs with Ed25519 and encrypts with a hybrid of ML-KEM-768 and X25519. GnuPG does the same work with Ed25519 and
Curve25519 keys, nothing post-quantum, and starts two processes, as those who mail evidence requests today do. Neither
side's network, database or receipts are in it.
"""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from bench import peers
from bench.measure import Benchmark
from comity.adapters.clock import SystemClock
from comity.adapters.randomness import SystemRandomness
from comity.base.encoding import b64u
from comity.base.ids import uuid7
from comity.base.mode import Mode
from comity.crypto import hpke
from comity.crypto.signatures import Ed25519Signer
from comity.exchange import document as documents
from comity.exchange import envelope as envelopes

SIZE: Final = 4096


def benchmark(_scale: float, stack: ExitStack) -> Benchmark:
    random = SystemRandomness()
    document = document_of(random, SIZE)
    signer, opener = Ed25519Signer(random.bytes(32)), hpke.HybridOpener(random.bytes(hpke.PRIVATE_BYTES))

    def comity() -> object:
        signed = documents.sign(document, signer)
        common = ("v", "id", "mode", "from_", "to", "channel", "seq", "prev", "iat", "exp")
        fields = {name: getattr(document, name) for name in common}
        header = envelopes.Header(**fields, pri=0, suite=hpke.SUITE, rkid=opener.kid)
        envelope = envelopes.seal(signed.token, header, opener.public)
        return documents.verify(envelopes.open_sealed(envelope, opener), signer.public)

    ways: dict[str, Callable[[], object]] = {"comity": comity}
    gpg = peers.find("gpg")
    if gpg:
        ways["gpg, two processes"] = _gpg(gpg, bytes(document.body), stack)
    absent = () if gpg else (peers.missing("gpg"),)
    what = f"sign, encrypt, decrypt and verify a document of {SIZE} bytes"
    return Benchmark("exchange", what, ways, absent)


def document_of(random: SystemRandomness, size: int) -> documents.Document:
    """A request with a body of so many bytes, no two alike."""
    now = SystemClock().now()
    text = b64u(random.bytes(size))[: size - len('{"text":""}')]
    return documents.Document(
        v=envelopes.VERSION,
        id=uuid7(now, random.bytes(10)),
        mode=Mode.EXERCISE,
        from_="XA/central-authority",
        to="XB/central-authority",
        iat=now.seconds,
        exp=now.plus_days(1).seconds,
        channel=b64u(random.bytes(16)),
        seq=1,
        prev="",
        case="bench",
        kind="request.preserve",
        actor=documents.Actor("anna", "duty_officer", approved_by="bo"),
        log=documents.LogPlace("exercise.comity.example/XA/central-authority", 0),
        body=msgspec.Raw(msgspec.json.encode({"text": text})),
    )


def _gpg(gpg: str, data: bytes, stack: ExitStack) -> Callable[[], object]:
    """Sign and encrypt in one process, decrypt and verify in the next, with keys of a home that is thrown away."""
    home: list[Path] = []

    def options() -> list[str | Path]:
        if not home:
            home.append(gpg_home(gpg, stack))
        return [gpg, "--homedir", home[0], "--batch", "--quiet", "--trust-model", "always"]

    def call() -> object:
        base = options()
        sealed = peers.run(
            [*base, "--local-user", "xa@example", "--recipient", "xb@example", "--sign", "--encrypt"], data=data
        )
        opened = peers.run([*base, "--decrypt"], data=sealed)
        if opened != data:
            raise ValueError("gpg gave back something else")
        return opened

    return call


def gpg_home(gpg: str, stack: ExitStack) -> Path:
    """A home with the keys of xa@example and xb@example, thrown away with the stack, and its agent ended."""
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="cb-", ignore_cleanup_errors=True)))
    folder.chmod(0o700)
    stack.callback(_end_agent, folder)
    for name in ("xa@example", "xb@example"):
        base: list[str | Path] = [gpg, "--homedir", folder, "--batch", "--quiet", "--passphrase", ""]
        peers.run([*base, "--quick-generate-key", name, "ed25519", "sign", "never"])
        listed = peers.run([gpg, "--homedir", folder, "--batch", "--with-colons", "--list-keys", name]).decode("ascii")
        fingerprint = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:"))
        peers.run([*base, "--quick-add-key", fingerprint, "cv25519", "encr", "never"])
    return folder


def _end_agent(folder: Path) -> None:
    """The agent that gpg started for this home, and no other."""
    gpgconf = peers.find("gpgconf")
    if gpgconf:
        peers.run([gpgconf, "--homedir", folder, "--kill", "gpg-agent"])
