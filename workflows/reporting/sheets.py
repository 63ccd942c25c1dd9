"""Pages of an archive: values under headings in both languages, as one HTML file that needs nothing else."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.domain.strict import Text
from workflows.reporting.course import Written
from workflows.reporting.zips import in_chunks

Said = str | Text | Written
HOME, STYLE = "README.html", "style.css"


@dataclass(frozen=True)
class Piece:
    """A file of an archive before it is written; ``chunks`` is called once, when its turn comes."""

    path: str
    kind: str
    title: Text
    at: datetime | None
    chunks: Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Cell:
    """A value, in one language or in both; ``link`` leads to another file of the archive."""

    said: Said
    link: str = ""
    mono: bool = False

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What is printed, each with its language: once where both are the same."""
        if isinstance(self.said, str):
            return [("", self.said)]
        both = [("en", self.said.en), ("zh-Hans", self.said.zh)]
        return both[:1] if self.said.en == self.said.zh else [line for line in both if line[1]]


@dataclass(frozen=True)
class Block:
    """A heading with a table; ``columns`` is empty where each row is a label and its value."""

    title: Said
    rows: tuple[tuple[Cell, ...], ...]
    columns: tuple[Text, ...] = ()

    @property
    def heading(self) -> Cell:
        """The title as it is printed."""
        return Cell(self.title)

    @property
    def name(self) -> str:
        """The title in one line, for who cannot see the table."""
        return " / ".join(line for _language, line in self.heading.lines)

    @property
    def heads(self) -> list[Cell]:
        """The columns as they are printed."""
        return [Cell(column) for column in self.columns]


@dataclass(frozen=True)
class Sheet:
    """One page; ``over`` is the case it is about, ``note`` a sentence below the title."""

    title: Text
    over: str
    blocks: tuple[Block, ...]
    note: Text | None = None


def words(phrase: str | Promise, **values: Any) -> Text:
    """A phrase of the program in both languages, its placeholders filled."""
    return Text(*(_spoken(phrase, language, values) for language in ("en", "zh-hans")))


def _spoken(phrase: str | Promise, language: str, values: dict[str, Any]) -> str:
    with translation.override(language):
        filled = {name: one.in_(language) if isinstance(one, Text) else one for name, one in values.items()}
        return str(phrase) % filled if filled else str(phrase)


def row(label: Said, *values: Said | Cell) -> tuple[Cell, ...]:
    """A label with what belongs to it."""
    return (Cell(label), *(value if isinstance(value, Cell) else Cell(value) for value in values))


def shown_at(at: datetime | None, zone: str) -> str:
    """A moment in the time zone of the procedure, the same in every language."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S %z") if at else ""


def kept_at(at: str | None, zone: str) -> str:
    """A moment that a record keeps as text, in the time zone of the procedure."""
    return shown_at(datetime.fromisoformat(at) if at else None, zone)


def page_piece(path: str, kind: str, sheet: Callable[[], Sheet], title: Text, at: datetime | None = None) -> Piece:
    """The page as a file."""
    return Piece(path, kind, title, at, lambda: in_chunks(html_of(sheet(), path)))


def json_piece(path: str, kind: str, content: Callable[[], Any], title: Text, at: datetime | None = None) -> Piece:
    """Plain values as a file."""

    def chunks() -> Iterator[bytes]:
        yield (json.dumps(content(), ensure_ascii=False, indent=1) + "\n").encode()

    return Piece(path, kind, title, at, chunks)


def style_piece() -> Piece:
    """What the pages look like; each links to it."""
    return Piece(STYLE, "style", words(_("How the pages look")), None, _style)


def _style() -> Iterator[bytes]:
    for name in ("css/tokens.css", "css/archive.css"):
        place = finders.find(name)
        if not isinstance(place, str):
            raise FileNotFoundError(name)
        yield Path(place).read_bytes()


def html_of(sheet: Sheet, path: str) -> bytes:
    """The page as it lies at ``path``: its links lead to where the files lie from there."""
    up = "../" * path.count("/")
    home = "" if path == HOME else f"{up}{HOME}"
    return render_to_string("archives/sheet.html", {"sheet": sheet, "up": up, "home": home}).encode()
