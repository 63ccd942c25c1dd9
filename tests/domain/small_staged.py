"""Staged instruments for tests: a small one as a file would say it, and ones of any shape."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from assessments.domain.instrument import Choice, NotApplicable, ScaleStep
from assessments.domain.staged import Criterion, DcmmGate, Dimension, StagedInstrument, StagedItem
from assessments.domain.staged_parsing import parse_staged
from assessments.domain.strict import Text
from ethicsreview import strictyaml

FILES = Path(__file__).resolve().parents[2] / "fixtures" / "instruments"

SMALL = """
slug: climb
version: 1
kind: staged
title: {en: Climb, zh: 攀登}
summary: {en: For tests., zh: 供测试。}
source: {en: Written by us., zh: 自行编写。}
notice: {en: Not a certificate., zh: 不是证书。}
scale:
  - {key: none, value: 0, label: {en: None, zh: 无}, meaning: {en: Nothing., zh: 没有。}}
  - {key: half, value: "1/2", label: {en: Half, zh: 半}, meaning: {en: Half., zh: 一半。}}
  - {key: full, value: 1, label: {en: Full, zh: 全}, meaning: {en: All., zh: 全部。}}
not_applicable: {allowed: true, reason_required: true, label: {en: Not applicable, zh: 不适用}, max_weight: 2}
attain: "3/4"
score_margin: "1/4"
strict_floor: false
tiers:
  - {key: low, label: {en: Low, zh: 低}, meaning: {en: Low., zh: 低。}}
  - {key: high, label: {en: High, zh: 高}, meaning: {en: High., zh: 高。}}
dcmm_min: {"1": 1, "2": 3}
dcmm_editions: ["2018"]
dcmm_levels: [{en: One, zh: 一}, {en: Two, zh: 二}, {en: Three, zh: 三}]
evidence:
  cap: half
  kinds:
    - {key: paper, label: {en: Paper, zh: 纸}, meaning: {en: Written., zh: 书面。}, outside: false}
    - {key: witness, label: {en: Witness, zh: 证人}, meaning: {en: From outside., zh: 外部。}, outside: true}
  levels:
    "1": {pieces: 1}
    "2": {pieces: 1, months: 12, kinds: 2, periods: 2, outside: 1}
groups:
  - key: A
    title: {en: First, zh: 第一}
    summary: {en: The first., zh: 第一组。}
    weight: 6
    items:
      - key: "1"
        title: {en: One, zh: 一}
        summary: {en: One., zh: 一。}
        weight: 4
        core_from: 2
        may_na: false
        levels:
          "1":
            - {key: "1.1", text: {en: Begun., zh: 开始。}, evidence: {en: A paper., zh: 文件。}}
          "2":
            - {key: "1.2.a", text: {en: Done., zh: 完成。}, evidence: {en: A paper., zh: 文件。}}
            - {key: "1.2.b", text: {en: Shown., zh: 证明。}, evidence: {en: A paper., zh: 文件。}}
      - key: "2"
        title: {en: Two, zh: 二}
        summary: {en: Two., zh: 二。}
        weight: 2
        may_na: true
        levels:
          "1":
            - {key: "2.1", text: {en: Begun., zh: 开始。}, evidence: {en: A paper., zh: 文件。}}
          "2":
            - {key: "2.2", text: {en: Done., zh: 完成。}, evidence: {en: A paper., zh: 文件。}}
  - key: B
    title: {en: Second, zh: 第二}
    summary: {en: The second., zh: 第二组。}
    weight: 4
    items:
      - key: "3"
        title: {en: Three, zh: 三}
        summary: {en: Three., zh: 三。}
        weight: 1
        may_na: false
        levels:
          "1":
            - {key: "3.1", text: {en: Begun., zh: 开始。}, evidence: {en: A paper., zh: 文件。}}
          "2":
            - {key: "3.2", text: {en: Done., zh: 完成。}, evidence: {en: A paper., zh: 文件。}}
"""


def staged_content() -> dict[str, Any]:
    """The small one's plain values, fresh each time."""
    content: dict[str, Any] = strictyaml.load(SMALL)
    return content


@cache
def small_staged() -> StagedInstrument:
    """The small one."""
    return parse_staged(staged_content())


@cache
def published(name: str) -> StagedInstrument:
    """The instrument in a file of the fixtures, named without its ending."""
    return parse_staged(strictyaml.load((FILES / f"{name}.yaml").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Shape:
    """An item of a made-up instrument: its cells' numbers of criteria, lowest level first."""

    dimension: int
    weight: int
    core_from: int | None
    may_na: bool
    cells: tuple[int, ...]


NOTHING = Text("x", "某")


def made(
    shapes: Sequence[Shape],
    *,
    scale: Sequence[Fraction],
    attain: Fraction = Fraction(4, 5),
    margin: Fraction = Fraction(1, 5),
    strict: bool = False,
    dcmm: Sequence[int] = (),
) -> StagedInstrument:
    """An instrument of that shape; steps are ``s0``, ``s1`` …, items ``1`` …, dimensions weigh 3, 4, 5 …"""
    numbered = [(str(number), shape) for number, shape in enumerate(shapes, start=1)]
    dimensions = tuple(
        Dimension(
            key=f"D{number}",
            title=NOTHING,
            summary=NOTHING,
            weight=3 + number,
            items=tuple(_item(key, shape) for key, shape in numbered if shape.dimension == number),
        )
        for number in sorted({shape.dimension for shape in shapes})
    )
    levels = len(shapes[0].cells)
    return StagedInstrument(
        slug="made",
        version=1,
        title=NOTHING,
        summary=NOTHING,
        source=NOTHING,
        notice=NOTHING,
        scale=tuple(ScaleStep(f"s{n}", value, NOTHING, NOTHING) for n, value in enumerate(scale)),
        not_applicable=NotApplicable(True, NOTHING),
        max_na_weight=100,
        attain=attain,
        score_margin=margin,
        strict_floor=strict,
        tiers=tuple(Choice(f"T{n}", NOTHING, NOTHING) for n in range(1, levels + 1)),
        dcmm=DcmmGate(dict(enumerate(dcmm, start=1)), ("2018",), (NOTHING,) * max(dcmm)) if dcmm else None,
        evidence=None,
        dimensions=dimensions,
    )


def _item(key: str, shape: Shape) -> StagedItem:
    return StagedItem(
        key=key,
        title=NOTHING,
        summary=NOTHING,
        weight=shape.weight,
        core_from=shape.core_from,
        may_na=shape.may_na,
        cells=tuple(
            tuple(Criterion(f"{key}.{level}.{n}", key, level, NOTHING, NOTHING) for n in range(1, size + 1))
            for level, size in enumerate(shape.cells, start=1)
        ),
    )
