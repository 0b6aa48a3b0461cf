"""A PostgreSQL server of a test's own: made in a temporary folder, on a Unix socket there, and gone afterwards.

The binaries are those of the system; a server does not run as root, so where root runs the tests it is `postgres` that
runs the server. Its settings are those a node asks for: it flushes.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from comity.adapters.sql.migrate import migrate
from comity.adapters.sql.server import Server

INSTALL: Final = "apt-get install postgresql"
NEEDS_PASSWORD: Final = "clerk"
"""A role that a test may make, and whose password the server asks for."""
_USER: Final = "postgres"
_ROOM: Final = 1 << 30


def in_debian() -> Path | None:
    """The folder of the newest server's programs, which Debian does not put on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: int(one.parent.parent.name))
    return found[-1].parent if found else None


class Postgres:
    """A running server. `database()` gives an empty, migrated database; `stop` and `start` do what they say."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._programs = programs
        self._numbers = count(1)
        self._template = ""

    def run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A program of the server's, as the user it runs as."""
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", _USER, "--", *command]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{program}: {done.stdout} {done.stderr}")
        return done

    def make(self) -> None:
        self.run("initdb", "-D", str(self.data), "-U", _USER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        hba = self.data / "pg_hba.conf"  # who is locked out but for a password, a test says
        hba.write_text(f"local all {NEEDS_PASSWORD} scram-sha-256\n" + hba.read_text())
        self.configure("listen_addresses = ''", f"unix_socket_directories = '{self.folder}'", "max_connections = 50")

    def configure(self, *lines: str) -> None:
        """Lines for postgresql.conf, read at the next start."""
        with (self.data / "postgresql.conf").open("a") as file:
            file.write("".join(f"{line}\n" for line in lines))

    def start(self) -> None:
        log = str(self.folder / "log")
        command = ("-D", str(self.data), "-l", log, "-w", "-t", "60", "start")
        if self.run("pg_ctl", *command, check=False).returncode:
            raise RuntimeError((self.folder / "log").read_text())

    def stop(self, how: str = "fast") -> None:
        """`how`: fast, or immediate: as after a crash."""
        self.run("pg_ctl", "-D", str(self.data), "-m", how, "-w", "stop", check=False)

    def url(self, name: str = _USER) -> str:
        return f"postgresql://{_USER}@/{name}?host={self.folder}"

    def execute(self, *statements: str, name: str = _USER) -> None:
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def empty(self) -> Server:
        """A database without tables."""
        return self._made("")

    def database(self) -> Server:
        """A database with today's tables and nothing in them."""
        if not self._template:
            template = self._made("")
            migrate(template)
            self._template = f"comity_{next(self._numbers) - 1}"
        return self._made(self._template)

    def _made(self, template: str) -> Server:
        name = f"comity_{next(self._numbers)}"
        query = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            query += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(query)
        return Server(self.url(name))

    def drop(self, server: Server) -> None:
        name = urlsplit(server.url).path.removeprefix("/")
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def running(programs: Path) -> Iterator[Postgres]:
    """A server while the block runs."""
    # Not in pytest's folder: a socket's path may not be long. In memory where there is room: a flush is quick there.
    shared = Path("/dev/shm")
    has_room = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > _ROOM
    folder = Path(tempfile.mkdtemp(prefix="comity-pg-", dir=shared if has_room else None))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _USER, _USER)
        server = Postgres(folder, programs)
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
