"""What a form sent: text fields, and files that go to a folder of the node as they come.

Limits are checked before anything is kept. A file is written only once the form's token was found good: the token is
the first field of every form, and the browser keeps the order. Names of files come from outside: only their last part
is used, and what no package could hold is refused.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from comity.base.errors import Malformed, TooLarge
from comity.evidence.paths import check_path

TOKEN: Final = "form-token"  # noqa: S105 - the field's name
TEXT_LIMIT: Final = 512 * 1024
_FIELDS_MOST: Final = 400
_HEADER_LIMIT: Final = 4096

Check = Callable[["Form"], None]


@dataclass(frozen=True, slots=True)
class Room:
    """A folder that is made when the first file comes, and how many bytes it may hold; 0 where a page takes none."""

    folder: Path
    most: int


@dataclass(slots=True)
class Form:
    """The fields, in order of the form, and the folder that holds its files, if there are any."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    folder: Path | None = None
    files: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """The field, without space around it and with one kind of line end; '' where it is not there."""
        return self.fields.get(name, [""])[-1].replace("\r\n", "\n").strip()

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(self.fields.get(name, ()))

    def hand_over(self, folder: Path) -> Path:
        """Give the files away, in a folder of this name: they are no longer dropped with the form."""
        if self.folder is None:
            folder.mkdir(mode=0o700, parents=True)
        else:
            self.folder.rename(folder)
        self.folder, self.files = None, ()
        return folder

    def drop_files(self) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


async def read_form(request: Request, check: Check, room: Room) -> Form:
    """The form of a POST. check: looks at the token, before a file is written and in any case before this returns.

    Raises Malformed, TooLarge, or what `check` does; nothing of the files stays then.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind == b"multipart/form-data" and options.get(b"boundary"):
        return await _read_parts(request, options[b"boundary"], check, room)
    if kind != b"application/x-www-form-urlencoded":
        raise Malformed("this is not a form", hint="send it from the page")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > TEXT_LIMIT:
            raise _too_long()
    form = Form()
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_FIELDS_MOST, errors="strict")
    except ValueError:
        raise Malformed("the form could not be read", hint="send it again from the page") from None
    for name, value in pairs:
        form.fields.setdefault(name, []).append(_clean(value))
    check(form)
    return form


def _clean(value: str) -> str:
    """Without characters that no text has: they would vanish on a screen and stay in the record."""
    return "".join(c for c in value if c in "\n\r\t" or ord(c) >= 32)


def _too_long() -> TooLarge:
    return TooLarge(f"the form is longer than {TEXT_LIMIT // 1024} KiB of text", hint="shorten it, or attach a file")


async def _read_parts(request: Request, boundary: bytes, check: Check, room: Room) -> Form:
    reading = _Parts(check, room)
    parser = MultipartParser(boundary, reading.callbacks(), max_header_size=_HEADER_LIMIT)
    try:
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
        reading.finish()
    except FormParserError:
        reading.discard()
        raise Malformed("the form could not be read", hint="send it again from the page") from None
    except BaseException:
        reading.discard()
        raise
    return reading.form


class _Parts:
    """The parts of one multipart form as the parser finds them."""

    def __init__(self, check: Check, room: Room) -> None:
        self.form = Form()
        self._check, self._room = check, room
        self._is_checked = self._is_ended = False
        self._header = self._value = b""
        self._headers: dict[str, bytes] = {}
        self._name = ""
        self._text = bytearray()
        self._texts = self._bytes = self._parts = 0
        self._out: BinaryIO | None = None
        self._is_skipped = False

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._on_field,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header,
            "on_headers_finished": self._on_headers,
            "on_part_data": self._on_data,
            "on_part_end": self._on_end,
            "on_end": self._on_all,
        }

    def discard(self) -> None:
        if self._out is not None:
            self._out.close()
        self.form.drop_files()

    def finish(self) -> None:
        if not self._is_ended:
            raise Malformed("the form broke off before its end", hint="send it again; nothing was kept")
        self._check_once()

    def _check_once(self) -> None:
        if not self._is_checked:
            self._check(self.form)
            self._is_checked = True

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > _FIELDS_MOST:
            raise TooLarge(f"more than {_FIELDS_MOST} fields", hint="put small files into one archive")
        self._headers, self._text, self._is_skipped = {}, bytearray(), False

    def _on_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._header.decode("latin-1").lower()] = self._value
        self._header = self._value = b""

    def _on_headers(self) -> None:
        _, options = parse_options_header(self._headers.get("content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        raw = options.get(b"filename")
        if raw is None:
            return
        self._check_once()
        name = raw.decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2]
        if not name or not self._room.most:
            self._is_skipped = True
            return
        self._open(check_path(name))

    def _open(self, name: str) -> None:
        if self.form.folder is None:
            self._room.folder.mkdir(mode=0o700, parents=True)
            self.form.folder = self._room.folder
        if name in self.form.files:
            raise Malformed(f"two files are named {name}", where=self._name, hint="rename one, or send an archive")
        self._out = (self._room.folder / name).open("xb")
        self.form.files = (*self.form.files, name)

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        size = end - start
        if self._is_skipped:
            return
        if self._out is not None:
            self._bytes += size
            if self._bytes > self._room.most:
                raise TooLarge(f"more than {self._room.most:,} bytes of files", hint="nothing was kept of them")
            self._out.write(data[start:end])
            return
        self._texts += size
        if self._texts > TEXT_LIMIT:
            raise _too_long()
        self._text += data[start:end]

    def _on_end(self) -> None:
        if self._out is not None:
            self._out.close()
            self._out = None
        elif not self._is_skipped:
            value = _clean(self._text.decode("utf-8", "replace"))
            self.form.fields.setdefault(self._name, []).append(value)

    def _on_all(self) -> None:
        self._is_ended = True
