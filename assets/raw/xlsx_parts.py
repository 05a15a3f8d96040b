"""Workbooks (`.xlsx`) to rows of texts: a zip of XML, read part by part, as a stranger may have made it.

Work is bounded by the bytes of the parts, never by what they say of themselves: a sheet of two cells may claim to be of
seventeen thousand million. What a number means stands in `xlsx_values`.
"""

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final
from xml.parsers import expat

from assets.raw.reading import Limits, UnreadableFileError

Attributes = Mapping[str, str]

_ZIP_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    NotImplementedError,
    RuntimeError,
)
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 1
_CHUNK: Final = 2**18
_LONGEST_TAG: Final = 2**20
"""Bytes that may wait for the end of a tag: the parser reads them again with every chunk."""

_OLD_OR_LOCKED: Final = b"\xd0\xcf\x11\xe0"
_DIRECTORY_END: Final = b"PK\x05\x06"
_DIRECTORY_END_BYTES: Final = 22
_LONGEST_COMMENT: Final = 2**16
_ZIP64_LOCATOR: Final = b"PK\x06\x07"
_ZIP64_LOCATOR_BYTES: Final = 20
_MOST_DIRECTORY_BYTES: Final = 2**20


class Parts:
    """The parts of a workbook; counts the bytes that come out of them."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._left = limits.document_bytes
        self._limits = limits
        _refuse_other_containers(stream)
        stream.seek(0)
        try:
            self._zip = zipfile.ZipFile(stream)
        except _ZIP_FAULTS as error:
            raise _damaged() from error

    def has(self, name: str) -> bool:
        """Say whether there is such a part."""
        return name in self._zip.NameToInfo

    def chunks(self, name: str) -> Iterator[bytes]:
        """Give the bytes of a part."""
        if not self.has(name):
            raise UnreadableFileError(f"The workbook lacks its part {name[:80]!r}; save it again as .xlsx in a spreadsheet.")
        info = self._zip.NameToInfo[name]
        if info.compress_type not in _METHODS or info.flag_bits & _ENCRYPTED:
            raise UnreadableFileError(
                "The workbook is packed in a way that no spreadsheet uses; save it again as .xlsx without a password."
            )
        try:
            with self._zip.open(info) as part:
                while chunk := part.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise UnreadableFileError(
                            f"The workbook holds more than the allowed {self._limits.document_bytes} bytes when unpacked; split it."
                        )
                    yield chunk
        except _ZIP_FAULTS as error:
            raise _damaged() from error


class Xml:
    """Reads a part's XML; a subclass says what the elements inside the outermost mean. A prefix of their names does not count."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begin
        self._parser.CharacterDataHandler = self.text
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def _begin(self, name: str, given: Attributes) -> None:  # noqa: ARG002  # as the parser calls it
        """Take the outermost element; whether it has a prefix says whether the others have it."""
        if ":" in name:
            self._parser.StartElementHandler = lambda name, given: self.start(name.rpartition(":")[2], given)
            self._parser.EndElementHandler = lambda name: self.end(name.rpartition(":")[2])
        else:
            self._parser.StartElementHandler = self.start
            self._parser.EndElementHandler = self.end

    def start(self, name: str, given: Attributes) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, text: str) -> None:
        """Take text inside an element, maybe in pieces."""

    def read(self, chunks: Iterator[bytes]) -> Iterator[None]:
        """Read the part; give control back after each chunk."""
        fed = 0
        try:
            for chunk in chunks:
                self._parser.Parse(chunk, False)  # noqa: FBT003  # the parser's own signature
                fed += len(chunk)
                if fed - self._parser.CurrentByteIndex > _LONGEST_TAG:
                    raise UnreadableFileError(
                        f"The workbook holds a tag longer than {_LONGEST_TAG} bytes; save it again as .xlsx in a spreadsheet."
                    )
                yield
            self._parser.Parse(b"", True)  # noqa: FBT003  # likewise
        except expat.ExpatError as error:
            raise _damaged() from error
        yield

    def read_whole(self, chunks: Iterator[bytes]) -> None:
        """Read the part in one go."""
        for _ in self.read(chunks):
            pass


def _refuse_doctype(*_: object) -> None:
    raise UnreadableFileError("The workbook declares a document type, as no spreadsheet does; save it again as .xlsx in a spreadsheet.")


def _damaged() -> UnreadableFileError:
    return UnreadableFileError("The file is no whole .xlsx workbook; fetch it again, or save it again as .xlsx in a spreadsheet.")


def _refuse_other_containers(stream: BinaryIO) -> None:
    """Refuse what is no zip, and a zip whose list of parts alone would cost more than a workbook."""
    stream.seek(0)
    if stream.read(len(_OLD_OR_LOCKED)) == _OLD_OR_LOCKED:
        raise UnreadableFileError("The workbook has a password or is of the old .xls kind; save it as .xlsx without a password.")
    size = stream.seek(0, 2)
    stream.seek(max(size - _DIRECTORY_END_BYTES - _LONGEST_COMMENT - _ZIP64_LOCATOR_BYTES, 0))
    tail = stream.read()
    at = tail.rfind(_DIRECTORY_END)
    if at < 0 or len(tail) - at < _DIRECTORY_END_BYTES:
        raise _damaged()
    for place in {at, len(tail) - _DIRECTORY_END_BYTES}:
        if tail.startswith(_DIRECTORY_END, place) and (
            struct.unpack_from("<I", tail, place + 12)[0] > _MOST_DIRECTORY_BYTES
            or tail.startswith(_ZIP64_LOCATOR, max(place - _ZIP64_LOCATOR_BYTES, 0))
        ):
            raise _damaged()


class _Relations(Xml):
    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, tuple[str, str]] = {}
        """Kind and part of each relation, by its id."""

    def start(self, name: str, given: Attributes) -> None:
        if name == "Relationship":
            part = posixpath.normpath(posixpath.join("/xl", given.get("Target", ""))).lstrip("/")
            self.targets[given.get("Id", "")] = (given.get("Type", "").rpartition("/")[2], part)


class _Workbook(Xml):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        """Name and relation id of each sheet."""
        self.counts_from_1904 = False

    def start(self, name: str, given: Attributes) -> None:
        if name == "sheet":
            relation = next((value for key, value in given.items() if key.rpartition(":")[2] == "id"), "")
            self.sheets.append((given.get("name", ""), relation))
        elif name == "workbookPr":
            self.counts_from_1904 = given.get("date1904") in ("1", "true")


class Contents:
    """Where a workbook's parts are."""

    def __init__(self, parts: Parts, sheet: str | None) -> None:
        book, relations = _Workbook(), _Relations()
        book.read_whole(parts.chunks("xl/workbook.xml"))
        relations.read_whole(parts.chunks("xl/_rels/workbook.xml.rels"))
        found = [(name, relations.targets.get(relation, ("", ""))) for name, relation in book.sheets]
        sheets = {name: part for name, (kind, part) in reversed(found) if kind == "worksheet"}
        names = [name for name, _ in found if name in sheets]
        if not names:
            raise UnreadableFileError("The workbook has no sheet with cells; save it again as .xlsx in a spreadsheet.")
        if sheet is not None and sheet not in sheets:
            raise UnreadableFileError(
                f"The workbook has no sheet {sheet!r}. It has: {', '.join(names)[:1000]}. Correct `sheet` in the feed's settings."
            )
        self.sheet = sheets[names[0] if sheet is None else sheet]
        self.counts_from_1904 = book.counts_from_1904
        by_kind = dict(relations.targets.values())
        self.strings = by_kind.get("sharedStrings")
        self.styles = by_kind.get("styles")
