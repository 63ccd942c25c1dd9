"""Drawing: elements, colours and text that look the same in a page and in a PDF.

Colours are attributes, so that WeasyPrint sees them, and classes, so that a stylesheet can put its own in their place.
Nothing uses ``style``: the pages' policy forbids it.
"""

import unicodedata
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

FONT = "Ethicsreview Sans, Noto Sans CJK SC, sans-serif"  # the reports' own first, see documents/fonts.py
WIDTH = 480
PRINTED = 420  # CSS pixels: labels come out at the size of the report's own text
SIZE = 15  # of labels
LINE = 18  # from one line of text to the next

INK, SOFT, GRID, EDGE = "#15211f", "#4c5a57", "#d8dfdc", "#7c8a86"
ACCENT, BAND, SUNK, PAPER, BAD = "#0b5a5c", "#cfe3e1", "#ebefed", "#ffffff", "#9c221d"
LEVELS = ("#f1f5f4", "#d0e0e0", "#9abcbd", "#3c7b7d", "#0b5a5c")

FILLS = {"ink": INK, "soft": SOFT, "accent": ACCENT, "band": BAND, "sunk": SUNK, "paper": PAPER, "bad": BAD}
STROKES = {"grid": GRID, "edge": EDGE, "line": ACCENT, "whisker": INK, "alarm": BAD}
NO_LINE_START = "，。、；：！？）》」』】％,.;:!?)]%"


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(tag: str, *children: str, **attributes: str | float | None) -> SafeString:
    """One element; an underscore in a name is a hyphen, ``class_`` is ``class``. Children are markup already."""
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value) if isinstance(value, str) else number(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inner = "".join(children)
    return mark_safe(f"<{tag}{written}>{inner}</{tag}>" if inner else f"<{tag}{written}/>")  # noqa: S308  escaped above


def filled(tag: str, colour: str, **attributes: str | float | None) -> SafeString:
    """A surface in one of ``FILLS``."""
    return element(tag, class_=f"chart__{colour}", fill=FILLS[colour], **attributes)


def stroked(
    tag: str, colour: str, *, thick: float = 1, dashed: bool = False, **attributes: str | float | None
) -> SafeString:
    """A line in one of ``STROKES``."""
    return element(
        tag,
        class_=f"chart__{colour}",
        fill="none",
        stroke=STROKES[colour],
        stroke_width=thick,
        stroke_dasharray="4 4" if dashed else None,
        **attributes,
    )


def text(
    words: str,
    x: float,
    y: float,
    *,
    size: float = SIZE,
    colour: str = "ink",
    anchor: str = "start",
    bold: bool = False,
) -> SafeString:
    """One line of text on its baseline."""
    return element(
        "text",
        escape(words),
        class_=f"chart__{colour}",
        x=x,
        y=y,
        font_family=FONT,
        font_size=size,
        font_weight="700" if bold else None,
        text_anchor=anchor,
        fill=FILLS[colour],
    )


def points(places: Iterable[tuple[float, float]]) -> str:
    """Coordinates as polygons take them."""
    return " ".join(f"{number(x)},{number(y)}" for x, y in places)


def canvas(body: Iterable[str], *, height: float, title: str, description: str, tag: str) -> SafeString:
    """The whole drawing, ``WIDTH`` wide in its own units; it grows and shrinks with its place."""
    return element(
        "svg",
        element("title", escape(title)),
        element("desc", escape(description)) if description else "",
        *body,
        xmlns="http://www.w3.org/2000/svg",
        class_="chart__svg",
        viewBox=f"0 0 {WIDTH} {number(height)}",
        width=PRINTED,
        height=height * PRINTED / WIDTH,
        role="img",
        lang=tag,
        font_family=FONT,
    )


def text_width(words: str, size: float) -> float:
    """About how wide ``words`` are set in the reports' font; a little too much rather than too little."""
    return size * sum(_em(sign) for sign in words)


def _em(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    if sign in " .,:;'|!iIlj()[]-":
        return 0.32
    return 0.68 if sign.isupper() or sign in "mwMW%–—" else 0.57


def wrap(words: str, width: float, size: float, most: int = 3) -> list[str]:
    """``words`` in at most ``most`` lines of ``width``; what does not fit ends in an ellipsis.

    Chinese breaks between characters but never before closing punctuation, other scripts at blanks.
    """
    lines = [""]
    for piece in _pieces(words):
        if lines[-1].strip() and text_width((lines[-1] + piece).rstrip(), size) > width:
            lines.append("")
        lines[-1] += piece
    kept = [line.strip() for line in lines[:most]]
    if len(lines) > most:
        kept[-1] = kept[-1].rstrip(NO_LINE_START) + "…"
    return kept


def _pieces(words: str) -> list[str]:
    """The smallest parts that stay together on a line."""
    pieces: list[str] = []
    for sign in " ".join(words.split()):
        wide = unicodedata.east_asian_width(sign) in "WF"
        joins = pieces and (sign in NO_LINE_START or not (wide or pieces[-1].endswith(" ") or _wide_end(pieces[-1])))
        if joins:
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


def _wide_end(piece: str) -> bool:
    return unicodedata.east_asian_width(piece[-1]) in "WF"
