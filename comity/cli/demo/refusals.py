"""What must be refused, tried for real: each attempt and the code it must be refused with."""

import shutil
from dataclasses import dataclass
from typing import Final

from comity.adapters.objects_files import PackageFolders
from comity.adapters.randomness import SystemRandomness
from comity.adapters.sources_files import FolderSink
from comity.base.encoding import b64u
from comity.base.ids import NodeId, uuid7
from comity.base.parsing import read_json
from comity.cases import events
from comity.cli.demo.account import Account
from comity.cli.demo.story import Story
from comity.cli.demo.world import XA, XB, World
from comity.crypto import hpke
from comity.crypto.request_signature import sign_request
from comity.crypto.signatures import Ed25519Signer, Signer
from comity.evidence.opening import open_sealed
from comity.exchange import document as documents
from comity.exchange import envelope as envelopes
from comity.exchange import receipt
from comity.exchange.directory import Entity, Use
from comity.exchange.message import RequestBody
from comity.exchange.receipt_code import read_fault
from comity.transparency.bundle import parse_bundle, verify_bundle
from comity.transparency.checkpoint import log_key
from comity.workflows import draft_request, prove_entry, read_cases
from comity.workflows.custody_chain import chain_of_case
from comity.workflows.dispatch import Letter, post
from comity.workflows.office import Office, directory
from comity.workflows.record import load, record

_ANSWER_LIMIT: Final = 1024 * 1024


