"""A rulebook of no country, small enough to read, and an overlay on it: for tests of rules and of the parser."""

import copy
from typing import Any

from ethicsreview import strictyaml
from workflows.domain.rulebook import Rulebook
from workflows.domain.rulebook_parsing import parse_rulebook

SMALL_RULEBOOK = """
slug: small
version: 1
title: {en: Small, zh: 小}
instrument: {en: 'Small Act, No. 1', zh: 《小法》第1号}
cited_as: {en: Small Act, zh: 小法}
design: {en: House rule, zh: 自定规则}
issued: '2020-01-02'
in_force: '2020-03-04'
time_zone: Europe/Zurich
sources: {act: The Act, design: Ours}
committee:
  min_members: {value: 5, article: Art. 1, source: [act], confidence: found}
  parity: {value: odd, article: Art. 1, source: [act], confidence: found}
  categories:
    - {code: law, label: {en: Law, zh: 法律}, required: true, article: Art. 1(1), source: [act], confidence: found}
    - {code: local, label: {en: Local, zh: 当地}, required: true, when: island, article: Art. 1(2), source: [act],
       confidence: low}
  mixed_gender: {value: false, source: [design], confidence: design}
  external: {value: true, article: Art. 1, source: [act], confidence: found}
  max_term_years: {value: 4, article: Art. 2, source: [act], confidence: found}
  renewable: {value: false, article: Art. 2, source: [act], confidence: found}
  chairs: {value: 1, article: Art. 2, source: [act], confidence: found}
  alternates: {value: true, article: Art. 2, source: [act], confidence: found}
meeting:
  quorum: {value: 3, article: Art. 3, source: [act], confidence: found, place: low}
  quorum_categories: {value: false, article: Art. 3, source: [act], confidence: found}
  threshold: {value: 1/2, article: Art. 4, source: [act], confidence: high}
  denominator: {value: all_members, article: Art. 4, source: [act], confidence: high}
  inclusive: {value: false, article: Art. 4, source: [act], confidence: high}
  video: {value: false, article: Art. 3, source: [act], confidence: found}
  days: {value: 60, article: Art. 5, source: [act], confidence: found}
  extension: {value: false, article: Art. 5, source: [act], confidence: found}
  recused_count: {value: true, article: Art. 5, source: [act], confidence: found}
review:
  min_reviewers: {value: 1, source: [design], confidence: design}
  focuses:
    - {code: value, label: {en: Value, zh: 价值}, article: Art. 6, source: [act], confidence: med}
acceptance:
  supplement_notices: {value: 2, article: Art. 7, source: [act], confidence: found}
  checklist:
    - {code: whole, label: {en: Complete, zh: 完整}, article: Art. 7, source: [act], confidence: found}
    - {code: plan, label: {en: Plan, zh: 方案}, item: plan, article: Art. 7, source: [act], confidence: found}
decisions:
  - {code: 'yes', label: {en: Granted, zh: 准予}, effect: approve, requires: [scope], article: Art. 8, source: [act],
     confidence: found}
  - {code: 'no', label: {en: Refused, zh: 驳回}, effect: refuse, requires: [reasons], article: Art. 8, source: [act],
     confidence: found}
followup:
  default_months: {value: 24, article: Art. 9, source: [act], confidence: found}
  listed_months: {value: 3, article: Art. 9, source: [act], confidence: found}
  by_tier:
    T1: {value: 24, source: [design], confidence: design}
    T2: {value: 3, source: [design], confidence: design}
  contents: []
  outcomes:
    - {code: continue, label: {en: Continue, zh: 继续}, article: Art. 9, source: [act], confidence: found}
lists:
  version: '2020'
  re_review:
    - {code: robots, question: {en: 'Robots?', zh: 机器人？}, article: Annex item 1, source: [act], confidence: found}
  red_lines:
    - {code: harm, question: {en: 'Harm?', zh: 伤害？}, source: [design], confidence: design}
  exemptions: []
application:
  steps:
    - code: about
      title: {en: About, zh: 概况}
      help: {en: What it is., zh: 说明内容。}
      items:
        - {code: title, kind: text, label: {en: Title, zh: 名称}, help: {en: Short., zh: 简短。}, required: true,
           max_length: 100, article: Art. 10, source: [act], confidence: found}
        - {code: summary, kind: long_text, label: {en: Summary, zh: 简介}, help: {en: Plain., zh: 通俗。},
           required: true, max_length: 500, article: Art. 10, source: [act], confidence: found}
        - {code: people, kind: yes_no, label: {en: 'People?', zh: 涉及人？}, help: {en: Any., zh: 任何人。},
           required: true, article: Art. 10, source: [act], confidence: found}
        - {code: consent, kind: files, label: {en: Consent, zh: 同意书}, help: {en: Form., zh: 文本。},
           required: false, required_when: {item: people, equals: 'yes'}, article: Art. 10, source: [act],
           confidence: found}
    - code: plan
      title: {en: Plan, zh: 方案}
      help: {en: How., zh: 说明方法。}
      items:
        - {code: plan, kind: files, label: {en: Plan, zh: 方案}, help: {en: In full., zh: 完整。}, required: true,
           article: Art. 10, source: [act], confidence: found}
        - code: size
          kind: choice
          label: {en: Size, zh: 规模}
          help: {en: Of all., zh: 总体。}
          required: false
          choices: [{code: s, label: {en: S, zh: 小}}, {code: l, label: {en: L, zh: 大}}]
          source: [design]
          confidence: design
    - {code: self, kind: self_assessment, title: {en: Self, zh: 自评}, help: {en: Answer., zh: 请回答。}}
    - {code: pledge, kind: pledge, title: {en: Pledge, zh: 承诺}, help: {en: Confirm., zh: 请确认。}}
  pledge: {text: {en: I pledge., zh: 本人承诺。}, article: Art. 11, source: [act], confidence: found}
conflicts:
  - {code: family, label: {en: Family, zh: 亲属}, source: [design], confidence: design}
gaps:
  no_quorum: {article: Art. 3, source: [act], confidence: found, place: low}
  stale: {source: [design], confidence: design}
procedures:
  general:
    label: {en: Meeting, zh: 会议}
    basis: {article: Art. 12, source: [act], confidence: found}
    may_refuse: {value: true, article: Art. 12, source: [act], confidence: found}
  simplified:
    label: {en: Short, zh: 简易}
    basis: {article: Art. 13, source: [act], confidence: found}
    people: {value: 1, article: Art. 13, source: [act], confidence: found}
    limit: {hours: {value: 48, article: Art. 13, source: [act], confidence: found}}
    may_refuse: {value: false, article: Art. 13, source: [act], confidence: found}
    grounds:
      - {code: minor, label: {en: Minor, zh: 较小}, article: Art. 13, source: [act], confidence: found}
routes:
  - {code: red, label: {en: Red line, zh: 红线}, when: {red_line: true}, procedures: [general], adviser: false,
     refusal: true, followup: null, source: [design], confidence: design}
  - {code: listed, label: {en: Listed, zh: 列入清单}, when: {listed: true, exempt: false}, procedures: [general],
     adviser: true, refusal: false, followup: 3, source: [design], confidence: design}
  - {code: minor, label: {en: Minor, zh: 较小}, when: {tiers: [T1], grounds: [minor]}, procedures: [simplified],
     adviser: false, refusal: false, followup: null, source: [design], confidence: design}
  - {code: rest, label: {en: Rest, zh: 其他}, when: {}, procedures: [general], adviser: false, refusal: false,
     followup: 24, source: [design], confidence: design}
appeal:
  to: {value: court, article: Art. 14, source: [act], confidence: found}
  form: {value: written, article: Art. 14, source: [act], confidence: found}
  days: {value: 14, article: Art. 14, source: [act], confidence: found}
registration:
  platform: {value: 'https://register.example', article: Art. 15, source: [act], confidence: found}
  committee_days: {value: 10, article: Art. 15, source: [act], confidence: found}
  listed_days: {value: 20, article: Art. 15, source: [act], confidence: found}
  annual_report: {value: '06-30', article: Art. 15, source: [act], confidence: found}
retention:
  statutory_years: {value: null, article: Art. 16, source: [act], confidence: med}
  default_years: {value: 3, source: [design], confidence: design}
service_centre:
  enabled: {value: false, article: Art. 17, source: [act], confidence: found}
  review_and_re_review: {value: false, article: Art. 17, source: [act], confidence: found}
"""

