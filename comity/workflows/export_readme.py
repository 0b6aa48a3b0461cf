"""The words that lie in every case export: what each file is, and how to check it with tools that anybody has."""

from typing import Final

TEXT: Final = """\
A CASE, AS ONE NODE KEPT IT
{stamp}
Case      {case}
Kept by   {node}
Exported  {at} by {by}

This file holds what {node} kept of the case: nothing was written anew, every file is the very bytes
that were stored, sent, received or signed. Sealed evidence is not in it, only the record of who held it.

What is here

  case.json            where the case stands, in a few words; it follows from the events
  events/              everything that happened, in order, one file each
  links.txt            the digest that joins each event to all before it
  documents/           every document sent and received: a JWS (RFC 7515) by the authority key of its sender
  receipts/            what a recipient signed of a message: these bytes, then; each shown without the others of
                       its batch (a Merkle path, RFC 9162)
  custody.jws          who held the sealed evidence, from when: one signed act a line (only where there is evidence)
  log/                 for each event, the proof that the log of {node} holds it (C2SP tlog-proof), with what the
                       entry hides; .opening.json where no published checkpoint held it yet
  directory/           the signed list of keys of each State whose keys were used
  manifest.json        this export: every file with its size and SHA-256
  manifest.jws         the same bytes, signed by the authority key of {node}
  SHA256SUMS           the digests again, for sha256sum

How to check it

All at once, without a node or a network:

    comity verify export FILE --root "{state} <fingerprint that {state} read to you>"

By parts, with tools that anybody has:

1. The files are whole:                   sha256sum -c SHA256SUMS
2. {node} vouches for them: manifest.jws is a JWS in compact form (alg Ed25519). Any JOSE library checks it.
   Its "kid" names a key with "use":"authority" under {node} in directory/{state}.json (the "payload" there is
   base64url of the list). The second part of manifest.jws, decoded, is manifest.json.
3. The list of keys is that State's: compare the fingerprint of its roots with {state} by a telephone number you
   already had. It is SHA-256 of "comity/1/roots", a zero byte, one byte with the threshold, and the root keys in
   order of their bytes.
4. Nothing was taken out of the middle: the digest of event n is SHA-256 of "comity/1/event", a zero byte, the
   digest before it (32 zero bytes for the first), the case id, a zero byte, and the bytes of events/n.
5. A document is its sender's: as in 2, with the sender's key. Its SHA-256 stands in the event that names it.
6. The log holds each event: any C2SP tlog-proof checker, or comity log verify. The hidden part names the digest
   of the event's link, so that the log fixes what happened, in this order, since that time.
7. Who held the evidence: each line of custody.jws is a JWS that names the SHA-256 of the line before it.

8. A second person approved: in an event "approved", "passkey" holds what their passkey signed and its public key
   (docs/formats/approval.md of comity). Whose key it is, {node} says.

What it does not show: that {node} kept everything, or that what a person wrote is true. An event that was never
recorded is in no export. The log shows that what is here was not changed since.

The form of each file: docs/formats/case-export.md of comity.
"""
