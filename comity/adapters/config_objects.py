"""[objects] of the configuration: where evidence and the published log are kept, if not in the node's folder."""

import ipaddress
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec

from comity.adapters.files import read_limited
from comity.base.errors import Malformed, Mistake
from comity.base.mode import Mode

_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX: Final = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_NAMES_MOST: Final = 512
_CREDENTIALS_LIMIT: Final = 4096
_LINES: Final = 2


class ObjectsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[objects] `url`: s3://BUCKET or s3://BUCKET/PREFIX; `endpoint`: of the store, https://HOST, none for AWS itself;
    `credentials_file`: a file with the access key's id and its secret, a line each. Without one the variables
    AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are taken, or what the machine's role gives."""

    url: Annotated[str, msgspec.Meta(max_length=_NAMES_MOST)]
    endpoint: Annotated[str, msgspec.Meta(max_length=_NAMES_MOST)] = ""
    region: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]+\Z", max_length=64)] = "us-east-1"
    credentials_file: str = ""

    @property
    def bucket(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def prefix(self) -> str:
        return urlsplit(self.url).path.strip("/")


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key. Neither part is ever shown."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


def mistakes_in(table: ObjectsTable, mode: Mode) -> list[Mistake]:
    """What is wrong with it, each with the field that says so."""
    found = list[Mistake]()
    try:
        parts, where = urlsplit(table.url), urlsplit(table.endpoint)
        _ = where.port
    except ValueError:
        return [Mistake("objects.url", "s3://BUCKET/PREFIX, and endpoint https://HOST")]
    is_bucket = parts.scheme == "s3" and _BUCKET.fullmatch(parts.netloc) and not parts.query and not parts.fragment
    if not is_bucket or (table.prefix and not _PREFIX.fullmatch(table.prefix)):
        found.append(Mistake("objects.url", "s3://BUCKET/PREFIX, the prefix of letters, digits, - and _"))
    if where.username is not None or where.password is not None:
        found.append(Mistake("objects.endpoint", "a key stands in it: put that in a file, and name it"))
    elif table.endpoint and not _may_call(where.scheme, where.hostname or "", mode):
        found.append(Mistake("objects.endpoint", "https://HOST; http on loopback, or in an exercise"))
    elif where.path.strip("/") or where.query or where.fragment:
        found.append(Mistake("objects.endpoint", "an address without a path: the bucket stands in url"))
    return found


def _may_call(scheme: str, host: str, mode: Mode) -> bool:
    return bool(host) and (scheme == "https" or (scheme == "http" and (mode is Mode.EXERCISE or _is_loopback(host))))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_credentials(path: Path) -> Credentials:
    """The two lines of a credentials file. Raises NotFound, TooLarge, Unavailable or Malformed."""
    lines = read_limited(path, _CREDENTIALS_LIMIT).decode("utf-8", "replace").split()
    if len(lines) != _LINES:
        raise Malformed("not an access key", where=str(path), hint="two lines: the key's id, then its secret")
    return Credentials(*lines)


def lines_of_objects(table: ObjectsTable | None) -> list[str]:
    """Its lines in a new file; none where evidence is in the node's folder."""
    if table is None:
        return []
    named = ("url", "endpoint", "region", "credentials_file")
    lines = [f"{name} = {json.dumps(value)}" for name in named if (value := getattr(table, name))]
    return ["[objects]", *lines, ""]