SMALL_OVERLAY = """
slug: small-more
version: 2
base: {slug: small, version: 1}
title: {en: More, zh: 更多}
instrument: {en: 'More Act, No. 2', zh: 《补充法》第2号}
cited_as: {en: More Act, zh: 补充法}
issued: '2021-01-02'
in_force: '2021-01-02'
sources: {more: The other Act}
committee:
  categories:
    - {code: ethics, label: {en: Ethics, zh: 伦理}, required: true, article: Art. 1, source: [more], confidence: found}
    - {code: law, label: {en: Law, zh: 法律}, required: true, instrument: base, article: Art. 1(1), source: [act],
       confidence: found}
meeting:
  quorum: {value: 4, article: Art. 2, source: [more], confidence: found}
gaps:
  no_quorum: {article: Art. 2, source: [more], confidence: found}
"""


def small_rulebook_content() -> dict[str, Any]:
    """The small rulebook as plain values, a fresh copy each time."""
    return copy.deepcopy(_SMALL)


def small_overlay_content() -> dict[str, Any]:
    """The overlay on it as plain values, a fresh copy each time."""
    return copy.deepcopy(_OVERLAY)


def small_rulebook() -> Rulebook:
    """The small rulebook."""
    return parse_rulebook(_SMALL)


_SMALL: dict[str, Any] = strictyaml.load(SMALL_RULEBOOK)
_OVERLAY: dict[str, Any] = strictyaml.load(SMALL_OVERLAY)
