"""The reports' own fonts: whether they are there, and which characters they hold."""

import ctypes
import unicodedata
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from django.conf import settings
from fontTools.ttLib import TTFont

FAMILY = "Ethicsreview Sans"
REQUIRED = ("EthicsreviewSans-Regular.ttf", "EthicsreviewSans-Bold.ttf")
FONTCONFIG = "fonts.conf"
SUBSETTERS = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib")

# Drawn as nothing by intent: white space, soft hyphen, zero-width spaces and joiners, variation selectors.
# Direction overrides are not among them: they can make a signed sentence read otherwise than it is stored.
INVISIBLE = frozenset(
    [0x09, 0x0A, 0x0D, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
)

UNSEEN, SEEN = {"Cc", "Cf"}, "\t\n\r\u00ad"


def problems() -> tuple[str, ...]:
    """Codes of what keeps reports from being rendered: ``font_missing``, ``subsetter_missing``; empty means ready."""
    found = []
    if any(not (settings.FONT_DIR / name).is_file() for name in REQUIRED) or not _is_configured(settings.FONT_DIR):
        found.append("font_missing")
    if not _has_subsetter():
        found.append("subsetter_missing")
    return tuple(found)


def missing_glyphs(text: str) -> frozenset[str]:
    """The characters of ``text`` that the report fonts cannot print.

    Without fonts nothing can be said and nothing is refused; rendering refuses then.
    """
    covered = _covered(settings.FONT_DIR)
    if not covered:
        return frozenset()
    return frozenset(sign for sign in set(text) if ord(sign) not in covered and ord(sign) not in INVISIBLE)


def unseen(text: str) -> frozenset[str]:
    """Control and format characters of ``text``: not seen, and some make it read otherwise than it is written.

    White space and the soft hyphen are not among them.
    """
    return frozenset(sign for sign in set(text) if unicodedata.category(sign) in UNSEEN and sign not in SEEN)


def _is_configured(folder: Path) -> bool:
    """Whether the private configuration names this folder: one that leads nowhere makes Pango end the process."""
    conf = folder / FONTCONFIG
    return conf.is_file() and f"<dir>{escape(str(folder.resolve()))}</dir>" in conf.read_text(encoding="utf-8")


@cache
def _covered(folder: Path) -> frozenset[int]:
    files = [folder / name for name in REQUIRED]
    if not all(file.is_file() for file in files):
        return frozenset()
    return frozenset.intersection(*(_characters(file) for file in files))


def _characters(file: Path) -> frozenset[int]:
    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _has_subsetter() -> bool:
    return any(_loads(name) for name in SUBSETTERS)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
