"""The typed JSON interface for an authority's own case system: OpenAPI 3.1, scoped tokens, problems (RFC 9457).

It shows what the workflows do and adds no rule of its own but one: a token never approves.
"""
