"""Plain text and CSV: readable characters in UTF-8 or GB 18030, and no page in disguise."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO

from ethicsreview.files.domain.kinds import BadFile, Fault

CHUNK = 1 << 20
ENCODINGS = ("utf-8-sig", "gb18030")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
MARKUP = re.compile(rb"^(\xef\xbb\xbf)?\s*<(!doctype|html|head|body|script|svg|iframe|\?xml|!--)", re.IGNORECASE)


def check_text(stream: BinaryIO) -> None:
    """Raises ``BadFile`` (ACTIVE for a page or drawing in disguise, NOT_TEXT)."""
    if MARKUP.match(stream.read(1024)):
        raise BadFile(Fault.ACTIVE, what="markup")
    if not any(_reads(stream, encoding) for encoding in ENCODINGS):
        raise BadFile(Fault.NOT_TEXT)


def _reads(stream: BinaryIO, encoding: str) -> bool:
    try:
        return not any(CONTROL.search(text) for text in _decoded(stream, encoding))
    except UnicodeDecodeError:
        return False


def _decoded(stream: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)
