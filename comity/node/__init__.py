"""What peers, witnesses and inspectors call: envelopes, receipts, evidence parts, the log, the witness.

Source: docs/formats/envelope.md (layer 0), C2SP tlog-tiles and tlog-witness. Rules: bytes are limited before they are
read; a request is verified before its body is looked at; a typed error becomes a problem document (RFC 9457) here and
nowhere else; no answer holds case content.
"""
