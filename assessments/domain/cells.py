"""The text of a cell, whoever typed it and with whichever keyboard.

Keys and steps are read whatever their width and case, with decimal commas; notes are kept as they are written.
"""

import re
import unicodedata
from fractions import Fraction

from assessments.domain.staged import StagedInstrument

ACTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # what a spreadsheet may take for a formula's start
SHORT_KEY = 2  # characters up to which a step is written by its key, which is then typed at once

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what no XML file can hold
_CODE = re.compile(r"_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")  # the halves of a pair are no characters
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_BETWEEN = re.compile(r"[\s·:,;/|()\[\]_-]+")
_ASIDE = {"n/a", "na", "n.a.", "notapplicable", "不适用"}


def written(value: object) -> str:
    """A cell's value as text; a whole number without decimals, nothing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def plain(value: object) -> str:
    """The text in one width and case, without what cannot be seen."""
    folded = unicodedata.normalize("NFKC", written(value)).replace("。", ".")
    return "".join(sign for sign in folded if unicodedata.category(sign) not in {"Cf", "Cc"} or sign.isspace()).strip()


def note(value: object) -> str:
    """A note as it is kept: as written, without the blanks around it and what no file can hold."""
    lines = written(value).replace("\r\n", "\n").replace("\r", "\n")
    return _FORBIDDEN.sub("", lines).strip()


def harmless(text: str) -> str:
    """The text for a file without types: one that a spreadsheet would take for a formula is marked as a text."""
    return f"'{text}" if text.lstrip(" ").startswith(ACTS) else text


def spelt(text: str) -> str:
    """The text as a workbook holds it, where ``_x000D_`` stands for a character."""
    return _CODE.sub(lambda found: f"_x005F{found[0]}", text)


def unspelt(value: object) -> object:
    """A cell's value as it is meant: what ``spelt`` and spreadsheets write, undone."""
    return _CODE.sub(lambda found: chr(int(found[1], 16)), value) if isinstance(value, str) else value


def read_key(instrument: StagedInstrument, value: object) -> str | None:
    """The criterion or item a row is about; None for anything else."""
    typed = plain(value).replace(",", ".").replace(" ", "").casefold()
    return _keys(instrument).get(typed)


def read_step(instrument: StagedInstrument, value: object) -> str | None:
    """The step a cell names by key, label or value, empty for none; None for what the scale does not have."""
    typed = plain(value)
    if not typed:
        return ""
    return _spellings(instrument).get(_bare(typed)) or _by_value(instrument, typed)


def shown_step(instrument: StagedInstrument, step: str, language: str) -> str:
    """How a workbook writes a step: short keys as such, others by their label."""
    if all(len(one.key) <= SHORT_KEY for one in instrument.scale):
        return step
    return instrument.steps[step].label.in_(language)


def says_aside(instrument: StagedInstrument, value: object) -> bool:
    """Whether a cell says that the item is not applicable."""
    label = instrument.not_applicable.label
    return plain(value).casefold().replace(" ", "") in _ASIDE | {_tight(label.en), _tight(label.zh)}


def _keys(instrument: StagedInstrument) -> dict[str, str]:
    return {key.casefold(): key for key in (*instrument.items, *instrument.criteria)}


def _spellings(instrument: StagedInstrument) -> dict[str, str]:
    """Every way of writing a step: its key, its label in either language, key and label together."""
    found: dict[str, str] = {}
    for step in reversed(instrument.scale):
        for label in (step.label.en, step.label.zh):
            found[_bare(plain(label))] = step.key
            found[_bare(plain(f"{step.key} {label}"))] = step.key
    return found | {_bare(step.key): step.key for step in instrument.scale}


def _by_value(instrument: StagedInstrument, typed: str) -> str | None:
    """The step that counts what a number says: 0.8, 0,8 or 80 %."""
    bare = typed.replace(" ", "").replace(",", ".")
    number, share = bare.removesuffix("%"), 100 if bare.endswith("%") else 1
    if not _NUMBER.fullmatch(number):
        return None
    value = Fraction(number) / share
    return next((step.key for step in instrument.scale if step.value == value), None)


def _bare(text: str) -> str:
    return _BETWEEN.sub("", text.casefold())


def _tight(text: str) -> str:
    return plain(text).casefold().replace(" ", "")
