"""Any BagIt bag, as providers and archives bring them: is it complete and are its digests right? Read only.

Source: RFC 8493, and the drafts 0.93 to 0.97 before it. Nothing is fetched: a file of `fetch.txt` must be there. What
1.0 forbids and older bags were let through with comes back as a warning. A bag proves nothing about its sender.
"""

import codecs
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from comity.base.errors import BrokenSeal, Malformed, NotFound
from comity.base.parsing import check_size
from comity.evidence.streams import CHUNK_BYTES, PackageSource

LIMIT: Final = 64 * 1024 * 1024
VERSIONS: Final = ("0.93", "0.94", "0.95", "0.96", "0.97", "1.0")
_ALGORITHMS: Final = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
_SYSTEM_FILES: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_HINT: Final = "ask whoever made the bag for it again"
_NAME = re.compile(r"(tag)?manifest-([a-z0-9]+)\.txt")
_LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+(\*?)(.+)")
_FETCH = re.compile(r"\S+[ \t]+(?:\d+|-)[ \t]+(.+)")
_DECLARED = re.compile(r"BagIt-Version: ?(\d+\.\d+)\s*")
_ENCODED = re.compile(r"Tag-File-Character-Encoding: ?([A-Za-z0-9_-]+)\s*")
_TEXT = re.compile(
    r"ascii|utf-8-sig|utf-(8|16|32)(-[bl]e)?|iso8859-\d+|cp\d+|koi8-[a-z]|gb\w+|big5\w*|shift_jis\w*|euc_\w+|iso2022_\w+"
)
"""Of the encodings that Python knows, those of text: zlib, rot13 and punycode are in its list too."""
_OXUM = re.compile(r"^Payload-Oxum\s*:\s*(\d+)\.(\d+)\s*$", re.MULTILINE)
_OXUM_DIGITS: Final = 20
_DRIVE = re.compile(r"[A-Za-z]:")


def check_bag(bag: PackageSource) -> tuple[str, ...]:
    """What is doubtful about a bag that is complete and valid. Raises BrokenSeal or Malformed for one that is not."""
    return _Bag(bag).check()


