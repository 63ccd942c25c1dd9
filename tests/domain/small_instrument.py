"""A small instrument for tests, with a scale, tiers and flags that are its own."""

from functools import cache
from typing import Any

from assessments.domain.instrument import Instrument
from assessments.domain.parsing import parse_instrument
from ethicsreview import strictyaml

SMALL = """
slug: small
version: 1
kind: rating
title: {en: Small, zh: 小}
summary: {en: For tests., zh: 供测试。}
source: {en: Written by us., zh: 自行编写。}
scale:
  - {key: none, value: 0, label: {en: Nothing, zh: 无}, meaning: {en: Nothing done., zh: 未开展。}}
  - {key: half, value: "1/2", label: {en: Half, zh: 半}, meaning: {en: Half done., zh: 完成一半。}}
  - {key: full, value: "4", label: {en: Full, zh: 全}, meaning: {en: All done., zh: 全部完成。}}
not_applicable: {allowed: true, reason_required: true, label: {en: Not applicable, zh: 不适用}}
blocking: none
tiers:
  - {key: T1, label: {en: Low, zh: 低}, meaning: {en: Slight., zh: 轻微。}}
  - {key: T2, label: {en: Raised, zh: 较高}, meaning: {en: Serious., zh: 严重。}}
  - {key: T3, label: {en: High, zh: 高}, meaning: {en: Grave., zh: 特别严重。}}
tier_sets: {high: [T2, T3]}
flags:
  - {key: minors, label: {en: Minors, zh: 未成年人}, meaning: {en: Under 18., zh: 未满十八周岁。}}
  - {key: generative, label: {en: Generative, zh: 生成式}, meaning: {en: Makes content., zh: 生成内容。}}
frameworks:
  - key: principles
    title: {en: Principles, zh: 原则}
    entries: [{key: P1, label: {en: Well-being, zh: 福祉}}, {key: P2, label: {en: Fairness, zh: 公平}}]
  - key: list
    title: {en: List, zh: 清单}
    entries: [{key: R1, label: {en: Oversight, zh: 监督}}]
groups:
  - key: A
    title: {en: First, zh: 第一}
    summary: {en: The first group., zh: 第一组。}
    maps:
      principles: {primary: [P1], secondary: [P2]}
      list: {primary: [R1], secondary: []}
    items:
      - key: A-1
        question: {en: "Is A-1 done?", zh: "A-1是否完成？"}
        check: {en: Look., zh: 查看。}
        evidence: {en: A record., zh: 记录。}
        sources: [{ref: {en: Some law, zh: 某法}, at: Art. 1, confidence: found}]
        gate: always
        asked: always
      - key: A-2
        question: {en: "Is A-2 done?", zh: "A-2是否完成？"}
        check: {en: Look., zh: 查看。}
        evidence: {en: A record., zh: 记录。}
        sources: [{ref: {en: Some law, zh: 某法}, at: Art. 1, confidence: high}]
        gate: {tiers: high, flags: [minors]}
        asked: always
      - key: A-3
        question: {en: "Is A-3 done?", zh: "A-3是否完成？"}
        check: {en: Look., zh: 查看。}
        evidence: {en: A record., zh: 记录。}
        sources: [{ref: {en: Some law, zh: 某法}, at: Art. 2, confidence: low}]
        gate: none
        asked: {flags: [generative]}
  - key: B
    title: {en: Second, zh: 第二}
    summary: {en: The second group., zh: 第二组。}
    maps: {}
    items:
      - key: B-1
        question: {en: "Is B-1 done?", zh: "B-1是否完成？"}
        check: {en: Look., zh: 查看。}
        evidence: {en: A record., zh: 记录。}
        sources: [{ref: {en: Some law, zh: 某法}, at: Art. 3, confidence: med}]
        gate: none
        asked: {tiers: high}
"""


def small_content() -> dict[str, Any]:
    """Its plain values, fresh each time."""
    content: dict[str, Any] = strictyaml.load(SMALL)
    return content


@cache
def small_instrument() -> Instrument:
    """The small instrument."""
    return parse_instrument(small_content())
