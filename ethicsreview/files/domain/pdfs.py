"""PDFs: readable, not locked, and without scripts, launchers, media or packed files."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import pikepdf

from ethicsreview.files.domain.kinds import BadFile, Fault

MOST_PAGES = 5_000
MOST_OBJECTS = 1_000_000
DEEPEST = 60
PLAIN_ATTACHMENTS = frozenset({"json", "xml", "csv", "txt"})  # data beside an archival PDF, our own reports included
ACTIONS = {
    "/JavaScript": "script",
    "/Launch": "launch",
    "/ImportData": "launch",
    "/SubmitForm": "launch",
    "/Rendition": "media",
}
KEYS = {"/JS": "script", "/XFA": "form", "/RichMediaContent": "media", "/RichMediaSettings": "media"}
# Cheap first look at an object's text; a hit is then read exactly, because strings may hold such words too.
SUSPECT = re.compile(rb"/(JS|JavaScript|Launch|ImportData|SubmitForm|Rendition|XFA|RichMedia\w*|EF)\b")


def check_pdf(stream: BinaryIO) -> int:
    """The number of pages. Raises ``BadFile`` (ENCRYPTED, ACTIVE, ATTACHMENT, TOO_MANY_PAGES, DAMAGED, BOMB)."""
    try:
        with pikepdf.open(stream, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise BadFile(Fault.ENCRYPTED)
            if len(pdf.objects) > MOST_OBJECTS:
                raise BadFile(Fault.BOMB)
            _check_actions(pdf)
            return _pages(pdf)
    except pikepdf.PasswordError:
        raise BadFile(Fault.ENCRYPTED) from None
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, AttributeError):
        raise BadFile(Fault.DAMAGED, ending="pdf") from None


def _pages(pdf: pikepdf.Pdf) -> int:
    pages = len(pdf.pages)
    if pages == 0:
        raise BadFile(Fault.DAMAGED, ending="pdf")
    if pages > MOST_PAGES:
        raise BadFile(Fault.TOO_MANY_PAGES, most=MOST_PAGES)
    return pages


def _check_actions(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        own = item.stream_dict if isinstance(item, pikepdf.Stream) else item
        if isinstance(own, pikepdf.Object) and SUSPECT.search(own.unparse(resolved=True)):
            for dictionary in _dictionaries(own, DEEPEST):
                _check_dictionary(dictionary)


def _dictionaries(item: Any, depth: int) -> Iterator[pikepdf.Dictionary]:
    """The dictionaries written inside ``item`` itself; what it refers to comes by in its own turn."""
    if depth == 0:
        raise BadFile(Fault.BOMB)
    if isinstance(item, pikepdf.Dictionary):
        yield item
        inner: Any = item.values()
    else:
        inner = item if isinstance(item, pikepdf.Array) else ()
    for child in inner:
        if isinstance(child, pikepdf.Dictionary | pikepdf.Array) and not child.is_indirect:
            yield from _dictionaries(child, depth - 1)


def _check_dictionary(item: pikepdf.Dictionary) -> None:
    for key, what in KEYS.items():
        if key in item:
            raise BadFile(Fault.ACTIVE, what=what)
    action = item.get("/S")
    if isinstance(action, pikepdf.Name) and str(action) in ACTIONS:
        raise BadFile(Fault.ACTIVE, what=ACTIONS[str(action)])
    if "/EF" in item:
        _check_attachment(str(item.get("/UF", item.get("/F", ""))))


def _check_attachment(name: str) -> None:
    if name.rpartition(".")[2].lower() not in PLAIN_ATTACHMENTS:
        raise BadFile(Fault.ATTACHMENT, name=name[:80])
