"""comity: requests for electronic evidence between States, checked, sealed, clocked and provable.

Each sub-package is one room of the house; docs/architecture.md draws it. Lines, top to bottom:
cli; node; wiring; adapters; workflows; cases, evidence, exchange, transparency; treaty, crypto; base.
"""