@dataclass(slots=True)
class Refusals:
    """The attempts, on the world the story left behind."""

    world: World
    account: Account
    story: Story

    @property
    def _xa(self) -> Office:
        return self.world.nodes[XA].office

    def run(self) -> None:
        """Every attempt; what is not refused, or with another code, is told and fails the demo."""
        self._changed_envelope()
        self._unknown_sender()
        self._other_bytes()
        self._no_offence()
        self._no_statement()
        self._flipped_byte()
        self._other_entry()

    # The peer's side of these is the running node of XB; the attacker's side is made here with what it would have.

    def _changed_envelope(self) -> None:
        envelope, body = self._craft()
        headers = self._signed_headers(body, self._xa.keys.signer(Use.TRANSPORT))
        changed = body.replace(b'"id":"', b'"id":"x', 1)
        self.account.saw("an envelope changed on the way", "bad-signature", self._post(headers, changed))
        spoiled = envelopes.Envelope(envelope.header_bytes, envelope.ct[:-1] + bytes([envelope.ct[-1] ^ 1]))
        body = envelopes.format_batch("spoiled", [spoiled])
        first = self._post(self._signed_headers(body, self._xa.keys.signer(Use.TRANSPORT)), body)
        message_id = envelope.read_header().id
        final = self._second_receipt(message_id) if first == "stored" else first
        self.account.saw("the same, by a thief of the transport key who signs the request anew", "cannot-open", final)

    def _unknown_sender(self) -> None:
        _, body = self._craft()
        stranger = Ed25519Signer(SystemRandomness().bytes(32))
        code = self._post(self._signed_headers(body, stranger), body)
        self.account.saw("a sender whose key is in no directory", "unknown-peer", code)

    def _other_bytes(self) -> None:
        with self._xa.store.transaction() as tx:
            sent = load(tx, self.story.preservation).request_message
        _, body = self._craft(message_id=sent)
        code = self._post(self._signed_headers(body, self._xa.keys.signer(Use.TRANSPORT)), body)
        self.account.saw("a message sent before, again with other bytes", "conflict", code)

    def _no_offence(self) -> None:
        request = self.story.request("three-year-offence.toml")
        with self.account.must_refuse("three years at most, and no Convention offence: stopped at XA", "treaty-check"):
            case = draft_request.draft(self._xa, "anna", request, XB)
            draft_request.approve(self._xa, "bo", case.id)

    def _no_statement(self) -> None:
        request = self.story.request("no-assistance-statement.toml")
        case = draft_request.draft(self._xa, "anna", request, XB)
        with self.account.must_refuse("no word that assistance will be asked for: stopped at XA", "treaty-check"):
            draft_request.approve(self._xa, "bo", case.id)
        name = "it arrives all the same, from a sender that does not check: XB asks, it does not refuse"
        with self.account.step(name, "the node of XB", "42(6)"):
            self._send_unchecked(case.id)
            self.world.wait(lambda: self.story.case(XA, case.id).state == "information asked", "XB to ask")
            theirs = next(one for one in read_cases.all_cases(self.world.nodes[XB].office) if one.their_case == case.id)
            if theirs.state != "information asked" or not theirs.asked:
                self.account.saw(name, "information asked", str(theirs.state))
        self.account.note(self.story.case(XA, case.id).asked[0])

    def _send_unchecked(self, case_id: str) -> None:
        """What a sender does whose rules were taken out: approve and send, without the check between."""
        office, now = self._xa, self._xa.clock.now()
        with office.store.transaction() as tx:
            case = load(tx, case_id)
            approved = events.Approved(at=now.seconds, by="bo", request_sha256=case.request_sha256)
            case = record(office, tx, case, approved)
            if case.request is None:
                return
            letter = Letter(
                kind="request.preserve",
                body=RequestBody(request=case.request),
                actor=documents.Actor("anna", "case_lawyer", approved_by="bo"),
                peer=XB,
            )
            post(
                office,
                tx,
                case,
                letter,
                lambda message, digest: events.Sent(at=now.seconds, by="bo", message=message, doc_sha256=digest),
            )

    def _flipped_byte(self) -> None:
        case = self.story.case(XA, self.story.production)
        with self._xa.store.transaction() as tx:
            sealer = chain_of_case(tx, case).sealer_key
        spoiled = self.world.folder / "spoiled"
        shutil.copytree(self.world.place(XA) / "evidence" / case.package, spoiled)
        pack = spoiled / "data" / "00001.age"
        data = bytearray(pack.read_bytes())
        data[len(data) // 2] ^= 1
        pack.write_bytes(data)
        with self.account.must_refuse("one flipped byte in the evidence", "broken-seal"):
            source = PackageFolders(self.world.folder).source("spoiled")
            open_sealed(source, self._xa.keys.identity(), FolderSink(self.world.folder / "never"), signer_key=sealer)

    def _other_entry(self) -> None:
        office = self._xa
        _, proof = prove_entry.prove(office, 1)
        with office.store.transaction() as tx:
            other = tx.log.leaf(2)
        if other is None:
            return
        key = log_key(office.origin, office.keys.signer(Use.LOG).public)
        with self.account.must_refuse("a log proof shown for another entry", "bad-proof"):
            verify_bundle(parse_bundle(proof), other.entry, office.origin, key, [], 0)

    def _craft(self, message_id: str = "") -> tuple[envelopes.Envelope, bytes]:
        """A well-made envelope from XA to XB on a new channel, and a batch of it."""
        office = self._xa
        now = office.clock.now()
        key = self._xb().key(Use.ENCRYPTION, now)
        request = self.story.request("preservation.toml")
        value = documents.Document(
            v=envelopes.VERSION,
            id=message_id or uuid7(now, office.randomness.bytes(10)),
            mode=office.mode,
            from_=XA,
            to=XB,
            iat=now.seconds,
            exp=now.plus_days(1).seconds,
            channel=b64u(office.randomness.bytes(16)),
            seq=1,
            prev="",
            case="crafted",
            kind="request.preserve",
            actor=documents.Actor("anna", "duty_officer", approved_by="bo"),
            log=documents.LogPlace(office.origin, 0),
            body=documents.body_bytes(RequestBody(request=request)),
        )
        signed = documents.sign(value, office.keys.signer(Use.AUTHORITY))
        common = ("v", "id", "mode", "from_", "to", "channel", "seq", "prev", "iat", "exp")
        fields = {name: getattr(value, name) for name in common}
        header = envelopes.Header(**fields, pri=0, suite=hpke.SUITE, rkid=key.kid)
        envelope = envelopes.seal(signed.token, header, key.public_bytes)
        return envelope, envelopes.format_batch("crafted", [envelope])

    def _xb(self) -> Entity:
        """XB, as XA's directory has it."""
        with self._xa.store.transaction() as tx:
            return directory(tx).entity(NodeId(XB))

    def _signed_headers(self, body: bytes, signer: Signer) -> dict[str, str]:
        office = self._xa
        return sign_request(
            "POST",
            f"{self.world.url(XB)}/v1/envelopes",
            envelopes.MEDIA_TYPE,
            body,
            signer=signer,
            at=office.clock.now(),
            nonce=office.randomness.bytes(16),
        )

    def _post(self, headers: dict[str, str], body: bytes) -> str:
        """The code XB answers with: a problem's, or the receipt's code or status."""
        answer = self._xa.courier.carry("POST", f"{self.world.url(XB)}/v1/envelopes", headers, body)
        if answer.status == 200:
            return self._row_code(answer.body)
        problem = read_json(answer.body, dict[str, object], limit=_ANSWER_LIMIT, what="the problem")
        return str(problem.get("code"))

    def _row_code(self, data: bytes) -> str:
        key = self._xb().key(Use.RECEIPT, self._xa.clock.now())
        row = receipt.verify(data, key.public_bytes).rows[0]
        return read_fault(row.code).code or row.status

    def _second_receipt(self, message_id: str) -> str:
        """The final receipt for a message, asked for until it is there."""
        path = f"{self.world.url(XB)}/v1/receipts/{message_id}"
        found: list[str] = []

        def settled() -> bool:
            headers = sign_request(
                "GET",
                path,
                receipt.MEDIA_TYPE,
                b"",
                signer=self._xa.keys.signer(Use.TRANSPORT),
                at=self._xa.clock.now(),
                nonce=self._xa.randomness.bytes(16),
            )
            answer = self._xa.courier.carry("GET", path, headers, b"")
            found.append(self._row_code(answer.body))
            return found[-1] != "stored"

        self.world.wait(settled, "the second receipt")
        return found[-1]
