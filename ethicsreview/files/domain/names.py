"""File names as people send them, made fit to show and to save."""

import re
import unicodedata

from ethicsreview.files.domain.kinds import BY_ENDING, LEGACY, WITH_MACROS, BadFile, Fault, Kind

LONGEST = 120  # characters, ending included
LONGEST_BYTES = 240  # in UTF-8; file systems stop at 255
FORBIDDEN = re.compile(r'[<>:"|?*]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, bidi overrides, zero width, private, line breaks


def clean_name(name: str) -> str:
    """The sender's file name without folders, invisible characters or what a file system refuses.

    Chinese and any other script stay; the ending is kept, in lower case, when the rest is cut to length.
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c) not in INVISIBLE)
    plain = " ".join(FORBIDDEN.sub("_", seen).split()).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot or not ending.isalnum() or len(ending) > 10:
        stem, ending = plain, ""
    stem = stem.strip(". ") or "document"
    if RESERVED.match(stem):
        stem = f"_{stem}"
    tail = f".{ending.lower()}" if ending else ""
    return _cut(stem, LONGEST - len(tail), LONGEST_BYTES - len(tail.encode())) + tail


def _cut(stem: str, characters: int, size: int) -> str:
    return stem[:characters].encode()[:size].decode(errors="ignore").rstrip(". ")


def kind_of(name: str) -> Kind:
    """The kind its ending promises. Raises ``BadFile`` (KIND, LEGACY, MACROS)."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in BY_ENDING:
        return BY_ENDING[ending]
    if ending in LEGACY:
        raise BadFile(Fault.LEGACY, ending=ending)
    raise BadFile(Fault.MACROS if ending in WITH_MACROS else Fault.KIND, ending=ending)
