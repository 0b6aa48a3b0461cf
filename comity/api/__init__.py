"""The typed JSON interface of a node, for an authority's own case system: cases, documents, evidence, decisions, the
directory, and events as signed webhooks."""
