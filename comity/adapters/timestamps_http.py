"""Ask a time-stamp authority over HTTP: RFC 3161 section 3.4. The address comes from the configuration alone.

What is sent is a digest; the answer is checked by whoever reads it (`crypto.timestamps`), so plain `http` loses
nothing but privacy: who sees the line learns that something was sealed, and when.
"""

from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from comity.base.errors import Malformed, Unavailable
from comity.crypto.timestamps import LIMIT, Stamper

_QUERY = "application/timestamp-query"
_REPLY = "application/timestamp-reply"


def http_stamper(url: str) -> Stamper:
    """A stamper that asks `url`. Raises Malformed for what is no http or https address."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        hint = "in [evidence] of comity.toml: time_authority = 'https://...'"
        raise Malformed("not the address of a time-stamp authority", where="evidence.time_authority", hint=hint)
    pool = urllib3.PoolManager(maxsize=1, timeout=urllib3.Timeout(connect=10, read=30), retries=False)

    def stamp(request: bytes) -> bytes:
        """Raises Unavailable when no answer of its kind came."""
        try:
            answer = pool.request(
                "POST", url, headers={"Content-Type": _QUERY}, body=request, redirect=False, preload_content=False
            )
            try:
                data = answer.read(LIMIT + 1, decode_content=False)
            finally:
                answer.close()
        except HTTPError:
            raise _no_stamp("did not answer") from None
        if answer.status != 200 or answer.headers.get("Content-Type", "").partition(";")[0].strip() != _REPLY:
            raise _no_stamp("answered with something else")
        return data

    return stamp


def _no_stamp(what: str) -> Unavailable:
    return Unavailable(f"the time-stamp authority {what}", hint="see that it runs; nothing was sealed; try again")
