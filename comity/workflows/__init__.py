"""One use case a file; the only place that decides the order of effects.

A workflow reads like a list: check, advance, seal, record, queue. Rules: a fact is written only by `record`; what is
sent was written first, in the transaction of its event and its log entry; delivery may fail and is retried; a person
who acts is named and may do it (`access`); nothing here knows which database, disk or network there is (`ports`,
`stores`).
"""
