"""The log: what may be shown to anyone without showing what it is about.

A plain log as C2SP specifies it (c2sp.org: tlog-tiles, tlog-checkpoint, tlog-cosignature, tlog-witness, tlog-proof,
signed-note) over the tree of RFC 6962; nothing of our own but the 65 bytes of an entry. Format: docs/formats/log.md.

Rules: bytes and values in, values out; keys, salts and moments are passed in. Text formats are read strictly, one
spelling for one value, so that writing what was read gives the same bytes. What verifies returns what it found or
raises. Nothing here decides when to sign: that a checkpoint is never signed against an earlier one is the caller's.
"""
