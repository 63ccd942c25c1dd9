"""Text with a separator between its cells, as spreadsheets save it: UTF-8 or GB 18030; comma, semicolon or tab."""

import csv
import io
from collections.abc import Iterator

from ethicsreview.files.domain.kinds import BadFile, Fault
from ethicsreview.files.domain.texts import ENCODINGS

SEPARATORS = ",;\t"


def rows_of(content: bytes) -> Iterator[list[str]]:
    """Each row, empty ones too, so that they can be counted. Raises ``BadFile``."""
    text = _decoded(content)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    except csv.Error:
        raise BadFile(Fault.DAMAGED, ending="csv") from None


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadFile(Fault.NOT_TEXT)


def _separator(text: str) -> str:
    """The one that stands most often in the first line that says something; quoted ones do not count."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=bare.count)
