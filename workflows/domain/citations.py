"""What a value of the law rests on, and how its place is written in each language."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from assessments.domain.strict import Text

T = TypeVar("T")

_ARTICLE = re.compile(r"Art\. (\d+)(?:-(\d+))?(?:\((\d+)\))?")
_ANNEX = re.compile(r"Annex(?: item (\d+))?")
_DIGITS = "零一二三四五六七八九"


class Confidence(StrEnum):
    """How surely a value was verified: seen in a stored text, from memory with that confidence, or our proposal."""

    FOUND = "found"
    HIGH = "high"
    MED = "med"
    LOW = "low"
    DESIGN = "design"


@dataclass(frozen=True)
class Citation:
    """Where a rule stands.

    ``instrument`` is the short name of the law, or of this system's own rules where ``confidence`` is design;
    ``article`` is written ``Art. 16``, ``Art. 9(2)``, ``Art. 21-25`` or ``Annex item 1`` and is empty for a design.
    ``source`` lists keys of the rulebook's sources. ``place`` is how sure the article number is, where that is
    less sure than the value.
    """

    instrument: Text
    article: str
    source: str
    confidence: Confidence
    place: Confidence | None = None

    @property
    def is_law(self) -> bool:
        """Whether it is a rule of the instrument and not this system's proposal."""
        return self.confidence is not Confidence.DESIGN

    @property
    def weakest(self) -> Confidence:
        """The lower of the two confidences."""
        return self.place or self.confidence

    def article_in(self, language: str) -> str:
        """The article alone, in Chinese numerals for ``zh…``; empty for a design."""
        return _in_chinese(self.article) if language.startswith("zh") else self.article

    def in_(self, language: str) -> str:
        """Instrument and article as a reader of ``language`` writes them."""
        name, place = self.instrument.in_(language), self.article_in(language)
        if not place:
            return name
        return f"《{name}》{place}" if language.startswith("zh") else f"{name}, {place}"


@dataclass(frozen=True)
class Ruled(Generic[T]):
    """A value of the law with what it rests on."""

    value: T
    citation: Citation


@dataclass(frozen=True)
class Cited:
    """A named entry of one of the rulebook's lists, with what it rests on."""

    code: str
    label: Text
    citation: Citation


def chinese_numeral(number: int) -> str:
    """``number`` from 1 to 999 as a Chinese legal text writes it: 10 is 十, 21 is 二十一, 102 is 一百零二."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    head = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if not tens:
        return head + ("零" if hundreds and ones else "") + (_DIGITS[ones] if ones else "")
    lead = _DIGITS[tens] if hundreds or tens > 1 else ""
    return f"{head}{lead}十{_DIGITS[ones] if ones else ''}"


def _in_chinese(article: str) -> str:
    written = _ARTICLE.sub(_chinese_article, article)
    return _ANNEX.sub(_chinese_annex, written).replace("; ", "、")


def _chinese_article(match: re.Match[str]) -> str:
    first, last, point = match.groups()
    text = f"第{chinese_numeral(int(first))}条"
    if last:
        text += f"至第{chinese_numeral(int(last))}条"
    return f"{text}第{chinese_numeral(int(point))}项" if point else text


def _chinese_annex(match: re.Match[str]) -> str:
    item = match.group(1)
    return f"附件第{chinese_numeral(int(item))}项" if item else "附件"
