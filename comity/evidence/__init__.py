"""What was handed over, sealed, and who held it when.

Source: docs/formats/evidence.md; age (c2sp.org/age), BagIt 1.0 (RFC 8493), pax tar (POSIX.1-2017, pax), JWS (RFC
7515). A sealed package is a folder: a BagIt bag over ciphertext that a courier can check without keys, inside it
`age` files that anyone with the key can open, inside those the files and a signed manifest of them.

Rules kept here. Two signatures by one act: one over the ciphertext for couriers and the log, one over the plaintext
manifest for the court. Opening goes in one order: outer signature, digests of the ciphertext, decryption, inner
signature, digest of every file; nothing stands under its final name before the last. What a format fixes is made
again and compared byte for byte, so there is no parser to mislead. Memory does not grow with the evidence. Custody
passes with two signatures. No input or output here: streams come in through the protocols of `streams`.
"""
