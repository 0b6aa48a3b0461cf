"""An SMTP server that keeps each message on the disk before it says 250: aiosmtpd, in a process of its own.

    python -m bench.mail_server FOLDER PORT

A message goes into FOLDER under its own Message-ID, flushed with its folder, as a mail server's queue keeps it.
"""

import asyncio
import os
import re
import sys
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_NAME = re.compile(r"<([A-Za-z0-9]{1,64})@xa\.example>")


class Keep:
    """aiosmtpd's handler."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        data = envelope.content if isinstance(envelope.content, bytes) else b""
        name = _NAME.fullmatch(str(message_from_bytes(data)["Message-ID"] or ""))
        if name is None:
            return "554 a message without its name"
        await asyncio.to_thread(self._write, name[1], data)
        return "250 kept"

    def _write(self, name: str, data: bytes) -> None:
        part = self._folder / f"{name}.part"
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.rename(self._folder / name)
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


async def serve(folder: Path, port: int) -> None:
    keep = Keep(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(keep, enable_SMTPUTF8=True), "127.0.0.1", port)
    print("ready", flush=True)
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)  # until whoever started it is gone


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
