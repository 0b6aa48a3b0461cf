"""What crosses the border between two nodes: documents, envelopes, receipts, and the directory of who may send them.

Source: docs/formats/envelope.md. Three layers, three keys: an HTTP request signed by the transport key (RFC 9421);
an envelope, a small public header and HPKE ciphertext, for the recipient's encryption key; inside it a document, a JWS
over exact bytes by the sender's authority key.

Rules kept here: bytes that are signed are carried, never made again. A header's hash is bound into the encryption. What
arrives is checked in one numbered order (`checks`), stops at the first failure, and each failure has its own code
(`problems`). Keys come from the directory only; nothing inside a message is ever fetched.
"""