class _Bag:
    def __init__(self, bag: PackageSource) -> None:
        self._bag = bag
        self._names = set(bag.names())
        self._payload = {name for name in self._names if name.startswith("data/")}
        self._warnings: list[str] = []
        self._sizes: dict[str, int] = {}
        self._gone: set[str] = set()

    def check(self) -> tuple[str, ...]:
        version, encoding = self._declaration()
        manifests: dict[tuple[bool, str], dict[str, str]] = {}
        for name in sorted(self._names):
            match = _NAME.fullmatch(name)
            if match:
                if match[2] not in _ALGORITHMS:
                    raise Malformed("a digest that is not known", where=name, hint=_HINT)
                manifests[bool(match[1]), match[2]] = self._manifest(name, encoding, version, tags=bool(match[1]))
        payload = {algorithm: found for (tags, algorithm), found in manifests.items() if not tags}
        if not payload:
            raise BrokenSeal("the bag has no manifest", hint=_HINT)
        self._complete(payload, version)
        self._fetched(encoding)
        for (tags, algorithm), found in manifests.items():
            self._digests(found, algorithm, "tag manifest" if tags else "manifest")
        self._oxum(encoding)
        for name in sorted(self._payload):
            if _is_systems(name):
                self._warnings.append("a file that an operating system left there")
        return tuple(dict.fromkeys(self._warnings))

    def _declaration(self) -> tuple[str, str]:
        try:
            lines = self._read("bagit.txt").decode("utf-8").splitlines()
        except UnicodeDecodeError:
            lines = []
        declared = _DECLARED.fullmatch(lines[0]) if len(lines) == 2 else None
        encoded = _ENCODED.fullmatch(lines[1]) if len(lines) == 2 else None
        if declared is None or encoded is None or declared[1] not in VERSIONS:
            raise Malformed("not a declaration of BagIt 0.93 to 1.0", where="bagit.txt", hint=_HINT)
        try:
            known = _TEXT.fullmatch(codecs.lookup(encoded[1]).name)
        except LookupError:
            known = None
        if known is None:
            raise Malformed("an encoding that is not known", where="bagit.txt", hint=_HINT)
        return declared[1], encoded[1]

    def _manifest(self, name: str, encoding: str, version: str, *, tags: bool) -> dict[str, str]:
        found: dict[str, str] = {}
        for number, line in enumerate(self._lines(name, encoding), 1):
            match = _LINE.fullmatch(line)
            if match is None:
                raise Malformed("not a digest and a path", where=f"{name}, line {number}", hint=_HINT)
            if match[2] or match[3].startswith("./"):
                if version == "1.0":
                    raise Malformed("not a digest and a path", where=f"{name}, line {number}", hint=_HINT)
                self._warnings.append("a path written as md5sum writes it, or beginning with ./")
            path = self._scoped(match[3], f"{name}, line {number}", tags=tags)
            digest = match[1].lower()
            if path in found:
                if version == "1.0" or found[path] != digest:
                    raise BrokenSeal("a file listed twice", where=f"{name}, line {number}", hint=_HINT)
                self._warnings.append("a file listed twice, with the same digest")
            found[path] = digest
        self._twins(found)
        return found

    def _scoped(self, written: str, where: str, *, tags: bool) -> str:
        """The path as the bag has it. Raises BrokenSeal for one that leads out of the bag."""
        path = written.removeprefix("./")
        if path not in self._names:
            path = path.replace("%0A", "\n").replace("%0a", "\n").replace("%0D", "\r").replace("%0d", "\r")
            path = path.replace("%25", "%")
        parts = path.split("/")
        out = {"", ".", ".."} & set(parts) or path.startswith("~") or "\\" in path or _DRIVE.match(path)
        if out or (not tags and parts[0] != "data"):
            raise BrokenSeal("a path that leads out of the bag", where=where, hint="trust nothing of this bag")
        return path

    def _twins(self, found: Mapping[str, str]) -> None:
        folded: dict[str, str] = {}
        for path in found:
            key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
            if key in folded:
                self._warnings.append("two names that differ only in case or in Unicode form")
            folded[key] = path

    def _complete(self, payload: Mapping[str, Mapping[str, str]], version: str) -> None:
        for algorithm, found in payload.items():
            self._there(found, f"manifest-{algorithm}.txt")
        listed = [{self._name_of(path) for path in found} for found in payload.values()]
        needed = set.intersection(*listed) if version == "1.0" else set.union(*listed)
        if self._payload - needed:
            raise BrokenSeal("a file that no manifest lists, or not all of them", hint=_HINT)

    def _there(self, found: Mapping[str, str], where: str) -> None:
        for number, path in enumerate(found, 1):
            if self._name_of(path) not in self._names and not _is_systems(path):
                raise BrokenSeal(f"a file is missing, entry {number}", where=where, hint=_HINT)

    def _name_of(self, path: str) -> str:
        """The file that a path means: itself, or the one it differs from only in case or Unicode form."""
        if path in self._names:
            return path
        key = unicodedata.normalize("NFC", path).casefold()
        same = [name for name in self._names if unicodedata.normalize("NFC", name).casefold() == key]
        if len(same) == 1:
            self._warnings.append("a name whose case or Unicode form is not the one listed")
            return same[0]
        return path

    def _fetched(self, encoding: str) -> None:
        if "fetch.txt" not in self._names:
            return
        for number, line in enumerate(self._lines("fetch.txt", encoding), 1):
            where = f"fetch.txt, line {number}"
            match = _FETCH.fullmatch(line)
            if match is None:
                raise Malformed("not an address, a length and a path", where=where, hint=_HINT)
            if self._scoped(match[1], where, tags=False) not in self._names:
                raise BrokenSeal("a file is to be fetched, which is not done here", where=where, hint=_HINT)
        self._warnings.append("a list of files to fetch; all are here, and nothing was fetched")

    def _digests(self, found: Mapping[str, str], algorithm: str, what: str) -> None:
        self._there(found, what)
        for number, (path, digest) in enumerate(found.items(), 1):
            state = hashlib.new(algorithm, usedforsecurity=False)
            size = 0
            name = self._name_of(path)
            if name not in self._names:
                self._warnings.append("a file that an operating system left there is listed, and gone")
                self._gone.add(name)
                continue
            with self._bag.open(name) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    state.update(chunk)
                    size += len(chunk)
            self._sizes[name] = size
            if state.hexdigest() != digest:
                raise BrokenSeal(f"a file is not the one listed, entry {number}", where=what, hint=_HINT)

    def _oxum(self, encoding: str) -> None:
        if "bag-info.txt" not in self._names:
            return
        stated = _OXUM.search("\n".join(self._lines("bag-info.txt", encoding)))
        sizes = [size for name, size in self._sizes.items() if name in self._payload]
        files = len(self._payload) + len(self._gone)
        if stated and (_number(stated[2]) != files or (_number(stated[1]) != sum(sizes) and not self._gone)):
            raise BrokenSeal("not as many bytes or files as it says", where="bag-info.txt", hint=_HINT)

    def _lines(self, name: str, encoding: str) -> list[str]:
        try:
            text = self._read(name).decode(encoding)
        except UnicodeDecodeError:
            raise Malformed("not in the encoding that bagit.txt names", where=name, hint=_HINT) from None
        return [line for line in re.split("\r\n|\n|\r", text) if line.strip()]

    def _read(self, name: str) -> bytes:
        if name not in self._names:
            raise BrokenSeal("a file is missing", where=name, hint=_HINT)
        try:
            with self._bag.open(name) as stream:
                data = stream.read(LIMIT + 1)
        except NotFound:
            raise BrokenSeal("a file is missing", where=name, hint=_HINT) from None
        check_size(data, LIMIT, name)
        return data


def _number(digits: str) -> int:
    """-1 for more digits than any bag has bytes: Python itself refuses thousands of them."""
    return int(digits) if len(digits) <= _OXUM_DIGITS else -1


def _is_systems(path: str) -> bool:
    return path.rpartition("/")[2] in _SYSTEM_FILES
