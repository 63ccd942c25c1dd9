"""Where in a source something stands, as a Chinese reader writes it; a standard's own notation stays as it is."""

import re

_COUNTED = {"Art.": "条", "cl.": "条", "para.": "段", "paras.": "段"}
_NAMED = {"Principle": "原则", "Level": "等级"}
_WRITTEN = re.compile(r"(Art\.|cl\.|paras?\.) (.+)")
_NUMBER = re.compile(r"(\d+(?:\.\d+)*)(?:-(\d+))?(\(.+\))?")
_ANNEX = re.compile(r"Annex, item (\d+)")


def place_in_chinese(at: str) -> str:
    """``Art. 15(3)`` is 第15条(3), ``paras. 31, 84-86`` 第31段、第84至86段, ``Annex, item 1`` 附件第1项."""
    if found := _ANNEX.fullmatch(at):
        return f"附件第{found[1]}项"
    if found := _WRITTEN.fullmatch(at):
        return "、".join(_counted(part, _COUNTED[found[1]]) for part in found[2].split(", "))
    word, _blank, rest = at.partition(" ")
    return f"{_NAMED[word]}{rest.replace('-', '至')}" if word in _NAMED else at


def _counted(part: str, unit: str) -> str:
    found = _NUMBER.fullmatch(part)
    if found is None:
        return part
    first, last, point = found.groups()
    number = f"{first}至{last}" if last else first
    return f"第{number}{unit}{(point or '').replace('-', '至')}"
