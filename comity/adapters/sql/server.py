"""Where a PostgreSQL database is. Apart from `postgres`, which is slow to import and which a file does not need."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Server:
    """A database on a server: libpq's `postgresql://` address, and the password where there is one."""

    url: str
    password: str = field(default="", repr=False)
