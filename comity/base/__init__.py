"""Words and bytes every layer shares: errors, ids, instants, digests, encoding, parsing.

Imports nothing of ours. No input or output, no clock, no chance: what varies is passed in.
"""
