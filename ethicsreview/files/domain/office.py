"""Office files are zip archives of XML: a sane archive, the right main part, no macro, nothing fetched."""

import re
import struct
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError
from zipfile import BadZipFile, ZipFile, ZipInfo

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ethicsreview.files.domain.kinds import BadFile, Fault, Kind

MOST_ENTRIES = 10_000
MOST_UNPACKED = 1 << 30  # bytes
MOST_RATIO = 200  # unpacked to packed, looked at from RATIO_FROM bytes up
RATIO_FROM = 32 << 20
MOST_XML = 4 << 20  # bytes of one part that is read here
MOST_LINKS = 32 << 20  # bytes of all link parts together
CONTENT_TYPES = "[Content_Types].xml"
MACRO_PART = re.compile(r"vbaproject\.bin$|vbadata\.xml$|(^|/)macrosheets/|(^|/)activex/", re.IGNORECASE)
MACRO_TYPE = re.compile(r"macroenabled|vbaproject|ms-excel\.macrosheet", re.IGNORECASE)
FETCHED = ("attachedTemplate", "oleObject", "frame", "subDocument")
ENCRYPTED_BIT = 0x1
BROKEN = (
    BadZipFile,
    NotImplementedError,
    KeyError,
    RuntimeError,
    ParseError,
    DefusedXmlException,
    zlib.error,
    struct.error,
    UnicodeDecodeError,
    OSError,
    EOFError,
    ValueError,
)


def check_office(stream: BinaryIO, kind: Kind) -> None:
    """Raises ``BadFile`` (BOMB, ENCRYPTED, MACROS, ACTIVE, MISMATCH, DAMAGED)."""
    try:
        with ZipFile(stream) as archive:
            size = stream.seek(0, 2)
            _check_entries(archive.infolist(), size, kind)
            _check_parts(archive, kind)
            _check_links(archive)
    except BROKEN:
        raise BadFile(Fault.DAMAGED, ending=kind.code) from None


def _check_entries(entries: list[ZipInfo], size: int, kind: Kind) -> None:
    if len(entries) > MOST_ENTRIES or _explodes(entries, size):
        raise BadFile(Fault.BOMB)
    if any(entry.flag_bits & ENCRYPTED_BIT for entry in entries):
        raise BadFile(Fault.ENCRYPTED)
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names) or any(_escapes(name) for name in names):
        raise BadFile(Fault.DAMAGED, ending=kind.code)
    if any(MACRO_PART.search(name) for name in names):
        raise BadFile(Fault.MACROS, ending=kind.code)


def _explodes(entries: list[ZipInfo], size: int) -> bool:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    overlapping = packed > size
    return overlapping or unpacked > MOST_UNPACKED or (unpacked > RATIO_FROM and unpacked > MOST_RATIO * size)


def _escapes(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name


def _check_parts(archive: ZipFile, kind: Kind) -> None:
    types = _xml(archive, CONTENT_TYPES)
    declared = {
        node.get("PartName", "").lstrip("/").lower(): node.get("ContentType", "")
        for node in types.iter()
        if node.tag.endswith("}Override")
    }
    if any(MACRO_TYPE.search(node.get("ContentType", "")) for node in types.iter()):
        raise BadFile(Fault.MACROS, ending=kind.code)
    main = [part for part, content_type in declared.items() if content_type == kind.main]
    present = {name.lower() for name in archive.namelist()}
    if not main or main[0] not in present:
        raise BadFile(Fault.MISMATCH, ending=kind.code, found="application/zip")


def _check_links(archive: ZipFile) -> None:
    links = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".rels")]
    if sum(entry.file_size for entry in links) > MOST_LINKS:
        raise BadFile(Fault.BOMB)
    for entry in links:
        if any(_fetches(node) for node in _xml(archive, entry.filename).iter()):
            raise BadFile(Fault.ACTIVE, what="remote")


def _fetches(link: Element) -> bool:
    kind = link.get("Type", "").rpartition("/")[2]
    return link.get("TargetMode") == "External" and kind in FETCHED


def _xml(archive: ZipFile, name: str) -> Element:
    if archive.getinfo(name).file_size > MOST_XML:
        raise BadFile(Fault.BOMB)
    root: Element = fromstring(archive.read(name), forbid_dtd=True)
    return root
